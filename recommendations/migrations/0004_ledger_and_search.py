"""Functions on the tables, which the triggers call."""

from django.db import migrations

# The row that decides a recommendation's status: the latest public one that no later row corrects.
LEDGER_HEAD = """
CREATE FUNCTION ledger_head(recommendation bigint) RETURNS SETOF recommendations_update
LANGUAGE sql STABLE AS $$
    SELECT u.*
        FROM recommendations_update u
        WHERE u.recommendation_id = recommendation
            AND u.visibility = 'public'
            AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
        ORDER BY u.counts_from DESC, u.id DESC
        LIMIT 1
$$
"""

# What the words of a search are looked for in: titles weigh most, then the issue and those who are asked, then texts.
SEARCH = """
CREATE FUNCTION recommendation_search(r recommendations_recommendation) RETURNS tsvector
LANGUAGE sql STABLE AS $$
    SELECT
        setweight(to_tsvector('tracker_english', r.title_en), 'A')
        || setweight(to_tsvector('spanish', r.title_es), 'A')
        || setweight(to_tsvector('tracker_spanish', r.title_es), 'A')
        || setweight(to_tsvector('tracker_english', i.title_en), 'B')
        || setweight(to_tsvector('spanish', i.title_es), 'B')
        || setweight(to_tsvector('tracker_spanish', i.title_es), 'B')
        || setweight(to_tsvector('tracker_english', o.names_en), 'B')
        || setweight(to_tsvector('spanish', o.names_es), 'B')
        || setweight(to_tsvector('tracker_spanish', o.names_es), 'B')
        || setweight(to_tsvector('tracker_english', r.summary_en), 'C')
        || setweight(to_tsvector('spanish', r.summary_es), 'C')
        || setweight(to_tsvector('tracker_spanish', r.summary_es), 'C')
        || setweight(to_tsvector('tracker_english', r.official_wording), 'D')
        FROM recommendations_issue i,
            (
                SELECT
                    coalesce(string_agg(g.acronym || ' ' || g.name_en, ' '), '') AS names_en,
                    coalesce(string_agg(g.acronym || ' ' || g.name_es, ' '), '') AS names_es
                FROM recommendations_addressee a
                JOIN working_groups_organization g ON g.id = a.organization_id
                WHERE a.recommendation_id = r.id
            ) o
        WHERE i.id = r.issue_id
$$
"""

# An organization that is renamed is found under its new name. The trigger stands here, since organizations know nothing
# of recommendations.
SEARCH_FOLLOWS_ORGANIZATIONS = """
CREATE FUNCTION recommendation_search_follows_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE recommendations_recommendation SET search = NULL
        WHERE id IN (SELECT recommendation_id FROM recommendations_addressee WHERE organization_id = NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER recommendation_search_follows_organization
    AFTER UPDATE OF acronym, name_en, name_es ON working_groups_organization
    FOR EACH ROW EXECUTE FUNCTION recommendation_search_follows_organization();
"""


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0003_initial")]

    operations = [
        migrations.RunSQL(LEDGER_HEAD, "DROP FUNCTION ledger_head(bigint)"),
        migrations.RunSQL(
            SEARCH,
            "DROP FUNCTION recommendation_search(recommendations_recommendation)",
        ),
        migrations.RunSQL(
            SEARCH_FOLLOWS_ORGANIZATIONS, "DROP FUNCTION recommendation_search_follows_organization() CASCADE"
        ),
    ]
