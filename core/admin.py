"""Bases for the admin pages of every app."""

from django.contrib import admin


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records that nobody writes by hand: they can be read and searched, and that is all."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ImmutableKeyAdmin(admin.ModelAdmin):
    """Records whose `key` is chosen once: addresses of pages are made of it, and fixtures refer to it."""

    key = "slug"

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *([self.key] if obj else [])]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)
