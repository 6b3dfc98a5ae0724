import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

from mail.message.addresses import check_usable


class Migration(migrations.Migration):
    """The tables as the first release had them; triggers and functions are installed after each `migrate`."""

    initial = True
    replaces = [
        ("digests", "0001_initial"),
        ("digests", "0002_initial"),
        ("digests", "0003_initial"),
        ("digests", "0004_notices_and_addresses"),
        ("digests", "0005_held_for_whatever_reason"),
        ("digests", "0006_not_public_and_long_subjects"),
    ]
    dependencies = [
        ("recommendations", "0001_squashed"),
        ("reviews", "0001_squashed"),
        ("working_groups", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=50, unique=True)),
                ("raised_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("message_id", models.CharField(max_length=100, unique=True, verbose_name="Message-ID")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "unknowns",
                    models.PositiveSmallIntegerField(default=0, verbose_name="attempts with an unknown outcome"),
                ),
                ("lease", models.UUIDField(editable=False, null=True)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt")),
                ("smtp_code", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="server code")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("digest", "Digest"),
                            ("date_changed", "Notice of a changed date"),
                            ("cancellation", "Notice of cancellation"),
                        ],
                        default="digest",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("lead_days", models.PositiveSmallIntegerField(verbose_name="days before")),
                ("edition", models.PositiveSmallIntegerField(default=1, verbose_name="edition")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("frozen", "Frozen"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("held", "Held"),
                            ("cancelled", "Canceled"),
                            ("skipped", "Skipped"),
                        ],
                        default="planned",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "state_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("approval", "awaiting approval"),
                            ("many_more", "would go to more than twice as many people as the last one"),
                            ("staff", "by staff"),
                            ("milestone_off", "the milestone has been called off or has no date"),
                            ("milestone_moved", "the date of the milestone has changed; a new edition follows"),
                            ("late_date", "its sending date had passed when the date of the milestone became known"),
                            ("changed_again", "the milestone has changed again"),
                            ("milestone_passed", "the milestone has passed"),
                            ("nearer", "a digest closer to the milestone is due"),
                            ("unchanged", "nothing changed"),
                            (
                                "not_public",
                                "something in it is no longer public; cancel it, and the next one will report the rest",
                            ),
                            ("error", "it could not be generated; the log says why"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("milestone_revision", models.PositiveIntegerField(verbose_name="revision of the milestone")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved")),
                ("frozen_at", models.DateTimeField(blank=True, null=True, verbose_name="frozen")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("content", models.JSONField(blank=True, null=True, verbose_name="content")),
            ],
            options={
                "verbose_name": "digest",
                "verbose_name_plural": "digests",
                "ordering": ["-due_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DigestNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=200, unique=True)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_paused", models.BooleanField(default=False, verbose_name="paused")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
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
                (
                    "ticked_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last run of the scheduler"
                    ),
                ),
            ],
            options={
                "verbose_name": "outgoing mail",
                "verbose_name_plural": "outgoing mail",
            },
        ),
        migrations.CreateModel(
            name="Rendering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=2)),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), default=list, size=None),
                ),
                ("subject", models.TextField()),
                ("html", models.TextField()),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "email",
                    models.EmailField(
                        max_length=254,
                        validators=[check_usable],
                        verbose_name="e-mail address",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")], max_length=2, verbose_name="language"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for confirmation"),
                            ("confirmed", "Confirmed"),
                            ("unsubscribed", "Unsubscribed"),
                        ],
                        default="pending",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "consent_origin",
                    models.CharField(
                        choices=[("form", "Subscription form"), ("import", "Import"), ("staff", "Entered by staff")],
                        max_length=20,
                        verbose_name="origin of consent",
                    ),
                ),
                ("consent_version", models.CharField(max_length=20, verbose_name="version of the consent text")),
                (
                    "consent_proof",
                    models.CharField(
                        blank=True,
                        help_text="For an import: where the proof is stored.",
                        max_length=300,
                        verbose_name="proof of consent",
                    ),
                ),
                (
                    "letter",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("confirm", "Request for confirmation"),
                            ("manage", "How to change an existing subscription"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="message to be sent",
                    ),
                ),
                ("letter_lease_until", models.DateTimeField(editable=False, null=True)),
                ("letter_sent_at", models.DateTimeField(editable=False, null=True, verbose_name="last message")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="requested"),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                ("unsubscribed_at", models.DateTimeField(blank=True, null=True, verbose_name="unsubscribed")),
            ],
            options={
                "verbose_name": "subscription",
                "verbose_name_plural": "subscriptions",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
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
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="since"),
                ),
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
                "ordering": ["-created_at"],
            },
        ),
        migrations.AddField(
            model_name="digest",
            name="milestone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="digests",
                to="reviews.milestone",
                verbose_name="milestone",
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                help_text="The edition that was stopped. Anyone who got that one does not get this one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="digests.digest",
                verbose_name="replaces",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="digest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="digests.digest",
                verbose_name="digest",
            ),
        ),
        migrations.AddField(
            model_name="digestnews",
            name="digest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assigned", to="digests.digest"
            ),
        ),
        migrations.AddField(
            model_name="digestnews",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="told", to="reviews.series"
            ),
        ),
        migrations.AddField(
            model_name="digestnews",
            name="update",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="told_in", to="recommendations.update"
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="news",
            field=models.ManyToManyField(
                related_name="digests", through="digests.DigestNews", to="recommendations.update"
            ),
        ),
        migrations.AddConstraint(
            model_name="outbox",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_outbox"),
        ),
        migrations.AddField(
            model_name="rendering",
            name="digest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="renderings", to="digests.digest"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="rendering",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="digests.rendering"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="groups",
            field=models.ManyToManyField(
                blank=True,
                help_text="If none is chosen, all are included.",
                related_name="subscriptions",
                to="working_groups.workinggroup",
                verbose_name="groups",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="series",
            field=models.ManyToManyField(related_name="subscriptions", to="reviews.series", verbose_name="series"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="subscription",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deliveries",
                to="digests.subscription",
                verbose_name="subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="one_suppression_per_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="digestnews",
            constraint=models.UniqueConstraint(fields=("series", "update"), name="news_is_told_once_in_a_series"),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(condition=models.Q(("state", "planned")), fields=["due_at"], name="digest_due"),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=("milestone", "kind", "lead_days", "edition"), name="one_digest_per_lead_time_and_edition"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["digest", "date_changed", "cancellation"])),
                name="digest_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["planned", "frozen", "sending", "sent", "held", "cancelled", "skipped"])
                ),
                name="digest_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state_reason__in",
                        [
                            "",
                            "approval",
                            "many_more",
                            "staff",
                            "milestone_off",
                            "milestone_moved",
                            "late_date",
                            "changed_again",
                            "milestone_passed",
                            "nearer",
                            "unchanged",
                            "not_public",
                            "error",
                        ],
                    )
                ),
                name="digest_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(("edition__gte", 1)), name="digest_editions_count_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["frozen", "sending", "sent"]), _negated=True),
                    models.Q(("content__isnull", False), ("frozen_at__isnull", False)),
                    _connector="OR",
                ),
                name="digest_is_frozen_before_it_is_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                ),
                name="sent_digest_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="rendering",
            constraint=models.UniqueConstraint(
                fields=("digest", "language", "groups"), name="one_rendering_per_audience"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                name="one_subscription_per_address",
                violation_error_message="This address already has a subscription.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "confirmed", "unsubscribed"])),
                name="subscription_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), ("confirmed_at__isnull", False), _connector="OR"
                ),
                name="confirmed_subscription_says_when",
                violation_error_message="A confirmed subscription must have the date of its confirmation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "unsubscribed"), _negated=True),
                    ("unsubscribed_at__isnull", False),
                    _connector="OR",
                ),
                name="unsubscribed_says_when",
                violation_error_message="An ended subscription must have the date on which it ended.",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "sending", "deferred", "unknown"])),
                fields=["digest", "next_attempt_at"],
                name="delivery_to_send",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("digest", "subscription"), name="one_delivery_per_subscription"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["queued", "sending", "accepted", "deferred", "failed", "unknown", "cancelled"])
                ),
                name="delivery_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sending"), _negated=True),
                    models.Q(("lease__isnull", False), ("lease_until__isnull", False)),
                    _connector="OR",
                ),
                name="sending_holds_a_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    models.Q(("finished_at__isnull", False), ("smtp_code__range", (200, 299))),
                    _connector="OR",
                ),
                name="accepted_has_the_servers_word",
            ),
        ),
    ]
