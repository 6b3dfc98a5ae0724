import re

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from core.admin import ImmutableKeyAdmin

from .models import Membership, Organization, Person, User, WorkingGroup

# What a spreadsheet takes for a month in English or Spanish: it turns 2026-SEP-3 into a day in September.
MONTH = re.compile(
    r"(JAN(UARY)?|FEB(RUARY)?|MAR(CH)?|APR(IL)?|MAY|JUNE?|JULY?|AUG(UST)?|SEP(T(EMBER)?)?|OCT(OBER)?|NOV(EMBER)?|"
    r"DEC(EMBER)?|ENE(RO)?|FEBRERO|MARZO|ABR(IL)?|MAYO|JUNIO|JULIO|AGO(STO)?|SEPTIEMBRE|OCTUBRE|NOVIEMBRE|"
    r"DIC(IEMBRE)?)\Z",
    re.IGNORECASE,
)

admin.site.site_header = _("C26+ Recommendations Tracker: administration")
admin.site.site_title = _("C26+ administration")
admin.site.index_title = _("What needs attention, and all records")


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts. Only a superuser makes superusers, or touches one: a role cannot raise itself."""

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser", "user_permissions"]

    def has_change_permission(self, request, obj=None):
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["person", "organization"]


@admin.register(Organization)
class OrganizationAdmin(ImmutableKeyAdmin):
    list_display = ["name_en", "acronym", "kind", "country"]
    list_filter = ["kind", "country"]
    search_fields = ["name_en", "name_es", "acronym", "slug"]
    prepopulated_fields = {"slug": ["name_en"]}


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    inlines = [MembershipInline]


@admin.register(WorkingGroup)
class WorkingGroupAdmin(ImmutableKeyAdmin):
    list_display = ["name_en", "code", "kind", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name_en", "name_es", "code"]
    autocomplete_fields = ["organization", "partners"]
    inlines = [MembershipInline]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "code" in form.changed_data and MONTH.match(obj.code):
            warning = _(
                "“%(code)s” is the name of a month: when a CSV file is opened, Excel shows codes that contain it as dates."
            )
            messages.warning(request, warning % {"code": obj.code})
