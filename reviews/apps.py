from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Milestones")
    roles = {
        "Editors": {"view": "*"},
        "Managers": {"view": "*", "add": "*", "change": "*"},
    }

    def ready(self):
        from . import attention  # noqa: F401 (it registers itself)
