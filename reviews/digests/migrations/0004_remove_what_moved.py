"""Remove what mail has now; name news, transitions and what follows a milestone as the code does."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("digests", "0003_move_to_mail")]

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
    ]
