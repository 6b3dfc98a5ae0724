from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from .browse.search.endings import ENDINGS
from .browse.search.synonyms import AS_SQL
from .browse.search.terms import MARKS

# What stands beside the ledger on the form of a recommendation.
BESIDE_THE_LEDGER = ["addressee", "assessment", "chapterlink", "expectedstep", "sourcecheck"]


class RecommendationsConfig(AppConfig):
    name = "recommendations"
    verbose_name = _("Recommendations")
    sql_constants = AS_SQL | MARKS | {"endings": " ".join(ENDINGS)}
    roles = {
        "Editors": {
            "view": "*",
            "add": ["update", "evidence", "answer", *BESIDE_THE_LEDGER],
            "change": ["recommendation", "issue", *BESIDE_THE_LEDGER],
            "delete": BESIDE_THE_LEDGER,
        },
        "Managers": {"view": "*", "add": "*", "change": "*", "delete": [*BESIDE_THE_LEDGER, "article"]},
    }

    def ready(self):
        from . import attention, visible_names  # noqa: F401 (they register themselves)
        from .browse.search.index import recompute

        post_migrate.connect(recompute, sender=self)  # after core, which installs the functions
