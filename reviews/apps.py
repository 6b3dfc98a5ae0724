from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    roles = {
        "Editors": {"view": "*"},
        "Managers": {"view": "*", "add": "*", "change": "*"},
    }
