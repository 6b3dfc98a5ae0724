from django.apps import AppConfig

from core.triggers import hold_triggers


class ConfigConfig(AppConfig):
    """Holds no models: it is here for the commands and rules that touch every app."""

    name = "config"

    def ready(self):
        hold_triggers()
