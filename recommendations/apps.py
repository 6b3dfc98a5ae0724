from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What stands beside the ledger on the form of a recommendation.
BESIDE_THE_LEDGER = ["addressee", "assessment", "chapterlink", "expectedstep", "sourcecheck"]


class RecommendationsConfig(AppConfig):
    name = "recommendations"
    verbose_name = _("Recommendations")
    roles = {
        "Editors": {
            "view": "*",
            "add": ["update", "evidence", *BESIDE_THE_LEDGER],
            "change": ["recommendation", "issue", *BESIDE_THE_LEDGER],
            "delete": BESIDE_THE_LEDGER,
        },
        "Managers": {"view": "*", "add": "*", "change": "*", "delete": [*BESIDE_THE_LEDGER, "article"]},
    }

    def ready(self):
        from . import attention  # noqa: F401 (it registers itself)
