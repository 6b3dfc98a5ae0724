"""The readers of a digest or a notice."""

from django.db.models import QuerySet

from reviews.digests.models import Delivery, Digest, DigestKind, Subscription


def readers_of(digest: Digest) -> QuerySet[Subscription]:
    """Return the subscriptions that would get a digest now.

    Those that are active, have not got it, nor an edition that it replaces; a notice goes to those who have a digest of
    the milestone.
    """
    if digest.kind != DigestKind.DIGEST:
        return readers_of_notice(digest.milestone)
    had = Delivery.objects.possibly_delivered().filter(digest__in=digest.editions(), subscription__isnull=False)
    return _of_series(digest.milestone).exclude(pk__in=had.values("subscription"))


def readers_of_notice(milestone) -> QuerySet[Subscription]:
    """Return the subscriptions that a notice about this milestone would reach."""
    informed = Delivery.objects.possibly_delivered().filter(
        digest__milestone=milestone, digest__kind=DigestKind.DIGEST, subscription__isnull=False
    )
    return _of_series(milestone).filter(pk__in=informed.values("subscription"))


def _of_series(milestone):
    return Subscription.objects.active().filter(series=milestone.series_id)
