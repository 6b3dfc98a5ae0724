"""Remove what mail has now; name news, transitions and what follows a milestone as the code does."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"

FOLLOW = """
CREATE TRIGGER batches_follow_milestones AFTER UPDATE ON reviews_milestone
    FOR EACH ROW WHEN (OLD.revision <> NEW.revision OR OLD.time_zone <> NEW.time_zone)
    EXECUTE FUNCTION batches_follow_milestones();
CREATE TRIGGER approvals_follow_series AFTER UPDATE ON reviews_series
    FOR EACH ROW WHEN (OLD.needs_approval <> NEW.needs_approval)
    EXECUTE FUNCTION approvals_follow_series();
"""
FORGET = """
DROP FUNCTION batches_follow_milestones() CASCADE;
DROP FUNCTION approvals_follow_series() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0009_move_to_mail"),
        ("recommendations", "0013_content_changed"),
        ("reviews", "0003_content_changed"),
    ]

    operations = [
        migrations.AlterField(
            "delivery",
            "message",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delivery",
                to="mail.message",
                verbose_name="message",
            ),
        ),
        migrations.RemoveConstraint("delivery", "delivery_state_is_known"),
        migrations.RemoveConstraint("delivery", "sending_holds_a_lease"),
        migrations.RemoveConstraint("delivery", "accepted_has_the_servers_word"),
        migrations.RemoveIndex("delivery", "delivery_to_send"),
        *[
            migrations.RemoveField("delivery", name)
            for name in (
                "state",
                "old_message_id",
                "attempts",
                "unknowns",
                "lease",
                "lease_until",
                "next_attempt_at",
                "smtp_code",
                "note",
                "finished_at",
            )
        ],
        *[migrations.RemoveField("subscription", name) for name in ("letter", "letter_lease_until", "letter_sent_at")],
        migrations.DeleteModel("Alert"),
        migrations.DeleteModel("MailEvent"),
        migrations.DeleteModel("Outbox"),
        migrations.DeleteModel("Suppression"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("DigestNews", "DigestItem"),
                migrations.AlterModelTable("digestitem", "digests_digestnews"),
                migrations.AlterField(
                    "digestitem",
                    "digest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="digests.digest"
                    ),
                ),
                migrations.AlterField(
                    "digestitem",
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_items",
                        to="reviews.series",
                    ),
                ),
                migrations.AlterField(
                    "digestitem",
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="digest_items",
                        to="recommendations.update",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "digest",
            models.CheckConstraint(
                condition=models.Q(("approved_at", None), ("frozen_at__isnull", False), _connector="OR"),
                name="approved_digest_is_frozen",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="digest",
            trigger=pgtrigger.compiler.Trigger(
                name="state_goes_by_the_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func="\nIF (OLD.state, NEW.state) NOT IN (('cancelled', 'held'), ('cancelled', 'planned'), ('frozen', 'cancelled'), ('frozen', 'held'), ('frozen', 'sending'), ('frozen', 'skipped'), ('held', 'cancelled'), ('held', 'frozen'), ('held', 'planned'), ('held', 'sending'), ('held', 'skipped'), ('planned', 'cancelled'), ('planned', 'frozen'), ('planned', 'held'), ('planned', 'skipped'), ('sending', 'cancelled'), ('sending', 'held'), ('sending', 'sending'), ('sending', 'sent'), ('sending', 'skipped'), ('sent', 'sending'), ('skipped', 'cancelled'), ('skipped', 'held'), ('skipped', 'planned')) THEN\n    RAISE EXCEPTION 'A digest does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';\nEND IF;\nRETURN NEW;\n",
                    hash="40ede8bc74be145af209b46f3be4c8b60a1a3eaa",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_state_goes_by_the_table_7c96d",
                    table="digests_digest",
                    when="BEFORE",
                ),
            ),
        ),
        *[
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in ("batches_follow_milestones", "approvals_follow_series")
        ],
        migrations.RunSQL(FOLLOW, FORGET),
    ]
