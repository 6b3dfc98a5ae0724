"""Tasks of the ledger that wait for staff."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from core.attention import AttentionItem, attention_source

from .models import Recommendation, Update

STALE_DAYS = 180


@attention_source("recommendations.add_update")
def of_the_ledger() -> list[AttentionItem]:
    items = []
    if stale := Recommendation.objects.current().stale(timezone.localdate(), STALE_DAYS).count():
        text = ngettext(
            "%(count)d open recommendation without an update for %(days)d days",
            "%(count)d open recommendations without an update for %(days)d days",
            stale,
        ) % {"count": stale, "days": STALE_DAYS}
        url = reverse("admin:recommendations_recommendation_changelist") + f"?stale_days={STALE_DAYS}&o=3"
        items.append(AttentionItem(text, url))
    if unverified := Update.objects.to_verify().count():
        text = ngettext(
            "%(count)d update from a public source to verify",
            "%(count)d updates from public sources to verify",
            unverified,
        ) % {"count": unverified}
        items.append(AttentionItem(text, reverse("admin:recommendations_update_changelist") + "?to_verify=true"))
    return items
