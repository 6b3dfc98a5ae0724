from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    name = "recommendations"
    roles = {
        "Editors": {
            "view": "*",
            "add": ["update", "evidence", "addressee", "chapterlink"],
            "change": ["recommendation", "issue", "addressee", "chapterlink"],
            "delete": ["addressee", "chapterlink"],
        },
        "Managers": {"view": "*", "add": "*", "change": "*", "delete": ["addressee", "chapterlink"]},
    }
