"""The admin of documents and all that belongs to them; how staff record what happened is in ledger_admin.py."""

import pghistory
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import TextField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import ImmutableKeyAdmin

from .assessing import AssessmentAdmin, assessment_url
from .ledger.admin import UpdateAdmin, record_url
from .ledger.answer_admin import AnswerAdmin
from .models import (
    Addressee,
    Answer,
    Article,
    Assessment,
    Chapter,
    ChapterLink,
    Document,
    ExpectedStep,
    HistoryEntry,
    Issue,
    Recommendation,
    SourceCheck,
    Topic,
    Update,
)
from .words.admin import HistoryAdmin
from .words.forms import RecommendationForm


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
        return queryset.current().stale(timezone.localdate(), int(days))


class AddresseeInline(admin.StackedInline):
    model = Addressee
    extra = 0
    autocomplete_fields = ["organization"]
    fields = ["organization", "is_named"]


class ChapterLinkInline(admin.StackedInline):
    model = ChapterLink
    extra = 0
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    autocomplete_fields = ["chapter"]
    fields = ["chapter", ("articles", "articles_seen"), "is_loose", "reason_en", "reason_es"]


class ExpectedStepInline(admin.StackedInline):
    model = ExpectedStep
    extra = 0
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    fields = ["slug", "what_en", "what_es", ("starts_on", "ends_on", "precision"), ("source_url", "checked_on")]


class SourceCheckInline(admin.StackedInline):
    model = SourceCheck
    extra = 0
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    fields = ["checked_on", "note_en", "note_es"]


@admin.register(Recommendation)
class RecommendationAdmin(ImmutableKeyAdmin):
    key = "code"
    form = RecommendationForm
    list_display = ["code_shown", "title_en", "status", "last_update_on", "priority", "record"]
    list_display_links = ["code_shown", "title_en"]
    list_editable = ["priority"]
    list_filter = [
        "topic__group",
        "status",
        "is_open",
        StaleFilter,
        "priority",
        "topic__document__milestones",
        "topic__document",
    ]
    list_per_page = 50
    actions = None  # nothing is done to many at once; and columns have the same number for whoever sorts by a link
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
    autocomplete_fields = ["issue", "mentions"]
    readonly_fields = ["status", "assessed"]
    inlines = [AddresseeInline, ChapterLinkInline, ExpectedStepInline, SourceCheckInline]
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 5})}}
    fieldsets = [
        (None, {"fields": ["status", "assessed"]}),
        (
            _("What is asked"),
            {
                "fields": [
                    ("code", "letter", "issue"),
                    "priority",
                    "title_en",
                    "title_es",
                    ("summary_en", "summary_es"),
                    ("success_test_en", "success_test_es"),
                    "mentions",
                ]
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj and self.has_change_permission(request, obj):
            return [*fieldsets, (_("Reason for the change"), {"fields": [("why_en", "why_es")]})]
        return fieldsets

    def save_model(self, request, obj, form, change):
        if change and form.is_bound and "why_en" in form.cleaned_data:  # not from the list, which has no reason
            pghistory.context(**form.reason())  # adds to what EditorMiddleware notes of this request
        super().save_model(request, obj, form, change)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        recommendation = self.get_object(request, object_id)
        ledger = {
            "ledger": recommendation and recommendation.updates.for_timeline(),
            "answers": recommendation and Answer.objects.of(recommendation).for_timeline(),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | ledger)

    @admin.display(description=_("why this status"))
    def assessed(self, recommendation):
        if not recommendation.pk:
            return "-"
        assessment = getattr(recommendation, "assessment", None)
        url = assessment_url(recommendation, assessment)
        if assessment is None:
            return format_html('<a href="{}">{}</a>', url, gettext("Write the assessment"))
        return format_html('{} <a href="{}">{}</a>', assessment.because, url, gettext("Edit the assessment"))

    @admin.display(description=_("code"), ordering="code_order")
    def code_shown(self, recommendation):
        return recommendation.code

    @admin.display(description="")
    def record(self, recommendation):
        return format_html('<a href="{}">{}</a>', record_url(recommendation), gettext("Record an update"))


admin.site.register(Update, UpdateAdmin)
admin.site.register(Assessment, AssessmentAdmin)
admin.site.register(HistoryEntry, HistoryAdmin)
admin.site.register(Answer, AnswerAdmin)


@admin.register(Document)
class DocumentAdmin(ImmutableKeyAdmin):
    list_display = ["title_en", "publisher", "published_on", "visibility"]
    list_select_related = ["publisher"]
    search_fields = ["title_en", "title_es", "slug"]
    autocomplete_fields = ["publisher"]
    prepopulated_fields = {"slug": ["title_en"]}


@admin.register(Topic)
class TopicAdmin(ImmutableKeyAdmin):
    list_display = ["title_en", "document", "group"]
    list_select_related = ["document", "group"]
    list_filter = ["document", "group"]
    search_fields = ["title_en", "title_es"]
    autocomplete_fields = ["document", "group"]


@admin.register(Issue)
class IssueAdmin(ImmutableKeyAdmin):
    key = "code"
    list_display = ["code_shown", "title_en", "topic"]
    list_select_related = ["topic"]
    list_filter = ["topic__group", "topic__document"]
    search_fields = ["code", "title_en", "title_es"]
    autocomplete_fields = ["topic"]
    ordering = ["code_order"]

    @admin.display(description=_("code"), ordering="code_order")
    def code_shown(self, issue):
        return issue.code


class ArticleInline(admin.StackedInline):
    model = Article
    extra = 0
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    fields = ["number", ("title_en", "title_es"), ("gist_en", "gist_es"), ("seen", "source_url")]


@admin.register(Chapter)
class ChapterAdmin(ImmutableKeyAdmin):
    key = "number"
    inlines = [ArticleInline]
    list_display = ["number", "title_en", "title_es"]
    search_fields = ["number", "title_en", "title_es"]
