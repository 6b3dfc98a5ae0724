from django.apps import AppConfig


class DigestsConfig(AppConfig):
    name = "reviews.digests"
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
