from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from core.admin import ImmutableKeyAdmin

from .models import Membership, Organization, Person, User, WorkingGroup

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
