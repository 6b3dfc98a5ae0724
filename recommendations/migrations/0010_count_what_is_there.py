"""The tallies of what is there already, and the function that works out what they should be."""

from django.db import migrations

RECOUNTED = """
CREATE FUNCTION recommendation_tallies()
RETURNS TABLE (topic_id bigint, facet varchar, value varchar, number bigint)
LANGUAGE sql STABLE AS $$
    SELECT i.topic_id, v.facet, v.value, count(*)
        FROM recommendations_issue i
        JOIN recommendations_recommendation r ON r.issue_id = i.id
        JOIN (
            SELECT id, 'status', status FROM recommendations_recommendation
            UNION ALL SELECT id, 'priority', priority::text FROM recommendations_recommendation
            UNION ALL SELECT recommendation_id, 'addressee', organization_id::text FROM recommendations_addressee
            UNION ALL SELECT recommendation_id, 'chapter', chapter_id::text FROM recommendations_chapterlink
        ) v (recommendation_id, facet, value) ON v.recommendation_id = r.id
        GROUP BY 1, 2, 3
$$
"""


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0009_tallies")]

    operations = [
        migrations.RunSQL(RECOUNTED, "DROP FUNCTION recommendation_tallies()"),
        migrations.RunSQL(
            "INSERT INTO recommendations_tally (topic_id, facet, value, number) SELECT * FROM recommendation_tallies()",
            "DELETE FROM recommendations_tally",
        ),
    ]
