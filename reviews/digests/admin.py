from django.contrib import admin

from working_groups.admin import ReadOnlyAdmin

from .models import Delivery, Digest, Subscription, Suppression


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ["milestone", "lead_days", "edition", "due_at", "state", "state_reason"]
    list_select_related = ["milestone"]
    list_filter = ["state", "milestone__series"]
    date_hierarchy = "due_at"
    exclude = ["content"]


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    list_display = ["email", "language", "state", "consent_origin", "created_at"]
    list_filter = ["state", "language", "series", "groups", "consent_origin"]
    search_fields = ["email"]
    filter_horizontal = ["series", "groups"]


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    list_display = ["email", "reason", "created_at"]
    list_filter = ["reason"]
    search_fields = ["email"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["digest", "subscription", "state", "attempts", "smtp_code", "note", "finished_at"]
    list_select_related = ["digest__milestone", "subscription"]
    list_filter = ["state"]
    search_fields = ["subscription__email", "message_id"]
    show_full_result_count = False
