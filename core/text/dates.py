"""Dates that are known to the day, the month, the quarter or the year, and how they are written."""

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import formats
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    DAY = "day", pgettext_lazy("precision", "Day")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


QUARTERS = [
    _("first quarter of %(year)d"),
    _("second quarter of %(year)d"),
    _("third quarter of %(year)d"),
    _("fourth quarter of %(year)d"),
]
MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.YEAR: 12}


def first_day(day: date, precision: str) -> date:
    """The first day of the month, quarter or year that `day` lies in; `day` itself for precision day."""
    if precision == Precision.DAY:
        return day
    months = MONTHS[precision]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def last_day(day: date, precision: str) -> date:
    """The last day of the month, quarter or year that `day` lies in; `day` itself for precision day."""
    if precision == Precision.DAY:
        return day
    month = first_day(day, precision).month + MONTHS[precision] - 1
    return date(day.year, month, monthrange(day.year, month)[1])


def write_date(day: date, precision: str = Precision.DAY) -> str:
    """The date in words in the current language, no finer than it is known: "October 2024", "2025"."""
    if precision == Precision.DAY:
        return formats.date_format(day, pgettext("date format", "F j, Y"))
    if precision == Precision.MONTH:
        return formats.date_format(day, pgettext("date format", "F Y"))
    if precision == Precision.QUARTER:
        return QUARTERS[(day.month - 1) // 3] % {"year": day.year}
    return str(day.year)


def write_since(day: date, precision: str = Precision.DAY) -> str:
    """The date as a beginning: "since October 2024". Spanish has an article before a day or a quarter, and only there."""
    words = {"day": write_date(day, precision)}
    if precision in (Precision.MONTH, Precision.YEAR):
        return pgettext("month or year", "since %(day)s") % words
    return gettext("since %(day)s") % words


def write_moment(moment: datetime, *zones: str) -> str:
    """An aware moment by the clocks of `zones`: "December 8, 2026, 09:00 (America/New_York), 08:00 (America/Mexico_City)".

    The day is said again only where it is another one; a zone that is named twice is shown once.
    """
    parts, said = [], None
    for zone in dict.fromkeys(zones):
        local = moment.astimezone(ZoneInfo(zone))
        if local.date() != said:
            said = local.date()
            parts.append(write_date(said))
        parts.append(f"{local:%H:%M} ({zone})")
    return ", ".join(parts)


def write_span(first: date, last: date, precision: str = Precision.DAY) -> str:
    """Two dates in words, as short as they allow: "December 3–5, 2025"."""
    parts = {"first": write_date(first, precision), "last": write_date(last, precision)}
    if parts["first"] == parts["last"]:
        return parts["first"]
    if precision == Precision.DAY and (first.year, first.month) == (last.year, last.month):
        days = {"first": first.day, "last": last.day, "month": formats.date_format(last, "F"), "year": last.year}
        return gettext("%(month)s %(first)d–%(last)d, %(year)d") % days
    if precision in (Precision.MONTH, Precision.YEAR):
        return pgettext("months or years", "%(first)s to %(last)s") % parts
    return gettext("%(first)s to %(last)s") % parts
