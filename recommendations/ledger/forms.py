"""The form by which staff record what happened, with its evidence."""

from django import forms
from django.core.exceptions import ValidationError

from recommendations.models import Update


class UpdateForm(forms.ModelForm):
    """One row of the ledger. The model checks it; `record_update()` writes it."""

    class Meta:
        model = Update
        fields = [
            "recommendation",
            "status",
            "effective_on",
            "precision",
            "what_en",
            "what_es",
            "basis",
            "visibility",
            "reason_en",
            "reason_es",
            "corrects",
            "successor",
        ]
        widgets = {
            "what_en": forms.Textarea(attrs={"rows": 4}),
            "what_es": forms.Textarea(attrs={"rows": 4}),
            "reason_en": forms.Textarea(attrs={"rows": 2}),
            "reason_es": forms.Textarea(attrs={"rows": 2}),
        }

    def _get_validation_exclusions(self):
        # The model works it out; the constraints on it are to be checked here, where their messages can be shown.
        return super()._get_validation_exclusions() - {"previous_status"}


class EvidenceFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        given = [form for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE")]
        try:
            self.instance.require(given)
        except ValidationError as error:
            raise ValidationError(error.messages) from None
