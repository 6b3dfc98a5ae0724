from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ImmutableKeyAdmin
from core.text.dates import write_date

from .models import Milestone, MilestoneDate, Series


@admin.register(Series)
class SeriesAdmin(ImmutableKeyAdmin):
    list_display = ["name_en", "lead_days", "send_hour"]
    search_fields = ["name_en", "name_es"]


class MilestoneDateInline(admin.TabularInline):
    """The history of its dates, which the database writes."""

    model = MilestoneDate
    fields = readonly_fields = ["known_since", "status_label", "why"]  # each row is headed by its date
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj):
        return False

    @admin.display(description=_("known since"))
    def known_since(self, date):
        return write_date(date.set_on) if date.set_on else "–"

    @admin.display(description=_("state"))
    def status_label(self, date):
        return date.get_state_display()

    @admin.display(description=_("why the date changed"))
    def why(self, date):
        return date.reason


class MilestoneExtension:
    """What an app above this one adds to the page of a milestone in the admin; it registers in MilestoneAdmin.extensions.

    `form_mixins` are mixed into the page's ModelForm, with the fields that the fieldset names.
    """

    form_mixins: list[type] = []
    readonly_fields: list = []  # functions of the milestone

    def fieldset(self, request, milestone: Milestone | None):
        """Return a fieldset, which stands after that of date and state."""
        raise NotImplementedError

    def after_save(self, request, form, before: Milestone | None, milestone: Milestone):
        """Do what follows from a change that is saved; `before` is the milestone as it was, None for a new one."""


@admin.register(Milestone)
class MilestoneAdmin(ImmutableKeyAdmin):
    extensions: list[MilestoneExtension] = []

    list_display = ["name_en", "series", "when", "state", "checked_on"]
    list_select_related = ["series"]
    list_filter = ["series", "state", "kind"]
    search_fields = ["name_en", "name_es", "slug"]
    date_hierarchy = "starts_on"
    filter_horizontal = ["documents"]
    prepopulated_fields = {"slug": ["name_en"]}
    inlines = [MilestoneDateInline]
    fieldsets = [
        (None, {"fields": ["series", "kind", ("name_en", "name_es"), "slug"]}),
        (
            _("Date and state"),
            {"fields": [("starts_on", "ends_on", "precision"), "state", ("date_reason_en", "date_reason_es")]},
        ),
        (_("Place"), {"fields": [("place_en", "place_es"), "time_zone"]}),
        (_("More"), {"fields": [("note_en", "note_es"), "source_url", "checked_on", "documents"]}),
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        mixins = [mixin for extension in self.extensions for mixin in extension.form_mixins]
        form = type("MilestoneForm", (*mixins, forms.ModelForm), {})
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *(field for extension in self.extensions for field in extension.readonly_fields)]

    def get_fieldsets(self, request, obj=None):
        names, date_and_state, *others = super().get_fieldsets(request, obj)
        return [names, date_and_state, *(extension.fieldset(request, obj) for extension in self.extensions), *others]

    def save_model(self, request, obj, form, change):
        before = Milestone.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        obj.refresh_from_db()  # the database has counted the revision
        for extension in self.extensions:
            extension.after_save(request, form, before, obj)
