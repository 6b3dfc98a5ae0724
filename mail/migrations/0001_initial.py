import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_squashed")]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100, unique=True)),
                ("raised_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=30, unique=True)),
                ("at", models.DateTimeField(null=True)),
                ("watched_since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("held", "Held"), ("stopped", "Stopped")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="out of date from")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
                    ),
                ),
            ],
            options={
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "held", "stopped"])), name="batch_state_is_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("signed_with", models.CharField(blank=True, max_length=50)),
                ("is_shared", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "body",
                "verbose_name_plural": "bodies",
                "indexes": [
                    models.Index(condition=models.Q(("is_shared", False)), fields=["id"], name="body_of_one_message")
                ],
            },
        ),
        migrations.CreateModel(
            name="DomainPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=254, verbose_name="domain")),
                (
                    "since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="since"
                    ),
                ),
                (
                    "until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave blank to pause it until someone removes this entry.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
            ],
            options={
                "verbose_name": "paused domain",
                "verbose_name_plural": "paused domains",
                "ordering": ["domain"],
                "constraints": [
                    models.UniqueConstraint(fields=("domain",), name="one_pause_per_domain"),
                    models.CheckConstraint(
                        condition=models.Q(("domain", django.db.models.functions.text.Lower("domain"))),
                        name="paused_domain_is_lower_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailControl",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_paused", models.BooleanField(default=False, verbose_name="paused")),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True,
                        choices=[("", ""), ("staff", "by staff"), ("refused", "the mail server refuses us")],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("pause_detail", models.CharField(blank=True, editable=False, max_length=150, verbose_name="detail")),
                (
                    "resume_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set when the mail server asks us to try again later.",
                        null=True,
                        verbose_name="on hold until",
                    ),
                ),
                (
                    "rate_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Leave blank to send as fast as the mail server accepts them.",
                        null=True,
                        verbose_name="maximum messages per minute",
                    ),
                ),
            ],
            options={
                "verbose_name": "outgoing mail",
                "verbose_name_plural": "outgoing mail",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_mail_control")
                ],
            },
        ),
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("bounce", "Bounce"), ("complaint", "Complaint")], default="bounce", max_length=10
                    ),
                ),
                ("domain", models.CharField(blank=True, max_length=254)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", "bounce")),
                        fields=["domain", "received_at"],
                        name="bounces_of_a_domain",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "Address does not exist"),
                            ("complaint", "Complaint"),
                            ("staff", "Staff decision"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                (
                    "since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="since"
                    ),
                ),
                (
                    "until",
                    models.DateTimeField(
                        blank=True, help_text="Leave blank to suppress it permanently.", null=True, verbose_name="until"
                    ),
                ),
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("address"), name="address_is_suppressed_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, verbose_name="kind")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(help_text="Lower numbers go first.", verbose_name="priority"),
                ),
                ("address", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                ("recipient_key", models.UUIDField(editable=False, null=True)),
                ("message_id", models.CharField(max_length=200, verbose_name="Message-ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Being sent"),
                            ("accepted", "Accepted"),
                            ("deferred", "Deferred"),
                            ("failed", "Failed"),
                            ("unknown", "Unknown"),
                            ("cancelled", "Not sent"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("address_refused", "The server refused the address"),
                            ("message_refused", "The server refused the message"),
                            ("deferred", "The server asked us to try again later"),
                            ("refuses_us", "The server refuses all mail from here"),
                            ("no_connection", "The connection failed before the message was handed over"),
                            ("connection_lost", "The connection broke after the message was handed over"),
                            ("worker_lost", "The worker was lost while it sent the message"),
                            ("lease_expired", "The worker was stopped for too long and did not hand the message over"),
                            ("not_allowed", "Not on the list of addresses that this site may send mail to"),
                            ("unusable", "No message can be created for this address"),
                            ("domain_outage", "The server refused many addresses of this domain at once"),
                            ("suppressed", "The address is suppressed"),
                            ("expired", "It was out of date"),
                            ("withdrawn", "It was no longer wanted"),
                            ("stopped", "Its whole batch was stopped"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                (
                    "cancelled_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("address_refused", "The server refused the address"),
                            ("message_refused", "The server refused the message"),
                            ("deferred", "The server asked us to try again later"),
                            ("refuses_us", "The server refuses all mail from here"),
                            ("no_connection", "The connection failed before the message was handed over"),
                            ("connection_lost", "The connection broke after the message was handed over"),
                            ("worker_lost", "The worker was lost while it sent the message"),
                            ("lease_expired", "The worker was stopped for too long and did not hand the message over"),
                            ("not_allowed", "Not on the list of addresses that this site may send mail to"),
                            ("unusable", "No message can be created for this address"),
                            ("domain_outage", "The server refused many addresses of this domain at once"),
                            ("suppressed", "The address is suppressed"),
                            ("expired", "It was out of date"),
                            ("withdrawn", "It was no longer wanted"),
                            ("stopped", "Its whole batch was stopped"),
                        ],
                        default="",
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("lease", models.UUIDField(editable=False, null=True)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "unknowns",
                    models.PositiveSmallIntegerField(default=0, verbose_name="attempts with an unknown outcome"),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="next attempt"
                    ),
                ),
                ("first_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="first attempt")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="out of date from")),
                ("ignores_pause", models.BooleanField(default=False, verbose_name="is sent while mail is paused")),
                ("smtp_code", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="server code")),
                ("enhanced_code", models.CharField(blank=True, max_length=11, verbose_name="enhanced code")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="mail.batch",
                        verbose_name="batch",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="mail.body",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "deferred", "unknown"])),
                        fields=["priority", "next_attempt_at", "id"],
                        name="message_to_send",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")), fields=["lease_until"], name="message_being_sent"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message_id",), name="one_message_per_message_id"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["queued", "sending", "accepted", "deferred", "failed", "unknown", "cancelled"],
                            )
                        ),
                        name="message_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "address_refused",
                                    "message_refused",
                                    "deferred",
                                    "refuses_us",
                                    "no_connection",
                                    "connection_lost",
                                    "worker_lost",
                                    "lease_expired",
                                    "not_allowed",
                                    "unusable",
                                    "domain_outage",
                                    "suppressed",
                                    "expired",
                                    "withdrawn",
                                    "stopped",
                                ],
                            )
                        ),
                        name="message_reason_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            models.Q(("lease__isnull", False), ("lease_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="sending_message_holds_a_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            models.Q(("finished_at__isnull", False), ("smtp_code__range", (200, 299))),
                            _connector="OR",
                        ),
                        name="accepted_message_has_the_servers_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "failed", "cancelled"]), _negated=True),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="final_message_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["queued", "deferred"]), _negated=True),
                            models.Q(models.Q(("address", ""), _negated=True), ("body__isnull", False)),
                            _connector="OR",
                        ),
                        name="waiting_message_has_address_and_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attempts", 0), ("first_attempt_at__isnull", False), _connector="OR"),
                        name="attempted_message_says_when",
                    ),
                ],
            },
        ),
    ]
