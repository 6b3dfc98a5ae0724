from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds no models: it is here for the commands that touch every app."""

    name = "config"
