"""Tasks of digests that wait for staff."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from core.attention import AttentionItem, attention_source
from reviews.digests.models import Digest


@attention_source("digests.change_digest")
def of_digests() -> list[AttentionItem]:
    return [
        AttentionItem(
            gettext("%(digest)s: %(standing)s. Release it or cancel it")
            % {"digest": digest, "standing": digest.status_label},
            reverse("admin:digests_digest_change", args=[digest.pk]),
        )
        for digest in Digest.objects.awaiting_staff(timezone.localdate())
    ]
