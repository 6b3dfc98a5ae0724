from django.contrib import admin, messages
from django.db.models import F
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from working_groups.admin import ReadOnlyAdmin

from .forms import EvidenceFormSet, UpdateForm
from .models import Addressee, Chapter, ChapterLink, Document, Evidence, Issue, Recommendation, Topic, Update


class StaleFilter(admin.SimpleListFilter):
    """Open recommendations of which nothing was heard for so many days."""

    title = _("time without an update")
    parameter_name = "stale_days"

    def lookups(self, request, model_admin):
        return [(str(days), _("open, more than %(days)d days") % {"days": days}) for days in (90, 180, 365)]

    def queryset(self, request, queryset):
        days = self.value() or ""
        if not days.isdecimal():
            return queryset
        return queryset.as_of_today().stale(timezone.localdate(), int(days))


class AddresseeInline(admin.TabularInline):
    model = Addressee
    extra = 0
    autocomplete_fields = ["organization"]


class ChapterLinkInline(admin.TabularInline):
    model = ChapterLink
    extra = 0
    autocomplete_fields = ["chapter"]


@admin.register(Recommendation)
class RecommendationAdmin(admin.ModelAdmin):
    list_display = ["code", "title_en", "status", "last_update_on", "priority", "record"]
    list_display_links = ["code", "title_en"]
    list_editable = ["priority"]
    list_filter = [
        "issue__topic__group",
        "status",
        "is_open",
        StaleFilter,
        "priority",
        "issue__topic__document__milestones",
        "issue__topic__document",
    ]
    list_per_page = 50
    search_fields = [
        "code",
        "title_en__unaccent",
        "title_es__unaccent",
        "summary_en__unaccent",
        "summary_es__unaccent",
        "addressees__organization__name_en__unaccent",
        "addressees__organization__name_es__unaccent",
        "addressees__organization__acronym",
    ]
    search_help_text = _("Code, words in either language, or an addressee")
    autocomplete_fields = ["issue"]
    readonly_fields = ["status", "ledger"]
    inlines = [AddresseeInline, ChapterLinkInline]
    fieldsets = [
        (None, {"fields": ["status", "ledger"]}),
        (
            _("What is asked"),
            {
                "fields": [
                    ("code", "letter", "issue"),
                    "priority",
                    ("title_en", "title_es"),
                    ("summary_en", "summary_es"),
                    ("success_test_en", "success_test_es"),
                ]
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]

    @admin.display(description=_("Ledger"))
    def ledger(self, recommendation):
        if recommendation.pk is None:
            return "–"
        return ledger_of(recommendation)

    @admin.display(description="")
    def record(self, recommendation):
        return format_html('<a href="{}">{}</a>', record_url(recommendation), gettext("Record an update"))


def record_url(recommendation) -> str:
    """The address of the form that records an update of it."""
    return reverse("admin:recommendations_update_add") + f"?recommendation={recommendation.pk}"


def ledger_of(recommendation) -> str:
    """The rows of its ledger as HTML, newest first."""
    return render_to_string("admin/recommendations/_ledger.html", {"updates": recommendation.updates.for_timeline()})


class EvidenceInline(admin.StackedInline):
    model = Evidence
    formset = EvidenceFormSet
    fields = [("title", "publisher"), ("url", "published_on")]
    extra = 1
    can_delete = False


@admin.register(Update)
class UpdateAdmin(ReadOnlyAdmin):
    """The ledger: a row can be added, with its evidence, and never changed."""

    form = UpdateForm
    list_display = ["counts_from", "recommendation", "previous_status", "status", "basis", "recorded_by", "recorded_at"]
    list_select_related = ["recommendation", "recorded_by"]
    list_filter = ["status", "basis", "visibility", "recommendation__issue__topic__group"]
    search_fields = ["recommendation__code", "what_en__unaccent", "what_es__unaccent", "evidence__publisher"]
    date_hierarchy = "counts_from"
    show_full_result_count = False
    autocomplete_fields = ["recommendation", "successor"]
    inlines = [EvidenceInline]
    add_form_template = "admin/recommendations/update/add_form.html"
    fieldsets = [
        (None, {"fields": ["recommendation", "status", ("effective_on", "precision"), "what_en", "what_es", "basis"]}),
        (
            _("Going back, correcting, superseding, or not for everybody"),
            {"fields": ["reason_en", "reason_es", "corrects", "successor", "visibility"], "classes": ["collapse"]},
        ),
    ]

    def has_add_permission(self, request):
        return request.user.has_perm("recommendations.add_update")

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        initial.pop("recommendation", None)  # it may be anything
        if recommendation := self._recommendation(request):
            initial |= {"recommendation": recommendation.pk, "status": recommendation.status}
        return initial | {"effective_on": timezone.localdate()}

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if obj is None:
            for name in ["recommendation", "successor"]:
                widget = form.base_fields[name].widget
                widget.can_add_related = widget.can_change_related = widget.can_delete_related = False
            # Only what can be corrected: rows of this recommendation that stand.
            form.base_fields["corrects"].queryset = Update.objects.filter(
                recommendation=self._recommendation(request), correction=None
            ).select_related("recommendation")
        return form

    def add_view(self, request, form_url="", extra_context=None):
        recommendation = self._recommendation(request)
        context = {"recommendation": recommendation, "ledger": recommendation and ledger_of(recommendation)}
        return super().add_view(request, form_url, (extra_context or {}) | context)

    def save_model(self, request, obj, form, change):
        """Left to save_related(), since the row and its evidence are written through one door, together."""

    def save_related(self, request, form, formsets, change):
        sources = [source for formset in formsets for source in formset.save(commit=False)]
        fields = form.cleaned_data.copy()
        update = fields.pop("recommendation").record_update(
            **fields,
            recorded_by=request.user,
            evidence=[
                {"title": each.title, "publisher": each.publisher, "url": each.url, "published_on": each.published_on}
                for each in sources
            ],
        )
        form.instance.pk = update.pk

    def response_add(self, request, obj, post_url_continue=None):
        recommendation = obj.recommendation
        recommendation.refresh_from_db(fields=["status"])
        messages.success(
            request,
            format_html(
                gettext("Recorded. {} is now “{}”. <a href='{}'>See it on the site</a>"),
                recommendation.code,
                recommendation.get_status_display(),
                recommendation.get_absolute_url(),
            ),
        )
        if "_next" in request.POST and (following := self._longest_without_update(recommendation)):
            return HttpResponseRedirect(record_url(following))
        return HttpResponseRedirect(reverse("admin:recommendations_recommendation_change", args=[recommendation.pk]))

    def _longest_without_update(self, but):
        return (
            Recommendation.objects.open()
            .exclude(pk=but.pk)
            .order_by(F("last_update_on").asc(nulls_first=True), "code")
            .first()
        )

    def _recommendation(self, request):
        pk = request.POST.get("recommendation") or request.GET.get("recommendation") or ""
        return Recommendation.objects.filter(pk=pk).first() if pk.isdecimal() else None


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin):
    list_display = ["title_en", "publisher", "published_on", "visibility"]
    list_select_related = ["publisher"]
    search_fields = ["title_en", "title_es", "slug"]
    autocomplete_fields = ["publisher"]
    prepopulated_fields = {"slug": ["title_en"]}


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["title_en", "document", "group"]
    list_select_related = ["document", "group"]
    list_filter = ["document", "group"]
    search_fields = ["title_en", "title_es"]
    autocomplete_fields = ["document", "group"]


@admin.register(Issue)
class IssueAdmin(admin.ModelAdmin):
    list_display = ["code", "title_en", "topic"]
    list_select_related = ["topic"]
    list_filter = ["topic__group", "topic__document"]
    search_fields = ["code", "title_en", "title_es"]
    autocomplete_fields = ["topic"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Chapter)
class ChapterAdmin(admin.ModelAdmin):
    list_display = ["number", "title_en", "title_es"]
    search_fields = ["number", "title_en", "title_es"]
