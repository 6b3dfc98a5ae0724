"""Tasks of milestones that wait for staff."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from core.attention import AttentionItem, attention_source

from .models import Milestone


@attention_source("reviews.change_milestone")
def of_milestones() -> list[AttentionItem]:
    return [
        AttentionItem(
            gettext("%(milestone)s: its date has passed; record the outcome") % {"milestone": milestone},
            reverse("admin:reviews_milestone_change", args=[milestone.pk]),
        )
        for milestone in Milestone.objects.awaiting_outcome(timezone.localdate())
    ]
