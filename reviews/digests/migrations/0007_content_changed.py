import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_content_changed"),
        ("digests", "0006_not_public_and_long_subjects"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" IN ('accepted', 'sending', 'unknown') AND NOT (NEW.\"state\" IN ('accepted', 'sending', 'unknown')))",
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="ac72e6300df65f2cc4c4c4186d364c97cc432718",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_content_changed_a1d07",
                    table="digests_delivery",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="digest",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="de0ca09efe0784791e63059c5cea2ca64cb11b77",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_df0b9",
                    table="digests_digest",
                    when="AFTER",
                ),
            ),
        ),
    ]
