"""How well the current status of a recommendation is supported: computed from its evidence, never typed.

The rule, which /status-definitions/ gives to readers as `RULES`. It looks at the *deciding rows*: those in force from the
one that led to the current status on. Their grade, without their age, is kept by the ledger's triggers in
`Recommendation.evidence_grade` (sql/ledger_grounds.sql):

- high: staff have verified one of the rows, and one of their sources is first-hand, that is a law or gazette, an official
  statement, or data;
- medium: one of the two holds; or one of the rows is reported by two publishers, or by one and the addressee itself;
- low: anything less.

Then their age counts, as long as the recommendation is open. Where the newest row is more than MEDIUM_AFTER days old,
confidence is medium at most; after LOW_AFTER days it is low. What is closed does not age.

It is known for now only: a past view has none.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, models
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.text.dates import write_date

MEDIUM_AFTER = 365
LOW_AFTER = 730


class Confidence(models.TextChoices):
    HIGH = "high", pgettext_lazy("confidence", "High")
    MEDIUM = "medium", pgettext_lazy("confidence", "Medium")
    LOW = "low", pgettext_lazy("confidence", "Low")

    @classmethod
    def order_of(cls, column: str) -> Case:
        """An expression that sorts by `column`, the highest first."""
        return Case(*(When(**{column: level}, then=Value(place)) for place, level in enumerate(cls)))


RULES = [
    _(
        "Confidence says how well a status is supported. It is computed from the ledger and never typed: from the row that "
        "led to the status, the rows after it, and their sources."
    ),
    _(
        "High: staff have verified one of these rows, and one source is first-hand, that is a law or gazette, an official "
        "statement, or data."
    ),
    _(
        "Medium: one of the two holds; or two publishers report one of the rows, or one publisher and the addressee itself."
    ),
    _("Low: anything less."),
    _(
        "Age counts as long as a recommendation is open: where the newest row is over a year old, confidence is medium at "
        "most, and over two years old, low."
    ),
]


def confidence_on(day: date) -> Case:
    """Return the confidence of each recommendation on `day`, which is today, as an expression of its columns alone."""
    return Case(
        When(is_open=True, last_update_on__lt=day - timedelta(LOW_AFTER), then=Value(Confidence.LOW)),
        When(
            is_open=True,
            last_update_on__lt=day - timedelta(MEDIUM_AFTER),
            evidence_grade=Confidence.HIGH,
            then=Value(Confidence.MEDIUM),
        ),
        default=F("evidence_grade"),
        output_field=models.CharField(choices=Confidence),
    )


@dataclass(frozen=True)
class Grounds:
    """On what the current status of a recommendation rests: what its deciding rows and their sources come to."""

    since: date | None
    rows_verified: int
    rows_reported: int
    rows_corroborated: int
    sources: int
    first_hand: int
    newest: date | None
    is_open: bool

    @classmethod
    def of(cls, recommendation) -> "Grounds":
        """Return those of a recommendation. One query."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT since, rows_verified, rows_reported, rows_corroborated, sources, first_hand FROM ledger_grounds(%s)",
                [recommendation.pk],
            )
            return cls(*cursor.fetchone(), recommendation.last_update_on, recommendation.is_open)

    def explain(self, on: date) -> str:
        """Return in words what the confidence was worked out from on the day `on`."""
        if self.newest is None:
            return gettext("Nothing has been recorded yet.")
        counts = {"sources": self.sources, "first_hand": self.first_hand, "corroborated": self.rows_corroborated}
        sentences = [
            gettext("Verified by staff.") if self.rows_verified else gettext("Not yet verified by staff."),
            gettext(
                "Sources: %(sources)d, of which first-hand (law or gazette, official statement, data): %(first_hand)d; "
                "rows that two publishers report: %(corroborated)d."
            )
            % counts,
            gettext("Newest row: %(day)s.") % {"day": write_date(self.newest)},
        ]
        if self.rows_reported:
            sentences.insert(1, gettext("An addressee reported on it."))
        if self.is_open and (on - self.newest).days > LOW_AFTER:
            sentences.append(gettext("That is over two years ago, so confidence is low."))
        elif self.is_open and (on - self.newest).days > MEDIUM_AFTER:
            sentences.append(gettext("That is over a year ago, so confidence is medium at most."))
        return " ".join(sentences)
