"""The admin of mail: the log of messages, whether mail may leave, and whom nothing is sent."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.admin import ReadOnlyAdmin
from core.attention import AttentionItem, attention_source

from . import control
from .message.kinds import LABELS, label
from .models import Batch, DomainPause, MailControl, Message, Suppression


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return sorted(LABELS.items(), key=lambda item: str(item[1]))

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class BatchFilter(admin.SimpleListFilter):
    """The batch by whose link one came here: shown, so that it can be taken away."""

    title = _("batch")
    parameter_name = "batch"

    def lookups(self, request, model_admin):
        return [(batch.pk, str(batch)) for batch in self._chosen(request.GET.get(self.parameter_name, ""))]

    def has_output(self):
        return bool(self.value())

    def queryset(self, request, queryset):
        return queryset.filter(batch__in=self._chosen(self.value())) if self.value() else queryset

    def _chosen(self, value):
        pk = int(value) if value.isdecimal() and len(value) < 19 else None
        return Batch.objects.filter(pk=pk)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["kind_label", "address", "state", "reason", "attempts", "smtp_code", "batch", "finished_at"]
    list_display_links = ["kind_label"]
    list_select_related = ["batch"]
    list_filter = [BatchFilter, "state", KindFilter]
    search_fields = ["address", "message_id"]
    show_full_result_count = False
    fields = [
        *["kind_label", "address", "language", "batch", "message_id", "state", "reason"],
        *["smtp_code", "enhanced_code", "attempts", "unknowns", "created_at", "first_attempt_at", "next_attempt_at"],
        *["expires_at", "finished_at", "priority", "ignores_pause"],
    ]
    readonly_fields = ["kind_label"]

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, message):
        return label(message.kind)


@admin.register(MailControl)
class MailControlAdmin(admin.ModelAdmin):
    """One row: the rate is set here; pausing and resuming have their buttons, here and wherever else they are shown."""

    fields = ["rate_per_minute"]
    change_form_template = "admin/mail/control/change_form.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.set_view)
        return [path("set/<str:verb>/", view, name="mail_mailcontrol_set"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """Lead to the one row, or to the form that makes it."""
        row = MailControl.objects.first()
        if row and self.has_view_or_change_permission(request):
            return HttpResponseRedirect(reverse("admin:mail_mailcontrol_change", args=[row.pk]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:mail_mailcontrol_add"))
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | control.status())

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not MailControl.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)

    @method_decorator([require_POST, permission_required("mail.change_mailcontrol", raise_exception=True)])
    def set_view(self, request, verb):
        """Pause all outgoing mail, or let it go on."""
        if verb == "pause":
            row = control.pause(request.user.get_username())
            done = gettext("Paused: no mail is sent until sending is resumed.")
        elif verb == "resume":
            row = control.resume()
            done = gettext("Resumed: mail starts going out again within a minute.")
        else:
            raise Http404
        self.log_change(request, row, done)
        messages.success(request, done)
        following = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure()):
            following = reverse("admin:mail_mailcontrol_change", args=[row.pk])
        return HttpResponseRedirect(following)


@admin.register(DomainPause)
class DomainPauseAdmin(admin.ModelAdmin):
    list_display = ["domain", "since", "until"]
    search_fields = ["domain"]


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    list_display = ["address", "reason", "since", "until"]
    list_filter = ["reason"]
    search_fields = ["address"]


@attention_source("mail.change_mailcontrol")
def paused_mail() -> list[AttentionItem]:
    items = [
        AttentionItem(
            gettext("All outgoing mail is paused: %(reason)s") % {"reason": row.why_paused},
            reverse("admin:mail_mailcontrol_change", args=[row.pk]),
        )
        for row in MailControl.objects.filter(is_paused=True)
    ]
    return items + [
        AttentionItem(
            gettext("Mail to %(domain)s is paused: its server refused many addresses at once") % {"domain": pause},
            reverse("admin:mail_domainpause_change", args=[pause.pk]),
        )
        for pause in DomainPause.objects.in_force()
    ]
