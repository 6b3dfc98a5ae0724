"""The milestones as iCalendar (RFC 5545 and 7986): a calendar to subscribe to, or one milestone to add to one's own.

Every milestone is an event of whole days, by the same UID for ever; its SEQUENCE counts the changes of date,
state and place, and LAST-MODIFIED is when anything that it shows was changed.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from operator import attrgetter
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from icalendar import Calendar, Event, vDuration, vUri

from core.history.versions import ADDED
from core.text.bilingual import current_language
from core.text.control_chars import strip_control_chars
from core.text.dates import Precision, write_date
from reviews.models import Milestone, MilestoneState

PRODID = "-//U.S.-Mexico Foundation//C26+ Recommendations Tracker//EN"
REFRESH = timedelta(hours=12)
OFF = [MilestoneState.CANCELLED, MilestoneState.POSTPONED]


def feed(milestones: Iterable[Milestone]) -> bytes:
    """The calendar of all of them that have, or had, a date, in the current language."""
    address = settings.SITE_URL + reverse("calendar")
    calendar = _calendar(f"milestones-{current_language()}")
    calendar.calendar_name = gettext("C26+ milestones")
    calendar.description = gettext("Meetings and deadlines at which governments can respond.")
    calendar.url = settings.SITE_URL + reverse("milestones")
    # RFC 7986 wants the VALUE of these two to be said; Outlook reads only the third.
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("source", vUri(address), parameters={"VALUE": "URI"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for milestone in milestones:
        if days_of(milestone):
            calendar.add_component(_event(milestone))
    return calendar.to_ical()


def single(milestone: Milestone) -> bytes:
    """A calendar of one milestone, for which `days_of` gives days."""
    calendar = _calendar(milestone.slug)
    calendar.add_component(_event(milestone))
    return calendar.to_ical()


def days_of(milestone) -> tuple[date, date] | None:
    """The first and the last day on which it stands in the calendar; None if it never had a date.

    One that has lost its date stays where it last was, marked as off: whoever kept that day free sees why it is free.
    What was expected before we first recorded it (revisions up to 0) has never been in a calendar of ours.
    """
    for when in [milestone, *reversed(milestone.dates.all())]:
        if when.starts_on and when.revision > 0:
            return when.starts_on, when.ends_on
    return None


def _calendar(uid) -> Calendar:
    return Calendar.new(prodid=PRODID, uid=f"{uid}@{_host()}")


def _event(milestone) -> Event:
    first, last = days_of(milestone)
    address = settings.SITE_URL + milestone.get_absolute_url()
    changed_at = last_changed_at(milestone)
    return Event.new(
        uid=f"{milestone.slug}@{_host()}",
        sequence=milestone.revision - 1 + count_moves(milestone),
        # Without a METHOD both say when the milestone was last revised: the same bytes until it is.
        stamp=changed_at,
        last_modified=changed_at,
        start=first,
        end=last + timedelta(days=1),  # the first day on which it is over
        # No control characters: RFC 5545, section 3.1, has no way to say them either.
        summary=strip_control_chars(_summary(milestone)),
        description=strip_control_chars(_description(milestone, address)),
        location=strip_control_chars(milestone.place) or None,
        categories=[strip_control_chars(milestone.series.short_name)],
        url=address,
        status=_status(milestone),
        transparency="TRANSPARENT",  # nobody is busy all day because governments meet
    )


def last_changed_at(milestone) -> datetime:
    """Return when anything that its event shows was last changed, or found true, in UTC."""
    known_on = datetime.combine(milestone.known_on, time(), UTC)
    versions = [*milestone.versions.all(), *milestone.series.versions.all()]
    return max([known_on, *(version.pgh_created_at for version in versions)]).replace(microsecond=0)


def count_moves(milestone) -> int:
    """Return how often its place was changed."""
    versions = sorted(milestone.versions.all(), key=attrgetter("pk"))
    held = [version for version in versions if version.pgh_label != ADDED]
    return sum(
        (before.place_en, before.place_es) != (after.place_en, after.place_es)
        for before, after in pairwise([*held, milestone])
    )


def _status(milestone) -> str:
    if milestone.state == MilestoneState.CANCELLED or not milestone.starts_on:
        return "CANCELLED"
    if milestone.state == MilestoneState.HELD:
        return "CONFIRMED"
    if milestone.precision != Precision.DAY or milestone.state in [MilestoneState.TENTATIVE, MilestoneState.POSTPONED]:
        return "TENTATIVE"
    return "CONFIRMED"


def _summary(milestone) -> str:
    """Its name and, where a day in a calendar would mislead, what is to be known of it: many programs show no more."""
    if milestone.state in OFF:
        return f"{milestone.get_state_display()}: {milestone.name}"
    if not milestone.starts_on:
        return f"{milestone.get_precision_display()}: {milestone.name}"
    if milestone.precision != Precision.DAY:
        return f"{milestone.name} ({milestone.when})"
    return milestone.name


def _description(milestone, address) -> str:
    newest = list(milestone.dates.all())[-1]
    known = milestone.checked_on and gettext("as of %(day)s") % {"day": write_date(milestone.known_on)}
    parts = [
        " · ".join(filter(None, [milestone.state_in_words, milestone.when, known])),
        newest.reason,
        milestone.note,
        address,
    ]
    return "\n\n".join(part for part in parts if part)


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname
