"""The form by which staff record what an addressee answered. It is validated once, by `record_answer()`."""

import uuid

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError

from recommendations.models import Addressee, Answer, AnswerKind, Recommendation


def _field(name, **kwargs) -> forms.Field:
    """Return the form field of a column of the answers."""
    return Answer._meta.get_field(name).formfield(**kwargs)


class AnswerForm(forms.Form):
    """One answer, new or in the place of an earlier one.

    Takes `recommendation`, whose addressees are offered, None for all, and `earlier`, the row that the new one replaces.
    """

    addressee = _field("addressee")
    kind = _field("kind")
    effective_on = _field("effective_on", widget=AdminDateWidget)
    precision = _field("precision")
    said_en = _field("said_en", widget=forms.Textarea(attrs={"rows": 4}))
    said_es = _field("said_es", widget=forms.Textarea(attrs={"rows": 4}))
    source_title = _field("source_title")
    source_publisher = _field("source_publisher")
    source_url = _field("source_url", assume_scheme="https")
    source_published_on = _field("source_published_on", widget=AdminDateWidget)
    reason_en = _field("reason_en", widget=forms.Textarea(attrs={"rows": 2}))
    reason_es = _field("reason_es", widget=forms.Textarea(attrs={"rows": 2}))
    corrects = _field("corrects")
    visibility = _field("visibility")
    # The same form sent twice, by a double click or by going back, carries the same one.
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def __init__(self, *args, recommendation: Recommendation | None, earlier: Answer | None, **kwargs):
        super().__init__(*args, **kwargs)
        addressees = Addressee.objects.select_related("organization", "recommendation").order_by(
            "recommendation__code_order", "pk"
        )
        answers = Answer.objects.select_related("addressee__organization", "addressee__recommendation")
        if recommendation:
            addressees = addressees.filter(recommendation=recommendation)
            answers = answers.filter(addressee__recommendation=recommendation)
        self.fields["addressee"].queryset = addressees
        self.fields["addressee"].disabled = earlier is not None
        self.fields["corrects"].queryset = answers
        self.fields["corrects"].disabled = earlier is not None
        if earlier is None:
            kinds = [choice for choice in AnswerKind.choices if choice[0] != AnswerKind.RETRACTED]
            self.fields["kind"].choices = [("", "---------"), *kinds]

    def earlier_submission(self) -> Answer | None:
        """Return the row that this very form recorded before, if it did."""
        submission = self.cleaned_data["submission"]
        return Answer.objects.filter(submission=submission).first() if submission else None

    def record(self, recorded_by) -> Answer | None:
        """Record the answer and return it; None where it was refused, with the reasons among the errors."""
        fields = dict(self.cleaned_data)
        addressee = fields.pop("addressee")
        try:
            return addressee.record_answer(**fields, recorded_by=recorded_by)
        except ValidationError as refusal:
            by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
            for field, errors in by_field.items():
                self.add_error(field if field in self.fields else None, errors)
            return None
