"""The column that searches look in is kept by triggers, in all that it is made of: see recommendation_search() in SQL.

To set it to nothing has it worked out anew. Organizations know nothing of recommendations: theirs is in a migration.
"""

import pgtrigger

SEARCH_IS_CURRENT = pgtrigger.Trigger(
    name="search_is_current",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("search", "title_en", "title_es", "summary_en", "summary_es", "official_wording", "issue_id"),
    func="NEW.search := recommendation_search(NEW); RETURN NEW;",
)


def search_follows_titles(recommendations: str) -> pgtrigger.Trigger:
    """The trigger of a table by whose titles recommendations are found: those for which `recommendations`, SQL, holds."""
    return pgtrigger.Trigger(
        name="search_follows",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("title_en", "title_es"),
        func=f"""
        UPDATE recommendations_recommendation SET search = NULL WHERE {recommendations};
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
        UPDATE recommendations_recommendation SET search = NULL
            WHERE id IN (NEW.recommendation_id, OLD.recommendation_id);
        RETURN NULL;
        """,
    )
