"""The admin of digests: what is planned, what leaves and to how many, and the buttons that stop it or let it go.

A digest is never edited here: each button is a verb of pipeline/staff.py.
"""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Q, When
from django.forms import Script
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.admin import ReadOnlyAdmin
from core.templatetags.staff import own_time
from core.text.bilingual import current_language
from core.text.dates import write_moment
from mail import control
from mail.delivery.allowlist import may_be_mailed
from mail.models import MessageState
from mail.models import Reason as MessageReason
from reviews.digests.models import MAY_STILL_LEAVE, Digest, DigestKind, DigestState
from reviews.digests.pipeline import staff
from reviews.digests.pipeline.readers import readers_of
from reviews.digests.subscribers.forms import AudienceForm
from working_groups.models import User

from .admin_actions import buttons_of
from .audience import progress_of, readers_by_series
from .preview import preview, send_test

may_view = [require_safe, permission_required("digests.view_digest", raise_exception=True)]
may_change = [require_POST, permission_required("digests.change_digest", raise_exception=True)]


def due_in_words(digest) -> str:
    """When it is due, by the clock of the milestone's place and by that of staff."""
    return write_moment(digest.due_at, digest.milestone.time_zone, timezone.get_current_timezone_name())


class DigestList(ChangeList):
    """With how far each has come, and how many would get it, asked once for the page."""

    def get_results(self, request):
        super().get_results(request)
        progress, readers = progress_of(self.result_list), readers_by_series()
        for digest in self.result_list:
            digest.progress = progress[digest.pk]
            digest.readers = readers.get(digest.milestone.series_id, 0)


