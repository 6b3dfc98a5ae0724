"""The kinds of mail that are sent here."""

from django.utils.translation import gettext_lazy as _

from mail.message.kinds import SOMEBODY_WAITS, Kind

DIGEST = Kind("digest", _("Digest"))
NOTICE = Kind("notice", _("Notice of a milestone’s change"))
CONFIRMATION = Kind("confirmation", _("Request for confirmation"), SOMEBODY_WAITS)
PREFERENCES = Kind("preferences", _("How to change an existing subscription"), SOMEBODY_WAITS)
# It tells staff whether the server takes mail again, before they resume it.
TEST = Kind("test", _("Test"), SOMEBODY_WAITS, ignores_pause=True)
