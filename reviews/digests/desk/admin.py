"""The admin of subscriptions; the page of a digest is in digest_admin.py, and mail has an admin of its own."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.templatetags.staff import own_time
from mail.message.kinds import label as kind_label
from reviews.admin import MilestoneAdmin
from reviews.digests.models import ConsentOrigin, Digest, Subscription, SubscriptionState
from reviews.digests.subscribers.subscription_email import send_confirmations
from reviews.digests.subscribers.subscriptions import CONSENT_VERSION, unsubscribe

from .digest_admin import DigestAdmin
from .importing_admin import ImportMixin
from .milestone_admin import MailOfMilestone

admin.site.register(Digest, DigestAdmin)
MilestoneAdmin.extensions.append(MailOfMilestone())


@admin.register(Subscription)
class SubscriptionAdmin(ImportMixin, admin.ModelAdmin):
    """Whom a member of staff enters is asked by e-mail: consent is the reader's to give, by the form or by proof."""

    list_display = ["email", "language", "state", "consent_origin", "created_at"]
    list_filter = ["state", "language", "series", "groups", "consent_origin"]
    search_fields = ["email"]
    filter_horizontal = ["series", "groups"]
    fields = ["email", "language", "series", "groups"]
    about_consent = [
        "state",
        "consent_origin",
        "consent_version",
        "consent_proof",
        "created_at",
        "emails",
        "confirmed_at",
        "unsubscribed_at",
    ]
    actions = ["end"]

    def get_fields(self, request, obj=None):
        return [*self.fields, *self.about_consent] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        # The address stays: whoever has another one has not agreed to anything yet.
        return ["email", *self.about_consent] if obj else []

    @admin.display(description=_("e-mails about it"))
    def emails(self, subscription):
        """Return what was sent about the subscription itself, newest first."""
        messages_about_it = [email.message for email in subscription.emails.select_related("message")]
        rows = [
            (kind_label(message.kind), message.get_state_display(), own_time(message.created_at))
            for message in messages_about_it
        ]
        return format_html_join(", ", "{}: {} ({})", rows) or "–"

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            send_confirmations([form.instance], timezone.now())  # it names the series
            messages.info(
                request, gettext("The subscriber is asked by e-mail to confirm and gets no digests until then.")
            )

    def save_model(self, request, obj, form, change):
        if not change:
            obj.consent_origin, obj.consent_version = ConsentOrigin.STAFF, CONSENT_VERSION
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Unsubscribe the selected subscribers"), permissions=["change"])
    def end(self, request, queryset):
        count = 0
        for subscription in queryset.exclude(state=SubscriptionState.UNSUBSCRIBED):
            unsubscribe(subscription, timezone.now())
            self.log_change(request, subscription, gettext("Unsubscribed."))
            count += 1
        messages.success(
            request,
            ngettext("%(count)d subscriber was unsubscribed.", "%(count)d subscribers were unsubscribed.", count)
            % {"count": count},
        )
