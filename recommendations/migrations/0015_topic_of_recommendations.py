"""A recommendation carries the topic of its issue, and indexes answer the list's own questions."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F

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

# Also moves recommendations along when their issue is moved to another topic.
FOREIGN_KEY = """
ALTER TABLE recommendations_recommendation
    ADD CONSTRAINT recommendation_is_under_its_issues_topic
    FOREIGN KEY (issue_id, topic_id) REFERENCES recommendations_issue (id, topic_id) ON UPDATE CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0014_no_more_tallies")]

    operations = [
        migrations.AddField("recommendation", "topic", models.ForeignKey(null=True, **TOPIC)),
        migrations.RunSQL(
            """
            UPDATE recommendations_recommendation r SET topic_id = i.topic_id
                FROM recommendations_issue i WHERE i.id = r.issue_id
            """,
            migrations.RunSQL.noop,
        ),
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
