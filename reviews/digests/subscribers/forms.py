"""The forms of readers: to subscribe, and to change what one gets; and of staff: for whom to show a digest, and to
import subscribers."""

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from core.text.bilingual import current_language
from mail.message.addresses import check_usable
from reviews.digests.models import Subscription
from reviews.models import Series
from working_groups.models import WorkingGroup

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
        WorkingGroup.objects.none(),
        label=_("About which groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to get updates on all of them."),
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
        self.fields["groups"].queryset = WorkingGroup.objects.visible_to(AnonymousUser())

    def clean_groups(self):
        """Keep what was chosen of groups that are not public now: they are not shown, so nobody has unticked them.

        Unless none is ticked, which means all.
        """
        ticked = list(self.cleaned_data["groups"])
        if not ticked or not self.instance.pk:
            return ticked
        return [*ticked, *self.instance.groups.exclude(pk__in=self.fields["groups"].queryset)]


class SubscribeForm(PreferencesForm):
    """The wish for digests. It does not say whether the address is known: that is its reader's business."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        validators=[check_usable],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address in the format name@example.org."),
            "max_length": _("This address is too long."),
        },
    )
    agrees = forms.BooleanField(
        label=_("I want these digests by e-mail. I can stop them at any time with one click."),
        error_messages={"required": _("Check this box to get the digests.")},
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
        help_text=_("If none is chosen, all are included."),
    )

    @property
    def audience(self) -> tuple[str, tuple[str, ...]]:
        """The language, and the sorted slugs, of a form that is valid."""
        return self.cleaned_data["language"], tuple(sorted(group.slug for group in self.cleaned_data["groups"]))


class ImportForm(forms.Form):
    """A file of subscribers; importing.py reads it."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_IMPORT:
            raise forms.ValidationError(_("The file is larger than 2 MB. Split it."))
        return file
