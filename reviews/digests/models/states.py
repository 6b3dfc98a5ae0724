"""Kinds and states of digests, and the reasons why they are held, skipped or canceled."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DigestKind(models.TextChoices):
    DIGEST = "digest", _("Digest")
    DATE_CHANGED = "date_changed", _("Notice of a changed date")
    CANCELLATION = "cancellation", _("Notice of cancellation")


class DigestState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    FROZEN = "frozen", _("Frozen")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    HELD = "held", pgettext_lazy("digest", "Held")
    CANCELLED = "cancelled", pgettext_lazy("digest", "Canceled")
    SKIPPED = "skipped", _("Skipped")


class Reason(models.TextChoices):
    """Why a digest is held, skipped or canceled."""

    NONE = "", ""
    APPROVAL = "approval", _("awaiting approval")
    MANY_MORE = "many_more", _("would go to more than twice as many people as the last one")
    STAFF = "staff", _("by staff")
    MILESTONE_OFF = "milestone_off", _("the milestone has been called off or has no date")
    MILESTONE_MOVED = "milestone_moved", _("the date of the milestone has changed; a new edition follows")
    LATE_DATE = "late_date", _("its sending date had passed when the date of the milestone became known")
    CHANGED_AGAIN = "changed_again", _("the milestone has changed again")
    MILESTONE_PASSED = "milestone_passed", _("the milestone has passed")
    NEARER = "nearer", _("a digest closer to the milestone is due")
    UNCHANGED = "unchanged", _("nothing changed")
    NOT_PUBLIC = (
        "not_public",
        _("something in it is no longer public; cancel it, and the next one will report the rest"),
    )
    ERROR = "error", _("it could not be generated; the log says why")


MAY_STILL_LEAVE = [DigestState.PLANNED, DigestState.FROZEN, DigestState.SENDING, DigestState.HELD]
ENDED = [DigestState.CANCELLED, DigestState.SKIPPED]
WITH_CONTENT = [DigestState.FROZEN, DigestState.SENDING, DigestState.SENT]
