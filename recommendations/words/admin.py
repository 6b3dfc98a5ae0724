"""The one history of words for staff: who changed what, when and why, before and after; and the way back."""

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from core.history.past_views import version_models
from core.history.words import compare_words
from recommendations.models import HistoryEntry

from .forms import ReasonForm
from .put_back import can_be_put_back, old_values, put_back


class ModelFilter(admin.SimpleListFilter):
    title = _("kind of record")
    parameter_name = "model"

    def lookups(self, request, model_admin):
        return [(model._meta.label_lower, model._meta.verbose_name) for model in version_models()]

    def queryset(self, request, queryset):
        return queryset.filter(model=self.value()) if self.value() else queryset


class HistoryAdmin(ReadOnlyAdmin):
    list_display = ["written_at", "who", "action", "kind", "name", "difference"]
    list_display_links = ["written_at"]
    list_select_related = ["person"]
    list_filter = ["action", ModelFilter, ("person", admin.RelatedOnlyFieldListFilter)]
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "written_at"
    search_fields = ["name"]
    search_help_text = _("The code, acronym or address of a record")
    fields = readonly_fields = ["written_at", "who", "action", "kind", "record", "why", "difference"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.put_back_view)
        return [path("<path:object_id>/put-back/", view, name="put_back"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        entry = self.get_object(request, unquote(object_id))
        may = entry and self.may_put_back(request, entry) and can_be_put_back(entry)
        url = may and reverse("admin:put_back", args=[quote(entry.pk)])
        return super().change_view(request, object_id, form_url, (extra_context or {}) | {"put_back_url": url})

    def put_back_view(self, request, object_id):
        entry = get_object_or_404(HistoryEntry, pk=unquote(object_id))
        if not self.may_put_back(request, entry) or not can_be_put_back(entry):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self.wrote(request, entry, form):
            return HttpResponseRedirect(reverse("admin:recommendations_historyentry_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Restore it"),
            "opts": self.opts,
            "entry": entry,
            "form": form,
            "rows": [(field.verbose_name, compare_texts(now, value)) for field, value, now in old_values(entry)],
        }
        return render(request, "admin/recommendations/historyentry/put_back.html", context)

    def wrote(self, request, entry, form) -> bool:
        """Put it back, and say so; give the form its errors where that is not possible."""
        changed = {field.name for field in entry.changed_fields}
        form.require_reason(entry.model_class._default_manager.get(pk=entry.object_id), changed)
        if form.errors:
            return False
        try:
            record = put_back(entry, **form.reason())
        except ValidationError as error:
            form.add_error(None, error.messages)
            return False
        self.log_change(request, record, [{"changed": {"fields": sorted(changed)}}])
        messages.success(request, gettext("%(record)s has been restored to what it was before.") % {"record": record})
        return True

    def may_put_back(self, request, entry) -> bool:
        options = entry.model_class._meta
        return request.user.has_perm(f"{options.app_label}.change_{options.model_name}")

    @admin.display(description=_("who"), ordering="person__username")
    def who(self, entry):
        """The account; for what came by SQL or a command, the role of the database."""
        return entry.person or gettext("%(role)s (database)") % {"role": entry.role}

    @admin.display(description=_("kind of record"), ordering="model")
    def kind(self, entry):
        return entry.model_class._meta.verbose_name

    @admin.display(description=_("reason"))
    def why(self, entry):
        return entry.why

    @admin.display(description=_("record"))
    def record(self, entry):
        options = entry.model_class._meta
        try:
            url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[entry.object_id])
        except NoReverseMatch:
            return entry.name  # it is part of another record's page
        return format_html('<a href="{}">{}</a>', url, entry.name)

    @admin.display(description=_("before → after"))
    def difference(self, entry):
        rows = [
            (
                field.verbose_name,
                compare_texts((entry.before or {}).get(field.name), (entry.after or {}).get(field.name)),
            )
            for field in entry.changed_fields
            if not field.is_relation or (entry.before and entry.after)
        ]
        return format_html_join("", "<p><b>{}</b>: {}</p>", rows)


def compare_texts(before, after):
    """Return two values as one text with what went and what came marked."""
    markup = {(False, False): "{} ", (True, False): "<del>{}</del> ", (False, True): "<ins>{}</ins> "}
    return format_html_join(
        "",
        "{}",
        (
            (format_html(markup[part.is_removed, part.is_added], part.text),)
            for part in compare_words(*map(_as_text, (before, after)))
        ),
    )


def _as_text(value) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
