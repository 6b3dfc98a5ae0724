"""The admin of digests and all that belongs to them; the page of a digest itself is in cockpit.py."""

from functools import partial

from django.contrib import admin, messages
from django.db import OperationalError, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from reviews.admin import MilestoneAdmin as StockMilestoneAdmin
from reviews.digests.models import (
    MAY_STILL_LEAVE,
    ConsentOrigin,
    Delivery,
    Digest,
    DigestKind,
    DigestState,
    Letter,
    Outbox,
    Subscription,
    SubscriptionState,
    Suppression,
)
from reviews.digests.pipeline import transitions as life
from reviews.digests.pipeline.plan import plan
from reviews.digests.subscribers.forms import MilestoneForm
from reviews.digests.subscribers.subscriptions import CONSENT_VERSION, end, send_letters_soon
from reviews.models import Milestone

from .audience import describe_pending_mail
from .digest_admin import DigestAdmin, address_of, due_in_words, words_of
from .importing_admin import ImportMixin

admin.site.register(Digest, DigestAdmin)


@admin.register(Outbox)
class OutboxAdmin(admin.ModelAdmin):
    """One row: the rate is set here; pausing and resuming have their buttons above the list of digests."""

    fields = ["rate_per_minute", "is_paused", "reason", "resume_at", "ticked_at"]
    readonly_fields = ["is_paused", "reason", "resume_at", "ticked_at"]

    def changelist_view(self, request, extra_context=None):
        """There is nothing to choose from: the one row, or the form that makes it."""
        outbox = Outbox.objects.first()
        if outbox and self.has_view_or_change_permission(request):
            return HttpResponseRedirect(reverse("admin:digests_outbox_change", args=[outbox.pk]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:digests_outbox_add"))
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Outbox.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(Subscription)
class SubscriptionAdmin(ImportMixin, admin.ModelAdmin):
    """Whom a member of staff enters is asked by letter: consent is the reader's to give, by the form or by proof."""

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
        "letter",
        "letter_sent_at",
        "confirmed_at",
        "unsubscribed_at",
    ]
    actions = ["end"]

    def get_fields(self, request, obj=None):
        return [*self.fields, *self.about_consent] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        # The address stays: whoever has another one has not agreed to anything yet.
        return ["email", *self.about_consent] if obj else []

    def save_model(self, request, obj, form, change):
        if not change:
            obj.consent_origin, obj.consent_version = ConsentOrigin.STAFF, CONSENT_VERSION
            obj.letter = Letter.CONFIRM
            send_letters_soon()
            messages.info(request, gettext("The reader is asked by e-mail to confirm, and gets no digest before."))
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Stop the digests of the chosen subscribers"), permissions=["change"])
    def end(self, request, queryset):
        count = 0
        for subscription in queryset.exclude(state=SubscriptionState.UNSUBSCRIBED):
            end(subscription, timezone.now())
            self.log_change(request, subscription, gettext("Ended."))
            count += 1
        messages.success(
            request,
            ngettext("%(count)d subscription has ended.", "%(count)d subscriptions have ended.", count)
            % {"count": count},
        )


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    list_display = ["email", "reason", "created_at"]
    list_filter = ["reason"]
    search_fields = ["email"]


class DigestFilter(admin.SimpleListFilter):
    """The digest by whose link one came here: shown, so that it can be taken away."""

    title = _("digest")
    parameter_name = "digest"

    def lookups(self, request, model_admin):
        return [(digest.pk, str(digest)) for digest in self._chosen(request.GET.get(self.parameter_name, ""))]

    def queryset(self, request, queryset):
        return queryset.filter(digest__in=self._chosen(self.value())) if self.value() else queryset

    def _chosen(self, value):
        pk = int(value) if value.isdecimal() and len(value) < 19 else None
        return Digest.objects.filter(pk=pk).select_related("milestone")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["digest", "subscription", "state", "attempts", "smtp_code", "explanation", "finished_at"]
    list_select_related = ["digest__milestone", "subscription"]
    list_filter = [DigestFilter, "state"]
    search_fields = ["message_id"]
    show_full_result_count = False
    exclude = ["note"]
    readonly_fields = ["explanation"]

    def get_list_display(self, request):
        if not may_see_addresses(request):
            return self.list_display
        return ["address" if name == "subscription" else name for name in self.list_display]

    def get_search_fields(self, request):
        return [*self.search_fields, *(["subscription__email"] if may_see_addresses(request) else [])]

    @admin.display(description=_("note"), ordering="note")
    def explanation(self, delivery):
        return words_of(delivery.note) or "–"

    @admin.display(description=_("e-mail address"), ordering="subscription__email")
    def address(self, delivery):
        return delivery.subscription and delivery.subscription.email


def may_see_addresses(request) -> bool:
    return request.user.has_perm("digests.view_subscription")


admin.site.unregister(Milestone)


@admin.register(Milestone)
class MilestoneAdmin(StockMilestoneAdmin):
    """With what a change of date or state sets off in the mail, said before it is saved."""

    form = MilestoneForm
    readonly_fields = ["in_the_mail"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        title = _("If the date or the state changes")
        if obj is None:
            return [*fieldsets[:2], (title, {"fields": ["confirms_mail"]}), *fieldsets[2:]]
        fields = ["in_the_mail"]
        if self.has_change_permission(request, obj):
            fields.append("confirms_mail")
        if self.has_change_permission(request, obj) and life.readers_of_notice(obj):
            fields.append("sends_notice")
        return [*fieldsets[:2], (title, {"fields": fields}), *fieldsets[2:]]

    @admin.display(description=_("in the mail"))
    def in_the_mail(self, milestone):
        return format_html_join(mark_safe("<br>"), "{}", [[each] for each in describe_pending_mail(milestone)])

    def save_model(self, request, obj, form, change):
        before = change and Milestone.objects.get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        obj.refresh_from_db()  # the database has counted the revision
        if change and form.cleaned_data.get("sends_notice"):
            self._notify(request, before, obj)
        if not change or obj.revision != before.revision:
            # In a transaction of its own: it locks what the scheduler locks too.
            transaction.on_commit(partial(self._plan, request, obj))
            if change and form.still_of_the_old_date:
                messages.warning(request, form.still_of_the_old_date)

    def _plan(self, request, milestone):
        """Let its digests follow at once, as the next tick would, and say what stands then."""
        try:
            plan(timezone.now())
        except OperationalError:
            messages.warning(request, gettext("Its digests follow within a minute."))
            return
        digests = (
            milestone.digests.filter(kind=DigestKind.DIGEST, replaced_by=None, state__in=MAY_STILL_LEAVE)
            .select_related("milestone")
            .order_by("due_at")
        )
        if not digests:
            messages.info(request, gettext("No digest of it is planned."))
            return
        is_held = any(digest.state == DigestState.HELD for digest in digests)
        told = format_html_join(
            "; ", '<a href="{}">{}</a>: {}', [(address_of(each), each.what, _prospect(each)) for each in digests]
        )
        text = format_html("{} {}.", gettext("Its digests:"), told)
        if is_held:
            text = format_html("{} {}", text, gettext("What is held waits for your decision."))
        messages.add_message(request, messages.WARNING if is_held else messages.INFO, text)

    def _notify(self, request, before, milestone):
        kind = life.notice_for(before, milestone)
        if kind is None:
            messages.warning(
                request, gettext("No notice is sent: the date is the same, and the milestone is not cancelled.")
            )
            return
        life.notify(milestone, kind, timezone.now())
        count = life.readers_of_notice(milestone)
        messages.success(
            request,
            ngettext(
                "The notice goes to %(count)d person with the next minute.",
                "The notice goes to %(count)d people with the next minute.",
                count,
            )
            % {"count": count},
        )


def _prospect(digest) -> str:
    """Its state and why, and when it is due where it leaves by itself."""
    if digest.state == DigestState.HELD:
        return digest.standing
    return gettext("%(standing)s, due %(when)s") % {"standing": digest.standing, "when": due_in_words(digest)}
