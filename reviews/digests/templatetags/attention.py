"""What waits for staff, on the first page of the admin."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from recommendations.models import Recommendation, Update
from reviews.digests.models import Digest
from reviews.models import Milestone

register = template.Library()

STALE_DAYS = 180


@dataclass(frozen=True)
class Matter:
    text: str
    url: str


@register.inclusion_tag("admin/_attention.html")
def attention(user):
    """The matters that wait for `user`, who may do something about them; none that stands at zero."""
    matters = []
    if user.has_perm("recommendations.add_update"):
        matters += _of_the_ledger()
    if user.has_perm("reviews.change_milestone"):
        matters += _of_milestones()
    if user.has_perm("digests.change_digest"):
        matters += _of_digests()
    return {"matters": matters}


def _of_the_ledger() -> list[Matter]:
    matters = []
    if stale := Recommendation.objects.current().stale(timezone.localdate(), STALE_DAYS).count():
        text = ngettext(
            "%(count)d open recommendation without an update for %(days)d days",
            "%(count)d open recommendations without an update for %(days)d days",
            stale,
        ) % {"count": stale, "days": STALE_DAYS}
        address = reverse("admin:recommendations_recommendation_changelist") + f"?stale_days={STALE_DAYS}&o=3"
        matters.append(Matter(text, address))
    if unverified := Update.objects.to_verify().count():
        text = ngettext(
            "%(count)d update from a public source to verify",
            "%(count)d updates from public sources to verify",
            unverified,
        ) % {"count": unverified}
        matters.append(Matter(text, reverse("admin:recommendations_update_changelist") + "?to_verify=true"))
    return matters


def _of_milestones() -> list[Matter]:
    return [
        Matter(
            gettext("%(milestone)s: its date has passed; record what came of it") % {"milestone": milestone},
            reverse("admin:reviews_milestone_change", args=[milestone.pk]),
        )
        for milestone in Milestone.objects.awaiting_outcome(timezone.localdate())
    ]


def _of_digests() -> list[Matter]:
    return [
        Matter(
            gettext("%(digest)s: %(standing)s. Release it or cancel it")
            % {"digest": digest, "standing": digest.standing},
            reverse("admin:digests_digest_change", args=[digest.pk]),
        )
        for digest in Digest.objects.awaiting_staff(timezone.localdate())
    ]
