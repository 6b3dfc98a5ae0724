"""Move what became of each delivery, what was written about subscriptions, suppressions and the pause to mail."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

from mail.message.headers import host
from mail.message.kinds import BULK, SOMEBODY_WAITS

# The message of each delivery. Notes become codes; the server's code at the end of a note has a column of its own.
MESSAGES = r"""
INSERT INTO mail_message (
    kind, priority, ignores_pause, address, language, body_id, recipient_key, batch_id, message_id,
    state, reason, cancelled_for, lease, lease_until, attempts, unknowns, next_attempt_at, first_attempt_at,
    smtp_code, enhanced_code, created_at, finished_at
)
SELECT CASE g.kind WHEN 'digest' THEN 'digest' ELSE 'notice' END, %(priority)s, false, coalesce(s.email, ''),
    r.language, r.body_id, s.key, g.batch_id, d.old_message_id, x.state,
    CASE
        WHEN x.is_withdrawn OR d.note IN ('no longer wanted', 'erased') THEN 'withdrawn'
        WHEN d.note = 'milestone_passed' THEN 'expired'
        WHEN d.note IN (
            'staff', 'milestone_off', 'milestone_moved', 'changed_again', 'nearer', 'late_date', 'unchanged'
        ) THEN 'stopped'
        WHEN d.note = 'the worker was lost' THEN 'worker_lost'
        WHEN d.note = 'the lease ran out' THEN 'lease_expired'
        WHEN d.note LIKE '%% after DATA' THEN 'connection_lost'
        WHEN d.note LIKE 'address refused%%' THEN 'address_refused'
        WHEN d.note LIKE 'message refused%%' THEN 'message_refused'
        WHEN d.note LIKE 'deferred%%' THEN 'deferred'
        WHEN d.note LIKE 'the mail server refuses us%%' THEN 'refuses_us'
        WHEN d.note LIKE 'not on the list%%' THEN 'not_allowed'
        WHEN d.note = '' THEN ''
        ELSE 'no_connection'
    END,
    CASE WHEN x.is_withdrawn THEN 'withdrawn' ELSE '' END,
    d.lease, d.lease_until, d.attempts, d.unknowns, coalesce(d.next_attempt_at, now()),
    CASE WHEN d.attempts > 0 THEN g.frozen_at END,  -- what its Date header said
    d.smtp_code, coalesce(substring(d.note FROM '\d\.\d{1,3}\.\d{1,3}$'), ''), g.frozen_at,
    CASE WHEN x.state IN ('accepted', 'failed', 'cancelled') THEN coalesce(d.finished_at, g.sent_at, now()) END
    FROM digests_delivery d
    JOIN digests_digest g ON g.id = d.digest_id
    JOIN digests_rendering r ON r.id = d.rendering_id
    LEFT JOIN digests_subscription s ON s.id = d.subscription_id
    -- What was waiting for a reader who has stopped the digests was never sent, and was cancelled at the end.
    CROSS JOIN LATERAL (
        SELECT d.state IN ('queued', 'deferred', 'sending', 'unknown') AND coalesce(s.state, '') <> 'confirmed'
            AS is_withdrawn
    ) w
    CROSS JOIN LATERAL (
        SELECT w.is_withdrawn,
            CASE WHEN w.is_withdrawn AND d.state IN ('queued', 'deferred') THEN 'cancelled' ELSE d.state END AS state
    ) x
    ORDER BY d.id;

UPDATE digests_delivery d SET message_id = m.id FROM mail_message m WHERE m.message_id = d.old_message_id;
"""

# When the last e-mail about a subscription went out. Which of the two it was is not known.
SENT_EMAILS = """
INSERT INTO mail_message (
    kind, priority, ignores_pause, address, language, recipient_key, message_id, state, reason, cancelled_for,
    attempts, unknowns, first_attempt_at, smtp_code, enhanced_code, created_at, finished_at
)
SELECT 'confirmation', %(priority)s, false, s.email, s.language, s.key,
    '<confirmation.' || gen_random_uuid() || '@' || %(host)s || '>', 'accepted', '', '', 1, 0,
    s.letter_sent_at, 250, '', s.letter_sent_at, s.letter_sent_at
    FROM digests_subscription s WHERE s.letter_sent_at IS NOT NULL ORDER BY s.letter_sent_at;

INSERT INTO digests_subscriptionemail (subscription_id, message_id)
SELECT s.id, m.id
    FROM digests_subscription s JOIN mail_message m ON m.kind = 'confirmation' AND m.recipient_key = s.key
    ORDER BY m.id;
"""

OTHERS = """
INSERT INTO mail_suppression (address, reason, since) SELECT email, reason, created_at FROM digests_suppression;

INSERT INTO mail_mailevent (event_id, kind, domain, received_at)
SELECT event_id, 'bounce', '', received_at FROM digests_mailevent;

