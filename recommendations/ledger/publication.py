"""Nothing is in the ledger from before its document was published, also when something moves to another document."""

from datetime import date

import pgtrigger
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils.translation import gettext as _

from core.dates import write_date

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


def require_publication_first(updates, published_on: date, field: str):
    """The same for people: raise ValidationError at `field` of a form where one of `updates` is from before that day."""
    first = updates.aggregate(first=Min("counts_from"))["first"]
    if first and first < published_on:
        raise ValidationError(
            {
                field: _("The ledger begins on %(first)s, before this publication date, %(published)s.")
                % {"first": write_date(first), "published": write_date(published_on)}
            }
        )
