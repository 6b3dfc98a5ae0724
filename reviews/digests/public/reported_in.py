"""In which digests readers were sent an update: the page of corrections says so."""

from collections import defaultdict

from reviews.digests.models import Digest, DigestItem


def digests_that_reported(updates: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Return (label, URL) of each published digest that an update was news in, by the update's primary key."""
    items = DigestItem.objects.filter(update__in=updates, digest__in=Digest.objects.published())
    found = defaultdict(list)
    for item in items.select_related("digest__milestone").order_by("digest__frozen_at"):
        label = f"{item.digest.milestone.name}: {item.digest.sent_label}"
        found[item.update_id].append((label, item.digest.get_absolute_url()))
    return found
