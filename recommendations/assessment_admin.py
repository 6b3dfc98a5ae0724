"""The short page of the admin on which staff keep the assessment of a recommendation, and say that they reviewed it."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import TextField
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .confidence import Confidence, Grounds
from .models import Assessment, Recommendation


def assessment_url(recommendation: Recommendation, assessment: Assessment | None) -> str:
    """Return the address of the form of its assessment, or of one to write it where there is none yet."""
    if assessment:
        return reverse("admin:recommendations_assessment_change", args=[assessment.pk])
    return reverse("admin:recommendations_assessment_add") + f"?recommendation={recommendation.pk}"


class AssessmentForm(forms.ModelForm):
    is_reviewed = forms.BooleanField(
        label=_("I have reviewed it"),
        required=False,
        help_text=_(
            "Checked: all of this is correct as of today. It is shown as reviewed by staff on this day. Saving a change without checking this box withdraws an earlier review."
        ),
    )


class AssessmentAdmin(admin.ModelAdmin):
    """One assessment, below what it is about: the status, the success test and the last update."""

    form = AssessmentForm
    list_display = ["recommendation", "status", "testability", "reviewed_on", "reviewed_by"]
    list_select_related = ["recommendation", "reviewed_by"]
    list_filter = [
        ("reviewed_on", admin.EmptyFieldListFilter),
        "testability",
        "recommendation__status",
        "recommendation__topic__group",
    ]
    search_fields = ["recommendation__code", "recommendation__title_en__unaccent", "recommendation__title_es__unaccent"]
    autocomplete_fields = ["recommendation"]
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}
    readonly_fields = ["status", "success_test", "last_update", "confidence", "reviewed"]
    fieldsets = [
        (None, {"fields": ["recommendation", "status", "success_test", "last_update", "confidence"]}),
        (
            _("Why this status"),
            {
                "fields": [
                    ("because_en", "because_es"),
                    ("remains_en", "remains_es"),
                    ("moves_up_en", "moves_up_es"),
                    ("moves_down_en", "moves_down_es"),
                ]
            },
        ),
        (_("Testability"), {"fields": ["testability", ("testability_reason_en", "testability_reason_es")]}),
        (_("Review"), {"fields": ["reviewed", "is_reviewed"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(["recommendation"] if obj else [])]

    def save_model(self, request, obj, form, change):
        if form.cleaned_data["is_reviewed"]:
            obj.reviewed_on, obj.reviewed_by = timezone.localdate(), request.user
        elif form.changed_data:
            obj.reviewed_on = obj.reviewed_by = None
        super().save_model(request, obj, form, change)

    @admin.display(description=_("status"), ordering="recommendation__status")
    def status(self, assessment):
        return assessment.recommendation.get_status_display() if assessment.recommendation_id else "-"

    @admin.display(description=_("success test"))
    def success_test(self, assessment):
        return assessment.recommendation.success_test if assessment.recommendation_id else "-"

    @admin.display(description=_("last update"))
    def last_update(self, assessment):
        update = assessment.recommendation.last_update if assessment.recommendation_id else None
        return format_html("{}: {}", update.effective_date, update.what) if update else "-"

    @admin.display(description=_("confidence"))
    def confidence(self, assessment):
        if not assessment.recommendation_id:
            return "-"
        today = timezone.localdate()
        found = Recommendation.objects.with_confidence(today).get(pk=assessment.recommendation_id)
        return f"{Confidence(found.confidence).label}. {Grounds.of(found).explain(today)}"

    @admin.display(description=_("reviewed"))
    def reviewed(self, assessment):
        if assessment.reviewed_on is None:
            return gettext("Not yet reviewed by staff.")
        return format_html("{}, {}", assessment.reviewed_on, assessment.reviewed_by)