class DigestAdmin(ReadOnlyAdmin):
    list_display = ["title", "due", "status_label", "reached", "sent"]
    list_select_related = ["milestone"]
    list_filter = ["state", "kind", "milestone__series"]
    list_per_page = 50
    date_hierarchy = "due_at"
    # What may still leave first, soonest due first; then the rest, newest first.
    ordering = [
        Case(When(state__in=MAY_STILL_LEAVE, then="due_at")).asc(nulls_last=True),
        Case(When(~Q(state__in=MAY_STILL_LEAVE), then="due_at")).desc(),
    ]
    fields = [
        "milestone",
        "label",
        "edition",
        "earlier_editions",
        "due",
        "status_label",
        "recipients",
        "frozen",
        "approved",
        "sent",
    ]
    readonly_fields = ["label", "earlier_editions", "status_label", "recipients", "due", "frozen", "approved", "sent"]

    class Media:
        js = [Script("admin-digests.js", defer=True)]

    def get_changelist(self, request, **kwargs):
        return DigestList

    def get_view_on_site_url(self, obj=None):
        is_published = obj is not None and Digest.objects.published().filter(pk=obj.pk).exists()
        return super().get_view_on_site_url(obj) if is_published else None

    def get_urls(self):
        def address(tail, view, **kwargs):
            return path(f"<int:pk>/{tail}/", self.admin_site.admin_view(view), kwargs, f"digests_digest_{tail}")

        return [
            *[address(verb, self.act_view, verb=verb) for verb in staff.VERBS],
            address("progress", self.progress_view),
            address("preview", self.preview_view),
            address("document", self.document_view),
            address("test", self.test_view),
            *super().get_urls(),
        ]

    # Columns

    @admin.display(description=_("digest"), ordering="milestone")
    def title(self, digest):
        return str(digest)

    @admin.display(description=_("message"))
    def label(self, digest):
        return digest.label

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, digest):
        return due_in_words(digest)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, digest):
        return own_time(digest.sent_at) if digest.sent_at else "–"

    @admin.display(description=_("state"), ordering="state")
    def status_label(self, digest):
        return digest.status_label

    @admin.display(description=_("number of recipients"))
    def reached(self, digest):
        if digest.progress.total:
            text = gettext("%(accepted)d of %(total)d sent") % {
                "accepted": digest.progress.accepted,
                "total": digest.progress.total,
            }
            failed = gettext("%(count)d failed") % {"count": digest.progress.counts[MessageState.FAILED]}
            return f"{text}, {failed}" if digest.progress.counts[MessageState.FAILED] else text
        is_coming = digest.state in MAY_STILL_LEAVE and digest.kind == DigestKind.DIGEST
        if not is_coming:
            return "–"
        if digest.replaces_id:
            return gettext("to at most %(count)d") % {"count": digest.readers}
        return gettext("to %(count)d") % {"count": digest.readers}

    # Fields

    @admin.display(description=_("replaces"))
    def earlier_editions(self, digest):
        links = [(admin_url(earlier), earlier.edition, earlier.status_label) for earlier in digest.editions()[1:]]
        return format_html_join(", ", '<a href="{}">{}</a> ({})', links) or "–"

    @admin.display(description=_("frozen"))
    def frozen(self, digest):
        return own_time(digest.frozen_at) if digest.frozen_at else "–"

    @admin.display(description=_("approved"))
    def approved(self, digest):
        return own_time(digest.approved_at) if digest.approved_at else "–"

    @admin.display(description=_("recipients"))
    def recipients(self, digest):
        total = digest.deliveries.count()
        if total or digest.state not in MAY_STILL_LEAVE:
            return total
        return gettext("%(count)d as of now") % {"count": readers_of(digest).count()}

    # Pages

    def changelist_view(self, request, extra_context=None):
        coming = Digest.objects.filter(state__in=[DigestState.PLANNED, DigestState.FROZEN])
        following = coming.select_related("milestone").order_by("due_at").first()
        context = control.status() | {"held": Digest.objects.awaiting_staff(timezone.localdate())}
        if following:
            context |= {
                "following": following,
                "due": due_in_words(following),
                "readers": readers_of(following).count(),
            }
        return super().changelist_view(request, (extra_context or {}) | context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {}
        digest = self.get_object(request, object_id)
        if digest:
            progress = progress_of([digest])[digest.pk]
            may_press = request.user.has_perm("digests.change_digest")
            buttons = buttons_of(digest, progress, timezone.now()) if may_press else []
            context = control.status() | {
                "progress": progress,
                "is_sending": digest.state == DigestState.SENDING,
                "status_label": digest.status_label,
                "troubles": self._troubles(digest),
                "buttons": [button | {"url": admin_url(digest, button["verb"])} for button in buttons],
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def _troubles(self, digest) -> list[dict]:
        """Return what went wrong with its messages, and how often."""
        messages_of_it = digest.batch.messages.exclude(reason=MessageReason.NONE) if digest.batch else ()
        rows = messages_of_it and (
            messages_of_it.order_by()
            .values("state", "reason", "smtp_code", "enhanced_code")
            .annotate(count=Count("pk"))
        ).order_by("-count", "state", "reason")
        return [
            row | {"state": MessageState(row["state"]), "reason": MessageReason(row["reason"]).label} for row in rows
        ]

    @method_decorator(may_view)
    def progress_view(self, request, pk):
        """What the page asks for every few seconds while a digest is being sent."""
        digest = get_object_or_404(Digest, pk=pk)
        progress = progress_of([digest])[pk]
        return JsonResponse(
            {
                "state": digest.state,
                "counts": progress.counts,
                "finished": progress.finished,
                "total": progress.total,
            }
        )

    @method_decorator(may_change)
    def act_view(self, request, pk, verb):
        digest = get_object_or_404(Digest, pk=pk)
        try:
            if verb == "release":
                staff.release(pk)
                done = gettext("Released.")
            elif verb == "approve":
                staff.approve(pk, timezone.now())
                done = gettext("Approved.")
            elif verb == "hold":
                staff.hold(pk)
                done = gettext("Held: no more of it is sent until it is released.")
            elif verb == "cancel":
                staff.cancel(pk)
                done = gettext("Canceled: no more of it is sent.")
            else:
                done = gettext("%(count)d queued again.") % {"count": staff.retry(pk, timezone.now())}
        except ValidationError as error:
            messages.error(request, error.message)
        else:
            self.log_change(request, digest, done)
            messages.success(request, done)
        return HttpResponseRedirect(admin_url(digest))

    # Preview

    @method_decorator([*may_view, csp_update({"frame-src": [SELF]})])
    def preview_view(self, request, pk):
        digest = get_object_or_404(Digest.objects.select_related("milestone__series"), pk=pk)
        form = AudienceForm(request.GET if "language" in request.GET else QueryDict(f"language={current_language()}"))
        found = preview(digest, *form.audience, timezone.now()) if form.is_valid() else None
        context = self.admin_site.each_context(request) | {
            "title": gettext("Preview"),
            "opts": self.opts,
            "original": digest,
            "form": form,
            "found": found,
            "document_url": f"{admin_url(digest, 'document')}?{form.data.urlencode()}",
            "test_url": admin_url(digest, "test"),
            "may_test": request.user.has_perm("digests.change_digest"),
            "account_url": self._account_url(request),
        }
        return TemplateResponse(request, "admin/digests/digest/preview.html", context)

    def _account_url(self, request) -> str | None:
        """Where those who look can give their account an address, if they may."""
        if not self.admin_site.get_model_admin(User).has_change_permission(request, request.user):
            return None
        return reverse("admin:working_groups_user_change", args=[request.user.pk])

    # The only page of ours with styles in it, since the message has them; and nothing else may load or run there.
    @method_decorator(
        [
            *may_view,
            xframe_options_sameorigin,
            csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "base-uri": [NONE], "frame-ancestors": [SELF]}),
        ]
    )
    def document_view(self, request, pk):
        """The HTML of the message and nothing else, for the frame of the preview."""
        found, _language = self._found(pk, request.GET)
        return HttpResponse(found["html"])

    @method_decorator(may_change)
    def test_view(self, request, pk):
        """Send what the preview shows to whoever asks, and to nobody else."""
        found, language = self._found(pk, request.POST)
        address = request.user.email
        if not address:
            messages.error(request, gettext("Your account has no e-mail address."))
        elif not may_be_mailed(address):
            messages.error(
                request, gettext("Your address is not on the list of addresses that this site may send mail to.")
            )
        else:
            send_test(found, language, address)
            messages.success(request, gettext("The test is on its way to %(address)s.") % {"address": address})
        audience = request.POST.copy()
        audience.pop("csrfmiddlewaretoken", None)
        return HttpResponseRedirect(f"{reverse('admin:digests_digest_preview', args=[pk])}?{audience.urlencode()}")

    def _found(self, pk, data) -> tuple[dict, str]:
        """The preview for the audience in `data`, and its language; or a 404."""
        digest = get_object_or_404(Digest.objects.select_related("milestone__series"), pk=pk)
        form = AudienceForm(data)
        found = preview(digest, *form.audience, timezone.now()) if form.is_valid() else None
        if found is None:
            raise Http404
        return found, form.audience[0]


def admin_url(digest, tail="change") -> str:
    """The address of its page in the admin, or of one of the pages and buttons below it."""
    return reverse(f"admin:digests_digest_{tail}", args=[digest.pk])
