from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app stands on, and that knows no word of theirs."""

    name = "core"
