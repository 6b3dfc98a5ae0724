import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_content_changed"),
        ("recommendations", "0012_submission"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="addressee",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="0b3f6b8d2e3560ffe3d9f7a8bbad69349842fc20",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_1d8f0",
                    table="recommendations_addressee",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chapter",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="ebab9109afcafba44d127dcd9958a9f9718c5126",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_39520",
                    table="recommendations_chapter",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chapterlink",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="46f75b05aa5b7a02c26373485c86e491ddbcdccb",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_fc483",
                    table="recommendations_chapterlink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="document",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="2046aa763fa0c85510b69cd6b5a91a37c26d6287",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_f30af",
                    table="recommendations_document",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="0332237895d65175a7999fc2a928a1b93323e1d1",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_656a5",
                    table="recommendations_evidence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issue",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="399f0bb8635b7e496ead38d26fa8d3804ea72963",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_4362b",
                    table="recommendations_issue",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recommendation",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="6fca340f2ab79a263d08e214e05e6d0cb3d52a62",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_15380",
                    table="recommendations_recommendation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="topic",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="a05e65557d1e22b229888e0dc4f2e1f49640b83d",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_27582",
                    table="recommendations_topic",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="update",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="b6c389f48aa71a7fa4576dfc0006925a69f91eb0",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_b6177",
                    table="recommendations_update",
                    when="AFTER",
                ),
            ),
        ),
    ]
