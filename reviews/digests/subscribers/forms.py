"""The forms of readers: to subscribe, and to change what one gets; and of staff: for whom to show a digest, and whom
to tell of a milestone's change."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.bilingual import current_language
from reviews.digests.desk.audience import describe_schedule
from reviews.digests.models import Subscription, check_every_server_takes
from reviews.digests.pipeline.transitions import readers_of_notice
from reviews.models import Milestone, Series
from working_groups.models import WorkingGroup

REASONS = ["date_reason_en", "date_reason_es"]
SAID_OF_THE_DATE = ["note_en", "note_es", "source_url", "checked_on"]
WHAT_COUNTS = [
    "series_id",
    "starts_on",
    "ends_on",
    "precision",
    "state",
]  # as the trigger that counts the revisions has it
LARGEST_IMPORT = 2 * 1024 * 1024  # bytes


class PreferencesForm(forms.ModelForm):
    """Series, groups and language of a subscription."""

    series = forms.ModelMultipleChoiceField(
        Series.objects.all(),
        label=_("Before which meetings"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    groups = forms.ModelMultipleChoiceField(
        WorkingGroup.objects.all(),
        label=_("About which groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to hear of all."),
    )
    language = forms.ChoiceField(
        label=_("In which language"), choices=[("en", "English"), ("es", "Español")], widget=forms.RadioSelect
    )

    class Meta:
        model = Subscription
        fields = ["series", "groups", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["series"].label_from_instance = lambda series: series.name


class SubscribeForm(PreferencesForm):
    """The wish for digests. It does not say whether the address is known: that is its reader's business."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        validators=[check_every_server_takes],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("An address looks like name@example.org."),
            "max_length": _("This address is too long."),
        },
    )
    agrees = forms.BooleanField(
        label=_("I want these digests by e-mail. I can stop them at any time with one click."),
        error_messages={"required": _("Tick this to get the digests.")},
    )
    # People do not see it and leave it empty; programs that fill in every field do not.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    field_order = ["email", "series", "groups", "language", "agrees", "website"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = current_language()


class AudienceForm(forms.Form):
    """The language and groups of a reader: one of those for whom a digest is rendered."""

    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("es", "Español")])
    groups = forms.ModelMultipleChoiceField(
        WorkingGroup.objects.all(),
        to_field_name="slug",
        label=_("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all."),
    )

    @property
    def audience(self) -> tuple[str, tuple[str, ...]]:
        """The language, and the sorted slugs, of a form that is valid."""
        return self.cleaned_data["language"], tuple(sorted(group.slug for group in self.cleaned_data["groups"]))


class MilestoneForm(forms.ModelForm):
    """A milestone, and whether those who have a digest with its old date are told of the new one.

    A change of date or state that readers would hear of is saved at the second time, when it is known who.
    """

    confirms_mail = forms.BooleanField(
        label=_("Save, knowing what this sets off"),
        required=False,
        help_text=_("Needed when the date or the state changes and the series has readers; the form then says when."),
    )
    sends_notice = forms.BooleanField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in REASONS:
            self.initial[name] = ""  # the last change had its own
        readers = readers_of_notice(self.instance) if self.instance.pk else 0
        if not readers:
            del self.fields["sends_notice"]
            return
        self.fields["sends_notice"].label = ngettext(
            "Send this %(count)d person a short notice of the new date, or of the cancellation",
            "Send these %(count)d people a short notice of the new date, or of the cancellation",
            readers,
        ) % {"count": readers}

    def _post_clean(self):
        before = Milestone.objects.get(pk=self.instance.pk) if self.instance.pk else Milestone()
        super()._post_clean()
        if self.errors:
            return
        if all(getattr(self.instance, name) == getattr(before, name) for name in WHAT_COUNTS):
            for name in REASONS:
                setattr(self.instance, name, getattr(self.instance, name) or getattr(before, name))
            return
        sentences = describe_schedule(self.instance, timezone.now())
        if sentences and not self.cleaned_data["confirms_mail"]:
            said = [self.still_of_the_old_date] if self.still_of_the_old_date else []
            self.add_error("confirms_mail", [*sentences, *said, _("Tick this and save again.")])

    @property
    def still_of_the_old_date(self) -> str:
        """What was written of the date as it was and is left as it is, in a sentence; empty where there is nothing."""
        left = [name for name in SAID_OF_THE_DATE if self.initial.get(name) and name not in self.changed_data]
        if not left:
            return ""
        names = ", ".join(str(self.fields[name].label) for name in left)
        return gettext("Look whether these still hold, now that the date is another: %(names)s.") % {"names": names}


class ImportForm(forms.Form):
    """A file of subscribers; importing.py reads it."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_IMPORT:
            raise forms.ValidationError(_("The file is larger than 2 MB. Split it."))
        return file
