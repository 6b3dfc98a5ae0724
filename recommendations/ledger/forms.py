"""The form by which staff record what happened, with its evidence. It is validated once, by `record_update()`."""

import uuid

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from recommendations.models import Evidence, Recommendation, Update
from recommendations.models.updates import Basis


def _field(name, **kwargs) -> forms.Field:
    """Return the form field of a column of the ledger."""
    return Update._meta.get_field(name).formfield(**kwargs)


def _picker(name) -> AutocompleteSelect:
    return AutocompleteSelect(Update._meta.get_field(name), admin.site)


class UpdateForm(forms.Form):
    """One row of the ledger, new or in the place of an earlier one.

    Takes `recommendation`, which cannot be switched in the form where it is given, and `earlier`, the row that the new
    one replaces.
    """

    recommendation = _field("recommendation", widget=_picker("recommendation"))
    status = _field("status")
    effective_on = _field("effective_on", widget=AdminDateWidget)
    precision = _field("precision")
    dated_by_report = _field("dated_by_report")
    what_en = _field("what_en", widget=forms.Textarea(attrs={"rows": 4}))
    what_es = _field("what_es", widget=forms.Textarea(attrs={"rows": 4}))
    basis = forms.ChoiceField(label=_("basis"), choices=[("", "---------"), *Basis.choices])
    reason_en = _field("reason_en", widget=forms.Textarea(attrs={"rows": 2}))
    reason_es = _field("reason_es", widget=forms.Textarea(attrs={"rows": 2}))
    corrects = _field("corrects")
    successors = _field(
        "successors", widget=AutocompleteSelectMultiple(Update._meta.get_field("successors"), admin.site)
    )
    visibility = _field("visibility")
    # The same form sent twice, by a double click or by going back, carries the same one.
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def __init__(self, *args, recommendation: Recommendation | None, earlier: Update | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recommendation"].disabled = recommendation is not None
        self.fields["corrects"].disabled = earlier is not None
        given = recommendation or Recommendation.objects.filter(pk=self._posted_recommendation()).first()
        self.fields["corrects"].queryset = (
            given.updates.select_related("recommendation") if given else Update.objects.none()
        )

    def _posted_recommendation(self) -> int | None:
        value = self.data.get("recommendation", "")
        return int(value) if value.isdecimal() else None

    def earlier_submission(self) -> Update | None:
        """Return the row that this very form recorded before, if it did."""
        submission = self.cleaned_data["submission"]
        return Update.objects.filter(submission=submission).first() if submission else None

    def record(self, evidence: list[dict], recorded_by) -> Update | None:
        """Record the update and return it; None where the ledger refused it, with the reasons among the errors."""
        recommendation = self.cleaned_data["recommendation"]
        fields = {name: value for name, value in self.cleaned_data.items() if name != "recommendation"}
        try:
            return recommendation.record_update(**fields, evidence=evidence, recorded_by=recorded_by)
        except ValidationError as refusal:
            self._add_refusal(refusal)
            return None

    def _add_refusal(self, refusal: ValidationError):
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
        for field, errors in by_field.items():
            self.add_error(field if field in self.fields else None, errors)


# A tuple: the formset adds its foreign key to a list.
SOURCE_FIELDS = ("title", "publisher", "url", "published_on", "kind", "quotation", "quotation_language")


class EvidenceFormSet(forms.BaseInlineFormSet):
    """The sources of one update. Whether it needs any is for `record_update()` to say."""

    def sources(self) -> list[dict]:
        """Return what was filled in, as `record_update()` takes it."""
        given = [form.cleaned_data for form in self.forms if form.has_changed()]
        return [{name: source[name] for name in SOURCE_FIELDS} for source in given if not source.get("DELETE")]


EvidenceForms = forms.inlineformset_factory(
    Update, Evidence, formset=EvidenceFormSet, fields=SOURCE_FIELDS, can_delete=False
)
