import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_content_changed"),
        ("reviews", "0002_bounded_dates_and_series_count"),
    ]

    operations = [
        migrations.CreateModel(
            name="MilestoneDocument",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("reviews.milestone_documents",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="23d6df38eda603959dcd0d0d94423ddb937aadc0",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_a22cb",
                    table="reviews_milestone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestonedate",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="6be4a510a03c99d9978b2f493b946df074001548",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_0970b",
                    table="reviews_milestonedate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="series",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="8b907c45690a3e8e3955e31f8ebe1f75d76208f6",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_0228d",
                    table="reviews_series",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestonedocument",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="127ba0c41cfb5c9a28ab49f32acab91eaed124c8",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_deb01",
                    table="reviews_milestone_documents",
                    when="AFTER",
                ),
            ),
        ),
    ]
