import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_content_changed"),
        ("working_groups", "0003_loaded_record_moves_to_core"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partnership",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("working_groups.workinggroup_partners",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="054a2e7dee60dd0aec1926a346a427b85a9b15b4",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_f32e1",
                    table="working_groups_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organization",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="e99f9240995a0f3e25962101bf30ef1a0680ccc2",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_d4d79",
                    table="working_groups_organization",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="e3ef4633e8a1750efd91e8e97c3171c9de4ff784",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_8347d",
                    table="working_groups_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workinggroup",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="e66275c6337569677b9edfcd6de289174c61c899",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_db288",
                    table="working_groups_workinggroup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partnership",
            trigger=pgtrigger.compiler.Trigger(
                name="content_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM note_content_change(); RETURN NULL;",
                    hash="1546d01de2416264ac5225d87d12a72c3ce08c84",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_content_changed_e224b",
                    table="working_groups_workinggroup_partners",
                    when="AFTER",
                ),
            ),
        ),
    ]
