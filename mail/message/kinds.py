"""Kinds of mail: which column values a message gets. Whoever sends a kind of mail declares it beside its code."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOMEBODY_WAITS = 10  # for a code or a link, before a screen
STAFF_ARE_NEEDED = 20
BULK = 50

LABELS: dict[str, str | Promise] = {}  # by name, for the log of messages


@dataclass(frozen=True)
class Kind:
    """A kind of mail. `ignores_pause`: it leaves while staff, or a refusal by the server, have paused all mail."""

    name: str
    label: str | Promise
    priority: int = BULK
    ignores_pause: bool = False

    def __post_init__(self):
        LABELS[self.name] = self.label


def label(name: str) -> str:
    """Return what staff see as the kind of a message."""
    return str(LABELS.get(name, name))


ALERT = Kind("alert", _("Alert to staff"), STAFF_ARE_NEEDED, ignores_pause=True)
OTHER = Kind("other", _("Other"), SOMEBODY_WAITS)  # what Django and other libraries send, such as a new password
