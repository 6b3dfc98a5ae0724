from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    name = "reviews.digests"
    verbose_name = _("Digests")
    label = "digests"

    def ready(self):
        from mail.heartbeat import expect
        from recommendations.ledger.hooks import RECORDING_NOTES

        from .desk import attention  # noqa: F401 (it registers itself)
        from .desk.audience import describe_next_digest
        from .mail import webhooks  # noqa: F401 (it connects itself to the providers' signal)

        expect("digests")
        RECORDING_NOTES.append(describe_next_digest)

    # See working_groups/roles.py.
    roles = {
        "Editors": {"view": ["digest"]},
        "Managers": {
            "view": "*",
            "add": ["subscription", "suppression", "outbox"],
            "change": ["digest", "subscription", "suppression", "outbox"],
            "delete": ["suppression"],
        },
    }
