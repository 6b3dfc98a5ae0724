"""Addresses in the web that pages link to."""

from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _


def is_web_address(field: str, name: str) -> CheckConstraint:
    """Return the constraint that a field is empty or begins with http:// or https://, whoever writes it.

    Forms ask too, but not SQL or a fixture; a link to `javascript:…` runs in the reader's browser.
    """
    return CheckConstraint(
        condition=Q(**{field: ""}) | Q(**{f"{field}__iregex": "^https?://"}),
        name=name,
        violation_error_message=_("A web address must begin with http:// or https://."),
    )
