"""The form of the page of changes: the two days, and the groups."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from recommendations.browse.facets import FacetField
from recommendations.browse.filters import IsoDateField
from reviews.models import Milestone
from working_groups.models import WorkingGroup

from .compare import Clock, PeriodEnd, default_start


class PeriodEndField(forms.CharField):
    """A date in ISO form or the slug of a milestone, which stands for its last day. Gives a PeriodEnd, or None for nothing.

    A milestone is chosen from a list and a date is typed beside it, both by the same name: one of them may be given.
    """

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "several": _("Enter only one milestone or date."),
        "invalid": _("“%(value)s” is neither a date in the format 2025-04-29 nor a milestone on this site."),
        "undated": _("The date of “%(value)s” is not known."),
    }

    def clean(self, values):
        given = set(filter(None, values))
        if len(given) > 1:
            raise ValidationError(self.error_messages["several"])
        value = super().clean("".join(given))
        if not value:
            return None
        try:
            return PeriodEnd(IsoDateField().clean(value))
        except ValidationError:
            milestone = Milestone.objects.filter(slug=value).first()
        if milestone is None:
            raise ValidationError(self.error_messages["invalid"], params={"value": value})
        if milestone.ends_on is None:
            raise ValidationError(self.error_messages["undated"], params={"value": milestone})
        return PeriodEnd(milestone.ends_on, milestone)


class ChangesForm(forms.Form):
    """Takes a query string, `today` and the reader; `since` and `until` are filled in where they are not given."""

    since = PeriodEndField(label=_("After"), required=False, max_length=80)
    until = PeriodEndField(label=_("Up to"), required=False, max_length=80)
    clock = forms.ChoiceField(label=_("By"), required=False, choices=Clock)
    group = FacetField(label=_("Group"), required=False, known=())

    def __init__(self, data, *, today, user):
        super().__init__(data)
        self.today = today
        self.groups = list(WorkingGroup.objects.visible_to(user))
        self.fields["group"].known = {group.slug for group in self.groups}

    def clean_clock(self):
        return Clock(self.cleaned_data["clock"] or Clock.HAPPENED)

    def clean_until(self):
        return self.cleaned_data["until"] or PeriodEnd(self.today)

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if until and "since" in self.cleaned_data and since is None:
            since = self.cleaned_data["since"] = default_start(until.day)
        if since and until and since.day > until.day:
            if since.day > self.today:
                self.add_error("since", _("That day is in the future."))
            else:
                self.add_error("since", _("The first day is after the last one: swap them."))

    @property
    def asked_for(self) -> dict[str, PeriodEnd]:
        """The ends that the query itself says, which are all that is filled in when it is asked anew.

        Without JavaScript, a day that nobody chose would be sent beside a milestone that somebody chooses.
        """
        ends = {name: self.cleaned_data.get(name) for name in ("since", "until") if any(self[name].value())}
        return {name: mark for name, mark in ends.items() if mark}

    @property
    def chosen_groups(self) -> list[WorkingGroup]:
        """Return the groups asked for; all of them where none is."""
        slugs = self.cleaned_data["group"]
        return [group for group in self.groups if not slugs or group.slug in slugs]
