from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    """Outgoing mail of every kind. It knows no word of what is mailed, or why."""

    name = "mail"
    verbose_name = _("Mail")

    # See working_groups/roles.py.
    roles = {
        "Managers": {
            "view": "*",
            "add": ["suppression", "mailcontrol", "domainpause"],
            "change": ["suppression", "mailcontrol", "domainpause"],
            "delete": ["suppression", "domainpause"],
        },
    }

    def ready(self):
        from .bounces import provider_events  # noqa: F401 (it connects itself to a signal)
        from .watch import watchdog  # noqa: F401 (it connects itself to a signal)
        from .watch.heartbeat import expect

        expect("mail")
