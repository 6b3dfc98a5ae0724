from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    """What every app stands on, and that knows no word of theirs."""

    name = "core"

    def ready(self):
        from .database.objects import install, remove_views
        from .limits import sign_in_log  # noqa: F401 (connects its receivers)

        pre_migrate.connect(remove_views, sender=self)
        post_migrate.connect(install, sender=self)
