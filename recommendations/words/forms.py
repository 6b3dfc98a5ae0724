"""Forms by which published words are changed: they ask why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.visibility import Visibility
from recommendations.models import Recommendation

SUCCESS_TEST = {"success_test_en", "success_test_es"}


def needs_reason(record, changed: set[str]) -> bool:
    """Return whether the database asks for a reason where these fields of a stored record are changed."""
    return (
        isinstance(record, Recommendation)
        and bool(SUCCESS_TEST & changed)
        and record.document.visibility == Visibility.PUBLIC
    )


class ReasonForm(forms.Form):
    """Why words are changed, in both languages."""

    why_en = forms.CharField(
        label=_("reason for the change, in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_(
            "Required when a published success test changes: readers see it in the record and in the next digest."
        ),
    )
    why_es = forms.CharField(
        label=_("reason for the change, in Spanish"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )

    def require_reason(self, record, changed: set[str]):
        """Add an error where a reason is needed and not given."""
        if needs_reason(record, changed) and not self.cleaned_data.get("why_en"):
            self.add_error("why_en", _("Explain why the success test changes: it has already been published."))

    def reason(self) -> dict[str, str]:
        """Return what a version notes of it, by the names of pghistory's context."""
        return {name: self.cleaned_data[name] for name in ("why_en", "why_es")}


class RecommendationForm(ReasonForm, forms.ModelForm):
    """What is asked, with the reason where published words change."""

    def clean(self):
        super().clean()
        if self.instance.pk:
            self.require_reason(Recommendation.objects.get(pk=self.instance.pk), set(self.changed_data))
