"""Three readers, and what became of what was sent to them."""

from reviews.digests.models import Delivery

ADA, BEN, CAM = READERS = ["ada@example.org", "ben@example.org", "cam@example.org"]


def delivery_to(email) -> Delivery:
    return Delivery.objects.get(subscription__email=email)


def states() -> list[str]:
    """Of all deliveries, in the order in which they were made."""
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def recipients(sink) -> list[str]:
    return [mail.recipient for mail in sink.taken]
