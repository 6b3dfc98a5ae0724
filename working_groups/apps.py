from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WorkingGroupsConfig(AppConfig):
    name = "working_groups"
    verbose_name = _("Working groups")

    def ready(self):
        from .roles import grant

        post_migrate.connect(grant)

    # See roles.py.
    roles = {
        "Editors": {
            "view": "*",
            "add": ["person", "membership", "organization"],
            "change": ["person", "membership", "organization", "workinggroup"],  # not accounts
        },
        "Managers": {"view": "*", "add": "*", "change": "*", "delete": ["person", "membership"]},
    }
