"""Nothing is in the ledger from before its document was published, also when something moves to another document."""

from datetime import date

import pgtrigger
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from core.text.dates import first_day, last_day, write_date

FROM_DOCUMENT_DOWN = """
        FROM recommendations_document document
            JOIN recommendations_topic topic ON topic.document_id = document.id
            JOIN recommendations_issue issue ON issue.topic_id = topic.id
            JOIN recommendations_recommendation recommendation ON recommendation.issue_id = issue.id
"""


def publication_comes_first(moved: str, column: str) -> pgtrigger.Trigger:
    """The trigger for one of these tables, `moved`, and its `column` that says when or where it was published."""
    func = """
        -- Whoever writes in these ledgers now is waited for; whoever comes next waits, and then sees this change.
        PERFORM {joined}
            WHERE {moved}.id = NEW.id
            ORDER BY recommendation.id
            FOR NO KEY UPDATE OF recommendation;
        IF EXISTS (
            SELECT {joined}
            JOIN recommendations_update u ON u.recommendation_id = recommendation.id
            WHERE {moved}.id = NEW.id AND u.counts_from < document.published_on
        ) OR EXISTS (
            SELECT {joined}
            JOIN recommendations_addressee addressee ON addressee.recommendation_id = recommendation.id
            JOIN recommendations_answer answer ON answer.addressee_id = addressee.id
            WHERE {moved}.id = NEW.id AND answer.counts_from < document.published_on
        ) THEN
            RAISE EXCEPTION 'The ledger has rows from before that date.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'update_follows_publication';
        END IF;
        RETURN NULL;
    """
    return pgtrigger.Trigger(
        name="publication_comes_first",
        when=pgtrigger.After,
        # Two rows that exchange their numbers exchange what stands under them, too.
        operation=pgtrigger.UpdateOf(column, "id"),
        condition=pgtrigger.AnyChange(column, "id"),
        func=func.format(joined=FROM_DOCUMENT_DOWN.strip(), moved=moved),
    )


def require_publication_first(ledger: list, published_on: date, field: str):
    """The same for people: raise ValidationError at `field` of a form where a row of `ledger` is from before that day.

    `ledger` holds a queryset of each kind of row.
    """
    first_days = [rows.aggregate(first=Min("counts_from"))["first"] for rows in ledger]
    first = min(filter(None, first_days), default=None)
    if first and first < published_on:
        raise ValidationError(
            {
                field: _("The ledger begins on %(first)s, before this publication date, %(published)s.")
                % {"first": write_date(first), "published": write_date(published_on)}
            }
        )


def clean_effective_date(row, document):
    """Have `row`, of a recommendation of `document`, hold the first day of the period that its date is known to.

    Raises ValidationError for a date that is still to come, or from before the publication.
    """
    row.effective_on = first_day(row.effective_on, row.precision)
    if row.effective_on > timezone.localdate():
        raise ValidationError({"effective_on": _("This date is in the future.")})
    if last_day(row.effective_on, row.precision) < document.published_on:
        raise ValidationError(
            {
                "effective_on": _("The recommendation was published later, on %(date)s.")
                % {"date": write_date(document.published_on)}
            }
        )
