from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    name = "recommendations"
    verbose_name = _("Recommendations")
    roles = {
        "Editors": {
            "view": "*",
            "add": ["update", "evidence", "addressee", "chapterlink"],
            "change": ["recommendation", "issue", "addressee", "chapterlink"],
            "delete": ["addressee", "chapterlink"],
        },
        "Managers": {"view": "*", "add": "*", "change": "*", "delete": ["addressee", "chapterlink"]},
    }

    def ready(self):
        from . import attention  # noqa: F401 (it registers itself)