INSERT INTO mail_alert (key, raised_at) SELECT key, raised_at FROM digests_alert;

INSERT INTO mail_mailcontrol (id, is_paused, pause_reason, pause_detail, resume_at, rate_per_minute)
SELECT 1, is_paused,
    CASE WHEN NOT is_paused THEN '' WHEN reason LIKE 'the mail server refuses us%%' THEN 'refused' ELSE 'staff' END,
    CASE WHEN is_paused THEN left(regexp_replace(reason, '^(the mail server refuses us: |by )', ''), 150) ELSE '' END,
    resume_at, rate_per_minute
    FROM digests_outbox;

INSERT INTO mail_heartbeat (job, at) SELECT 'digests', ticked_at FROM digests_outbox WHERE ticked_at IS NOT NULL;

-- Staff approve an edition as it is frozen: what was released before that is not approved.
UPDATE digests_digest SET approved_at = NULL WHERE frozen_at IS NULL;
-- Who released a digest that goes to many more than the last one approved it by that.
UPDATE digests_digest SET may_go_to_many = true WHERE approved_at IS NOT NULL;
"""


def move(apps, schema_editor):
    Digest = apps.get_model("digests", "Digest")
    digests = Digest.objects.filter(deliveries__isnull=False).distinct().select_related("milestone__series")
    for digest in digests:
        digest.batch = make_batch(apps, digest)
        digest.save(update_fields=["batch"])
        make_bodies(apps, digest)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MESSAGES, {"priority": BULK})
        cursor.execute(SENT_EMAILS, {"priority": SOMEBODY_WAITS, "host": host()})
        cursor.execute(OTHERS)
    queue_emails(apps)


def make_batch(apps, digest):
    milestone = digest.milestone
    state = {"held": "held", "cancelled": "stopped", "skipped": "stopped"}.get(digest.state, "open")
    if digest.milestone_revision != milestone.revision:
        state = "stopped"
    expires_at = None
    if digest.kind == "digest" and milestone.starts_on:
        day_after = milestone.starts_on + timedelta(days=1)
        expires_at = datetime.combine(day_after, time(), ZoneInfo(milestone.time_zone))
    label = f"{digest.lead_days} days before" if digest.kind == "digest" else digest.kind.replace("_", " ")
    return apps.get_model("mail", "Batch").objects.create(
        name=f"{milestone.name_en}, {label}"[:300],
        state=state,
        expires_at=expires_at,
        created_at=digest.frozen_at,
    )


def make_bodies(apps, digest):
    # As new ones are made: whatever is sent or repeated from now on has today's headers.
    from reviews.digests.pipeline.compose import compose_rendering
    from reviews.digests.subscribers.tokens import SALT

    Body = apps.get_model("mail", "Body")
    for rendering in digest.renderings.filter(deliveries__isnull=False).distinct():
        content = compose_rendering(
            digest_id=digest.pk,
            series=digest.milestone.series.slug,
            language=rendering.language,
            subject=rendering.subject,
            text=rendering.text,
            html=rendering.html,
        )
        rendering.body = Body.objects.create(content=content, signed_with=SALT, is_shared=True)
        rendering.save(update_fields=["body"])


def queue_emails(apps):
    """Queue the e-mails about subscriptions that were still to be sent."""
    from mail.message.mime import TOKEN
    from reviews.digests.subscribers.subscription_email import TOKENS, compose_subscription_email
    from reviews.digests.subscribers.tokens import CONFIRMATION_TIME

    Message = apps.get_model("mail", "Message")
    SubscriptionEmail = apps.get_model("digests", "SubscriptionEmail")
    kinds = {"confirm": "confirmation", "manage": "preferences"}
    for subscription in apps.get_model("digests", "Subscription").objects.exclude(letter=""):
        kind, language = kinds[subscription.letter], subscription.language
        content = compose_subscription_email(
            kind,
            language=language,
            series=[getattr(series, f"name_{language}") or series.name_en for series in subscription.series.all()],
            groups=[getattr(group, f"name_{language}") or group.name_en for group in subscription.groups.all()],
            by_staff=subscription.consent_origin != "form",
        )
        token = TOKENS[kind](subscription.key)
        message = Message.objects.create(
            kind=kind,
            priority=SOMEBODY_WAITS,
            address=subscription.email,
            language=language,
            body=apps.get_model("mail", "Body").objects.create(content=content.replace(TOKEN.encode(), token.encode())),
            recipient_key=subscription.key,
            expires_at=timezone.now() + CONFIRMATION_TIME if kind == "confirmation" else None,
            message_id=f"<{kind}.{subscription.key}@{host()}>",
        )
        SubscriptionEmail.objects.create(subscription=subscription, message=message)


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0002_messages_are_mail"),
    ]

    operations = [migrations.RunPython(move)]
