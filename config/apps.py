from django.apps import AppConfig

from core.database.triggers import harden_triggers


class ProjectConfig(AppConfig):
    """Holds no models: it is here for the commands and rules that touch every app."""

    name = "config"

    def ready(self):
        harden_triggers()
