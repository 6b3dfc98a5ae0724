"""Subscribers from a CSV file of staff: whose consent is proved is confirmed, the others are asked by e-mail.

Who is known already is left as they are: an import never undoes what a reader has said.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from mail.message.addresses import check_usable
from mail.models import Suppression
from reviews.digests.models import ConsentOrigin, Subscription, SubscriptionState
from reviews.models import Series
from working_groups.models import WorkingGroup

from .subscription_email import send_confirmations
from .subscriptions import CONSENT_VERSION

NEEDED = ["email", "language", "series"]
COLUMNS = [*NEEDED, "groups", "consent_on", "consent_proof"]
# What stands as the version of the text that a reader has agreed to: not ours, but the one that the proof shows.
PROVED_ELSEWHERE = "import"
MANY = 1000


@dataclass(frozen=True)
class Row:
    """A line of the file, understood."""

    line: int
    email: str
    language: str
    series: list[Series]
    groups: list[WorkingGroup]
    consent_on: date | None
    consent_proof: str


@dataclass(frozen=True)
class Refusal:
    """A line that was not imported, and why, in sentences for people."""

    line: int
    email: str
    reasons: list[str]


@dataclass
class Result:
    """What became of a file."""

    confirmed: list[Subscription] = field(default_factory=list)
    asked: list[Subscription] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def import_subscriptions(content: bytes, now: datetime) -> Result:
    """Add the subscribers of a CSV file that are new, and say what became of each line.

    The columns are COLUMNS, in any order: `series` and `groups` are slugs with semicolons between them; no groups are
    all groups; `consent_on` is an ISO date. Raises ValidationError for a file that is not such a table.
    """
    result = Result()
    rows = _without_the_known(_understood(content, timezone.localdate(now), result), result)
    subscriptions = {row.line: _subscription(row, now) for row in rows}
    # Whoever subscribes by the form at this moment is not in the way.
    Subscription.objects.bulk_create(subscriptions.values(), batch_size=MANY, ignore_conflicts=True)
    stored = Subscription.objects.in_bulk(
        [subscription.key for subscription in subscriptions.values()], field_name="key"
    )
    series, groups = Subscription.series.through, Subscription.groups.through
    links = {series: [], groups: []}
    for row in rows:
        subscription = stored.get(subscriptions[row.line].key)
        if subscription is None:
            result.refused.append(Refusal(row.line, row.email, [_("This address already has a subscription.")]))
            continue
        links[series] += [series(subscription=subscription, series=one) for one in row.series]
        links[groups] += [groups(subscription=subscription, workinggroup=group) for group in row.groups]
        (result.asked if row.consent_on is None else result.confirmed).append(subscription)
    for through, all_of_it in links.items():
        through.objects.bulk_create(all_of_it, batch_size=MANY)
    if result.asked:
        send_confirmations(result.asked, now)
    result.refused.sort(key=lambda refusal: refusal.line)
    return result


def _subscription(row, now) -> Subscription:
    subscription = Subscription(
        email=row.email, language=row.language, consent_origin=ConsentOrigin.IMPORT, created_at=now
    )
    if row.consent_on is None:
        subscription.consent_version = CONSENT_VERSION
    else:
        subscription.state = SubscriptionState.CONFIRMED
        subscription.confirmed_at = timezone.make_aware(datetime.combine(row.consent_on, time()))
        subscription.consent_version = PROVED_ELSEWHERE
        subscription.consent_proof = row.consent_proof
    return subscription


def _without_the_known(rows, result) -> list[Row]:
    """Those of the rows whose addresses are new; the others are refused."""
    addresses = [row.email.lower() for row in rows]

    suppressed = set(
        Suppression.objects.addresses().filter(lower_address__in=addresses).values_list("lower_address", flat=True)
    )
    known = Subscription.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    states = dict(known.values_list("address", "state"))
    lines = {}
    left = []
    for row in rows:
        address = row.email.lower()
        if address in lines:
            why = _("This address already appears on line %(line)d.") % {"line": lines[address]}
        elif address in suppressed:
            why = _("No mail may be sent to this address: it is suppressed.")
        elif states.get(address) == SubscriptionState.UNSUBSCRIBED:
            why = _("This person has unsubscribed. Only they can subscribe again.")
        elif address in states:
            why = _("This address already has a subscription.")
        else:
            why = ""
            left.append(row)
        if why:
            result.refused.append(Refusal(row.line, row.email, [why]))
        lines.setdefault(address, row.line)
    return left


def _understood(content, today, result) -> list[Row]:
    """The rows that say what they should; the others are refused."""
    all_series = {series.slug: series for series in Series.objects.all()}
    all_groups = {group.slug: group for group in WorkingGroup.objects.all()}
    rows = []
    for line, cells in _table(content):
        try:
            rows.append(_row(line, cells, all_series, all_groups, today))
        except ValidationError as error:
            result.refused.append(Refusal(line, cells["email"], error.messages))
    return rows


def _row(line, cells, all_series, all_groups, today) -> Row:
    """Raises ValidationError with all that is wrong in the line."""
    wrong = []
    email = cells["email"]
    try:
        validate_email(email)
    except ValidationError:
        wrong.append(_("The e-mail address is missing or invalid."))
    else:
        try:
            check_usable(email)
        except ValidationError as error:
            wrong += error.messages
        if len(email) > Subscription._meta.get_field("email").max_length:
            wrong.append(_("The address is too long."))
    language = cells["language"].lower()
    if language not in ("en", "es"):
        wrong.append(_("The language must be en or es."))
    series = _chosen(cells["series"], all_series, wrong)
    groups = _chosen(cells.get("groups", ""), all_groups, wrong)
    if not _slugs(cells["series"]):
        wrong.append(_("No series is named."))
    consent_on, proof = _consent(cells, today, wrong)
    if cells.get(None):
        wrong.append(
            _("There are more cells than columns. A cell that contains a comma or a semicolon must be quoted.")
        )
    if wrong:
        raise ValidationError(wrong)
    return Row(line, email, language, series, groups, consent_on, proof)


def _consent(cells, today, wrong) -> tuple[date | None, str]:
    text, proof = cells.get("consent_on", ""), cells.get("consent_proof", "")
    if bool(text) != bool(proof):
        wrong.append(
            _(
                "Give both consent_on and consent_proof, or neither; with neither, the subscriber is asked by e-mail to confirm."
            )
        )
    if len(proof) > Subscription._meta.get_field("consent_proof").max_length:
        wrong.append(_("The proof of consent is too long."))
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        wrong.append(_("consent_on must be a date such as 2026-03-31."))
        return None, proof
    if day and day > today:
        wrong.append(_("consent_on is in the future."))
    return day, proof


def _slugs(cell) -> list[str]:
    return list(dict.fromkeys(slug.strip().lower() for slug in cell.split(";") if slug.strip()))


def _chosen(cell, known, wrong) -> list:
    unknown = [slug for slug in _slugs(cell) if slug not in known]
    for slug in unknown:
        wrong.append(_("“%(slug)s” is not one of: %(known)s.") % {"slug": slug, "known": ", ".join(sorted(known))})
    return [known[slug] for slug in _slugs(cell) if slug in known]


def _table(content: bytes) -> list[tuple[int, dict]]:
    """The lines that are not blank, by number, as cells by column. Cells that have no column are under None."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The file is not in UTF-8. Save it as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise ValidationError(_("The file is not a text file. Save it as “CSV UTF-8”."))
    # Semicolons stand in cells too, so the header decides.
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ",")
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _check(names)
        rows = []
        begins = reader.line_num + 1
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells):
                values = dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
                rows.append((begins, values | {None: cells[len(names) :]}))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ValidationError(
            _("Line %(line)d cannot be read: its quotation marks do not match.") % {"line": reader.line_num}
        ) from error
    return rows


def _check(names):
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise ValidationError(
            _("The first line must name the columns. Missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    if unknown := [name or "—" for name in names if name not in COLUMNS]:
        # A mistyped consent_on would have readers asked who have consented.
        raise ValidationError(
            _("Unknown columns: %(names)s. The valid ones are: %(known)s.")
            % {"names": ", ".join(unknown), "known": ", ".join(COLUMNS)}
        )
    if len(set(names)) < len(names):
        raise ValidationError(_("A column appears twice."))
