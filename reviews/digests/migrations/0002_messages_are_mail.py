"""Make room for what moves to mail: the link from a delivery to its message, from a digest to its batch."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0001_squashed"),
        ("core", "0002_drop_old_triggers"),
        ("recommendations", "0002_topics_and_submissions"),
        ("mail", "0001_initial"),
    ]

    operations = [
        migrations.RenameField("delivery", "message_id", "old_message_id"),
        migrations.AddField(
            "delivery",
            "message",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                null=True,
                related_name="delivery",
                to="mail.message",
                verbose_name="message",
            ),
        ),
        migrations.AddField(
            "digest",
            "batch",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                editable=False,
                null=True,
                related_name="digest",
                to="mail.batch",
            ),
        ),
        migrations.AddField("digest", "may_go_to_many", models.BooleanField(default=False, editable=False)),
        migrations.AddField(
            "rendering",
            "body",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                editable=False,
                null=True,
                related_name="rendering",
                to="mail.body",
            ),
        ),
        migrations.CreateModel(
            name="SubscriptionEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscription_email",
                        to="mail.message",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emails",
                        to="digests.subscription",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
    ]
