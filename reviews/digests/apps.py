from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    name = "reviews.digests"
    verbose_name = _("Digests")
    label = "digests"
    roles = {
        "Editors": {"view": ["digest"]},
        "Managers": {
            "view": "*",
            "add": ["subscription", "suppression"],
            "change": ["digest", "subscription", "suppression"],
            "delete": ["suppression"],
        },
    }
