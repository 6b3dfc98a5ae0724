"""The ledger in a few plain lines, to compare with, and drafts of what it may be told."""

from datetime import date, timedelta

from django.utils import timezone
from hypothesis import strategies as st

from core.text.dates import Precision, last_day
from recommendations.models import Update
from recommendations.models.status import Status
from tests.factories import record


@st.composite
def drafts(draw, corrections=True):
    """What could be recorded, one after the other; `corrects` picks among the rows that can be corrected."""
    draft = st.fixed_dictionaries(
        {
            "status": st.sampled_from(Status.values),
            "effective_on": st.dates(date(2023, 9, 18), timezone.localdate()),
            "precision": st.sampled_from(Precision.values),
            "visibility": st.sampled_from(["public", "public", "members", "staff"]),
            "corrects": st.none() | st.integers(0, 5) if corrections else st.none(),
        }
    )
    return draw(st.lists(draft, min_size=1, max_size=6))


class PlainLedger:
    """The ledger in a few plain lines, to compare with."""

    def __init__(self, recommendation, successor):
        self.recommendation, self.successor = recommendation, successor
        self.rows = []  # stored updates that are not corrected

    def status_on(self, day):
        public = [row for row in self.rows if row.visibility == "public" and row.counts_from <= day]
        return max(public, key=lambda row: (row.counts_from, row.pk)).status if public else "issued"

    def record(self, draft) -> Update:
        """Record what `draft` says, with whatever else the rules ask for."""
        draft = dict(draft)
        candidates = [row for row in self.rows if row.visibility == draft["visibility"]]
        pick = draft.pop("corrects")
        corrected = candidates[pick % len(candidates)] if candidates and pick is not None else None
        if corrected:
            self.rows.remove(corrected)
        counts_from = min(last_day(draft["effective_on"], draft["precision"]), timezone.localdate())
        if draft["visibility"] != "public":
            draft["status"] = self.status_on(counts_from)
        successors = [self.successor] if draft["status"] == "superseded" else []
        update = record(self.recommendation, corrects=corrected, successors=successors, reason_en="A reason.", **draft)
        assert (update.counts_from, update.previous_status) == (counts_from, self.status_on(counts_from))
        self.rows.append(update)
        return update

    def turning_points(self) -> list[date]:
        """The days around each row's date, the day of publication, and today."""
        days = {row.counts_from - timedelta(days=before) for row in self.rows for before in (0, 1)}
        published = date(2023, 9, 18)
        return sorted({published, timezone.localdate(), *(day for day in days if day >= published)})
