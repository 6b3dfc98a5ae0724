"""The column that searches look in is kept by triggers, in all that it is made of: see recommendation_search() in SQL.

To set it to nothing has it worked out anew. Organizations know nothing of recommendations: their trigger stands in
`sql/search_organizations.sql`. A release that changes how it is worked out has all of it worked out anew by `migrate`.
"""

from hashlib import sha256

import pgtrigger
from django.db import connections

from core.database.objects import read_sql

MADE_BY = ["text_search", "search_words", "search_vector", "search_organizations", "recommendation_search"]

SEARCH_IS_CURRENT = pgtrigger.Trigger(
    name="search_is_current",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf(
        *("search", "title_en", "title_es", "summary_en", "summary_es", "success_test_en", "success_test_es"),
        *("official_wording", "issue_id"),
    ),
    func="NEW.search := recommendation_search(NEW); RETURN NEW;",
)


def search_follows(recommendations: str, *columns: str) -> pgtrigger.Trigger:
    """Return the trigger of a table by whose `columns` recommendations are found.

    They are those for which `recommendations`, SQL, holds.
    """
    return pgtrigger.Trigger(
        name="search_follows",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(*columns),
        func=f"""
        PERFORM recompute_search(ARRAY(SELECT id FROM recommendations_recommendation WHERE {recommendations}));
        RETURN NULL;
        """,
    )


def search_follows_links(column: str) -> pgtrigger.Trigger:
    """The trigger of a table that links recommendations, by `column`, to something whose name they are found by."""
    return pgtrigger.Trigger(
        name="search_follows",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf(column, "recommendation_id"),
        func="""
        PERFORM recompute_search(ARRAY[NEW.recommendation_id, OLD.recommendation_id]);
        RETURN NULL;
        """,
    )


def recompute(using, plan=None, **kwargs):
    """Work the column out anew where another release has done it last: the column's comment says which.

    Receives `post_migrate`, after the functions are installed; a `flush`, which sends it without a plan, changes nothing.
    """
    if plan is None:
        return
    made_by = sha256("".join(read_sql("recommendations", name) for name in MADE_BY).encode()).hexdigest()
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT col_description(attrelid, attnum) FROM pg_attribute"
            " WHERE attrelid = 'recommendations_recommendation'::regclass AND attname = 'search'"
        )
        if cursor.fetchone() != (made_by,):
            cursor.execute("UPDATE recommendations_recommendation SET search = NULL")
            cursor.execute(f"COMMENT ON COLUMN recommendations_recommendation.search IS '{made_by}'")
