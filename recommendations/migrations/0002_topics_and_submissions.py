import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F

# What the first release counted beside the recommendations.
DROP_TALLIES = """
DO $$
DECLARE
    installed regprocedure;
BEGIN
    FOR installed IN SELECT oid FROM pg_proc WHERE proname ~ '^pgtrigger_(tallied_on|folded_now_and_then)_' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', installed);
    END LOOP;
END
$$;
DROP FUNCTION IF EXISTS recommendation_tallies();
DROP TABLE IF EXISTS recommendations_tally CASCADE;
"""

TOPIC = {
    "to": "recommendations.topic",
    "on_delete": django.db.models.deletion.PROTECT,
    "blank": True,
    "db_constraint": False,
    "db_index": False,
    "editable": False,
    "related_name": "recommendations",
    "verbose_name": "topic",
}
FILL_TOPICS = """
UPDATE recommendations_recommendation r SET topic_id = i.topic_id FROM recommendations_issue i WHERE i.id = r.issue_id
"""
# Also moves recommendations along when their issue is moved to another topic.
FOREIGN_KEY = """
ALTER TABLE recommendations_recommendation
    ADD CONSTRAINT recommendation_is_under_its_issues_topic
    FOREIGN KEY (issue_id, topic_id) REFERENCES recommendations_issue (id, topic_id) ON UPDATE CASCADE
"""


class Migration(migrations.Migration):
    """A recommendation carries the topic of its issue, and an update the key of the form that recorded it."""

    dependencies = [("recommendations", "0001_squashed")]

    operations = [
        migrations.RunSQL(DROP_TALLIES, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="update",
            name="submission",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="update",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                error_messages={"unique": "That entry has already been replaced by another."},
                help_text="The earlier entry that this one replaces. Both remain visible.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="recommendations.update",
                verbose_name="corrects",
            ),
        ),
        migrations.AddField("recommendation", "topic", models.ForeignKey(null=True, **TOPIC)),
        migrations.RunSQL(FILL_TOPICS, migrations.RunSQL.noop),
        migrations.AlterField("recommendation", "topic", models.ForeignKey(**TOPIC)),
        migrations.RemoveConstraint("issue", "issue_is_under_one_topic"),
        migrations.AddConstraint(
            "issue",
            models.UniqueConstraint(fields=("id", "topic"), include=("position",), name="issue_is_under_one_topic"),
        ),
        migrations.RunSQL(
            FOREIGN_KEY,
            "ALTER TABLE recommendations_recommendation DROP CONSTRAINT recommendation_is_under_its_issues_topic",
        ),
        migrations.RemoveIndex("recommendation", "recommendation_status"),
        migrations.RemoveIndex("recommendation", "recommendation_last_update"),
        migrations.RemoveIndex("recommendation", "recommendation_counted"),
        migrations.AddIndex(
            "recommendation",
            models.Index(F("status"), F("last_update_on").desc(nulls_last=True), name="recommendation_by_status"),
        ),
        migrations.AddIndex(
            "recommendation", models.Index(F("last_update_on").desc(nulls_last=True), name="recommendation_by_update")
        ),
        migrations.AddIndex(
            "recommendation",
            models.Index(
                fields=["topic", "status"],
                include=("id", "priority", "is_open", "last_update_on"),
                name="recommendation_counted",
            ),
        ),
    ]
