from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Milestones")

    def ready(self):
        from recommendations.browse.hooks import PREPARED_FOR

        from . import attention  # noqa: F401 (it registers itself)
        from .series_facet import label_series

        PREPARED_FOR.append(label_series)

    # See working_groups/roles.py.
    roles = {
        "Editors": {"view": "*"},
        "Managers": {"view": "*", "add": "*", "change": "*"},
    }
