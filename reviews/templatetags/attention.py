"""What waits for staff, on the first page of the admin."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from recommendations.ledger import Basis
from recommendations.models import Recommendation, Update
from reviews.models import Milestone

register = template.Library()

STALE_DAYS = 180


@dataclass(frozen=True)
class Matter:
    text: str
    url: str


@register.inclusion_tag("admin/_attention.html")
def attention():
    """The matters that wait, each with the list that shows them; none that stands at zero."""
    today = timezone.localdate()
    stale = Recommendation.objects.as_of_today().stale(today, STALE_DAYS).count()
    unverified = Update.objects.in_force().filter(basis=Basis.PUBLIC_SOURCE).count()
    matters = [
        Matter(
            ngettext(
                "%(count)d open recommendation without an update for %(days)d days",
                "%(count)d open recommendations without an update for %(days)d days",
                stale,
            )
            % {"count": stale, "days": STALE_DAYS},
            reverse("admin:recommendations_recommendation_changelist") + f"?stale_days={STALE_DAYS}&o=4",
        )
        if stale
        else None,
        Matter(
            ngettext(
                "%(count)d update from a public source to verify",
                "%(count)d updates from public sources to verify",
                unverified,
            )
            % {"count": unverified},
            reverse("admin:recommendations_update_changelist") + f"?basis__exact={Basis.PUBLIC_SOURCE}",
        )
        if unverified
        else None,
        *[
            Matter(
                gettext("%(milestone)s: its date has passed; record what came of it") % {"milestone": milestone},
                reverse("admin:reviews_milestone_change", args=[milestone.pk]),
            )
            for milestone in Milestone.objects.awaiting_outcome(today)
        ],
    ]
    return {"matters": [matter for matter in matters if matter]}
