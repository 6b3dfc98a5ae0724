"""Outgoing messages: one row for each e-mail to one address, its body, and the batch it belongs to."""

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import NOTE_CHANGE

from .states import (
    CLAIMABLE,
    FINAL,
    POSSIBLY_DELIVERED,
    UNFINISHED,
    UNKNOWNS_ALLOWED,
    WAITING,
    BatchState,
    MessageState,
    Reason,
)

DELIVERED = [state.value for state in POSSIBLY_DELIVERED]


class Batch(models.Model):
    """Messages that their owner opens, holds and stops together: an edition of a newsletter, a round of calls.

    Nothing of a batch can be claimed after the commit that holds or stops it, nor after `expires_at`.
    """

    name = models.CharField(_("name"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.OPEN)
    expires_at = models.DateTimeField(_("out of date from"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_is_known"),
        ]

    def __str__(self):
        return self.name

    def open(self):
        """Let its messages leave, also after it was held or stopped."""
        self._set(BatchState.OPEN)

    def hold(self):
        """Let nothing more of it leave until it is opened again; what waits is kept."""
        self._set(BatchState.HELD)

    def stop(self):
        """Let nothing more of it leave: what waits is canceled, and what is being sent is not tried again."""
        self._set(BatchState.STOPPED)
        self.messages.cancel(Reason.STOPPED)

    def _set(self, state):
        self.state = state
        self.save(update_fields=["state"])


class Body(models.Model):
    """The part of a message that all its readers share, ready for the wire.

    It begins with the headers that follow To, Message-ID and Date; lines end with CRLF and leading dots are doubled.
    Where mime.TOKEN stands in it, each message has its recipient's key, signed with the salt `signed_with`.
    """

    content = models.BinaryField()
    signed_with = models.CharField(max_length=50, blank=True)
    # A body of a single message may hold a sign-in code or a link: it is removed once the message is finished.
    is_shared = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        indexes = [
            # the sweep asks, each minute: which bodies of single messages are still stored?
            models.Index(fields=["id"], condition=Q(is_shared=False), name="body_of_one_message"),
        ]

    def __str__(self):
        return gettext("Body %(number)d") % {"number": self.pk}


class MessageQuerySet(models.QuerySet):
    def possibly_delivered(self):
        """Limit to those that their recipients have, or may have."""
        return self.filter(state__in=POSSIBLY_DELIVERED)

    def unknown(self):
        """Limit to those of which it is unknown whether they arrived, after the retry that is allowed."""
        return self.filter(state=MessageState.UNKNOWN, unknowns__gte=UNKNOWNS_ALLOWED)

    def unfinished(self):
        """Limit to those that are being sent, or will be."""
        return self.filter(state__in=UNFINISHED).exclude(
            Q(unknowns__gte=UNKNOWNS_ALLOWED) | ~Q(cancelled_for=Reason.NONE), state=MessageState.UNKNOWN
        )

    def cancel(self, reason: Reason):
        """Let none of these leave, from this commit on.

        What is being sent at this moment is only marked: record_and_claim() does not have it sent again, whatever
        becomes of it.
        """
        # One statement: between two, a worker could claim what the first did not see yet and the second no longer.
        is_waiting = Q(state__in=WAITING)
        self.filter(state__in=UNFINISHED).update(
            cancelled_for=reason,
            state=Case(When(is_waiting, then=Value(MessageState.CANCELLED)), default=F("state")),
            reason=Case(When(is_waiting, then=Value(reason)), default=F("reason")),
            finished_at=Case(When(is_waiting, then=Now())),
        )

    def requeue(self) -> int:
        """Send these, which failed or are of unknown outcome, once more under the same Message-ID; return how many."""
        to_retry = self.filter(state__in=[MessageState.FAILED, MessageState.UNKNOWN])
        return (
            to_retry.exclude(body=None)
            .exclude(address="")
            .update(
                state=MessageState.QUEUED,
                reason=Reason.NONE,
                cancelled_for=Reason.NONE,
                attempts=0,
                unknowns=0,
                next_attempt_at=Now(),
                finished_at=None,
            )
        )

    def forget(self):
        """Remove who the recipients were; that messages went out, and what became of them, is kept."""
        self.cancel(Reason.WITHDRAWN)
        Body.objects.filter(is_shared=False, messages__in=self).delete()
        self.update(address="", recipient_key=None)


class Message(models.Model):
    """One e-mail to one address. Kinds of mail differ in the values of these columns, not in code."""

    kind = models.CharField(_("kind"), max_length=30)
    priority = models.PositiveSmallIntegerField(_("priority"), help_text=_("Lower numbers go first."))
    address = models.EmailField(_("e-mail address"), blank=True)  # empty: forgotten at the recipient's request
    language = models.CharField(_("language"), max_length=2)
    body = models.ForeignKey(
        Body, models.SET_NULL, null=True, blank=True, related_name="messages", verbose_name=_("body")
    )
    recipient_key = models.UUIDField(null=True, editable=False)  # by which its owner knows the recipient, in links
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("batch")
    )
    message_id = models.CharField("Message-ID", max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.QUEUED)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, default=Reason.NONE, blank=True)
    cancelled_for = models.CharField(max_length=20, choices=Reason, default=Reason.NONE, blank=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unknowns = models.PositiveSmallIntegerField(_("attempts with an unknown outcome"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    first_attempt_at = models.DateTimeField(_("first attempt"), null=True, blank=True)  # its Date header, in each retry
    expires_at = models.DateTimeField(_("out of date from"), null=True, blank=True)
    ignores_pause = models.BooleanField(_("is sent while mail is paused"), default=False)
    smtp_code = models.PositiveSmallIntegerField(_("server code"), null=True, blank=True)
    enhanced_code = models.CharField(_("enhanced code"), max_length=11, blank=True)  # RFC 3463: "5.1.1"
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            # a worker asks: what is to be sent next?
            models.Index(
                fields=["priority", "next_attempt_at", "id"],
                condition=Q(state__in=CLAIMABLE),
                name="message_to_send",
            ),
            # the sweep asks, each minute: which leases have run out?
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_being_sent"),
        ]
        triggers = [
            # Pages may show a batch for as long as anybody has it, or may have it.
            pgtrigger.Trigger(
                name="content_changed",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__in=DELIVERED) & ~pgtrigger.Q(new__state__in=DELIVERED),
                func=NOTE_CHANGE,
            ),
        ]
        constraints = [
            # A constraint and not unique=True, which would add a second index for LIKE.
            models.UniqueConstraint(fields=["message_id"], name="one_message_per_message_id"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_is_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="message_reason_is_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease__isnull=False, lease_until__isnull=False),
                name="sending_message_holds_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(smtp_code__range=(200, 299), finished_at__isnull=False),
                name="accepted_message_has_the_servers_word",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=FINAL) | Q(finished_at__isnull=False), name="final_message_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WAITING) | (~Q(address="") & Q(body__isnull=False)),
                name="waiting_message_has_address_and_body",
            ),
            models.CheckConstraint(
                condition=Q(attempts=0) | Q(first_attempt_at__isnull=False), name="attempted_message_says_when"
            ),
        ]

    def __str__(self):
        # Not the address: this is what logs show.
        return gettext("Message %(number)d") % {"number": self.pk}
