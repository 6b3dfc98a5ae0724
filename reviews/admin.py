from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ImmutableKeyAdmin
from core.dates import write_date

from .models import Milestone, MilestoneDate, Series


@admin.register(Series)
class SeriesAdmin(ImmutableKeyAdmin):
    list_display = ["name_en", "lead_days", "send_hour"]
    search_fields = ["name_en", "name_es"]


class MilestoneDateInline(admin.TabularInline):
    """The history of its dates, which the database writes."""

    model = MilestoneDate
    fields = readonly_fields = ["known_since", "standing", "why"]  # each row is headed by its date
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj):
        return False

    @admin.display(description=_("known since"))
    def known_since(self, date):
        return write_date(date.set_on) if date.set_on else "–"

    @admin.display(description=_("state"))
    def standing(self, date):
        return date.get_state_display()

    @admin.display(description=_("why the date changed"))
    def why(self, date):
        return date.reason


@admin.register(Milestone)
class MilestoneAdmin(ImmutableKeyAdmin):
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
