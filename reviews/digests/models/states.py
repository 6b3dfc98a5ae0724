"""What a digest can be, and why it is held, skipped or cancelled."""

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
    CANCELLED = "cancelled", pgettext_lazy("digest", "Cancelled")
    SKIPPED = "skipped", _("Skipped")


class Reason(models.TextChoices):
    """Why a digest is held, skipped or cancelled."""

    NONE = "", ""
    APPROVAL = "approval", _("waits for approval")
    MANY_MORE = "many_more", _("would go to more than twice as many as the last one")
    STAFF = "staff", _("by staff")
    MILESTONE_OFF = "milestone_off", _("the milestone is off, or has no date")
    MILESTONE_MOVED = "milestone_moved", _("the milestone has moved; a new edition follows")
    LATE_DATE = "late_date", _("its day was past when the date became known")
    CHANGED_AGAIN = "changed_again", _("the milestone has changed again")
    MILESTONE_PASSED = "milestone_passed", _("the milestone has passed")
    NEARER = "nearer", _("a nearer lead time is due")
    UNCHANGED = "unchanged", _("nothing changed")
    NOT_PUBLIC = "not_public", _("something in it is not public any more; cancel it, and the next one tells the rest")
    ERROR = "error", _("it could not be made; the log says why")


MAY_STILL_LEAVE = [DigestState.PLANNED, DigestState.FROZEN, DigestState.SENDING, DigestState.HELD]
ENDED = [DigestState.CANCELLED, DigestState.SKIPPED]
WITH_CONTENT = [DigestState.FROZEN, DigestState.SENDING, DigestState.SENT]
