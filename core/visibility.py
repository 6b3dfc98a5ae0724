"""Levels of visibility: public, for members, or for staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """The readers a record is for, from the widest circle to the narrowest."""

    PUBLIC = "public", _("Public")
    MEMBERS = "members", _("Members")
    STAFF = "staff", _("Staff")

    @classmethod
    def for_user(cls, user) -> list["Visibility"]:
        """Return the levels that `user`, signed in or not, may read."""
        if user.is_staff:
            return [cls.PUBLIC, cls.MEMBERS, cls.STAFF]
        if user.is_authenticated:
            return [cls.PUBLIC, cls.MEMBERS]
        return [cls.PUBLIC]
