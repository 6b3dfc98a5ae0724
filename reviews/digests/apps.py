from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    name = "reviews.digests"
    verbose_name = _("Digests")
    label = "digests"

    def ready(self):
        from mail.delivery.deliver import session_ended
        from mail.watch.heartbeat import expect
        from recommendations.ledger.hooks import RECORDING_NOTES, REPORTED_IN

        from .desk import alerts, attention  # noqa: F401 (they register themselves)
        from .desk.audience import describe_next_digest
        from .pipeline.finish import finish_all
        from .public import page_parts  # noqa: F401 (it registers itself)
        from .public.reported_in import digests_that_reported
        from .subscribers import limits, subscriptions  # noqa: F401 (they register themselves)

        expect("digests")
        RECORDING_NOTES.append(describe_next_digest)
        REPORTED_IN.append(digests_that_reported)
        session_ended.connect(lambda **kwargs: finish_all(), weak=False, dispatch_uid="digests.finish_all")

    # See working_groups/roles.py.
    roles = {
        "Editors": {"view": ["digest"]},
        "Managers": {"view": "*", "add": ["subscription"], "change": ["digest", "subscription"]},
    }
