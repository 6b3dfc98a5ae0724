"""A digest as one reader would get it, for staff to see before it goes: on a page, or sent to themselves."""

from datetime import datetime

from django.utils.translation import override

from mail.delivery.queue import enqueue
from mail.message.headers import automatic_headers
from mail.message.mime import TOKEN, compose
from reviews.digests.kinds import TEST
from reviews.digests.models import Digest, DigestState
from reviews.digests.pipeline.freeze import content_at
from reviews.digests.pipeline.plan import is_on
from reviews.digests.public.render import bodies

INERT = "preview"  # stands where a reader's own token would; no token is without a signature


def preview(digest: Digest, language: str, groups: tuple[str, ...], now: datetime) -> dict[str, str] | None:
    """Subject, HTML and text for one language and set of groups (sorted slugs; none for all), with inert links.

    They are those that are sent. Of a digest that is not frozen, those that would be if it were frozen at `now`; None
    where it will not be. Nothing is stored.
    """
    if digest.frozen_at is None:
        if digest.state not in (DigestState.PLANNED, DigestState.HELD) or not is_on(digest.milestone):
            return None
        digest.content = content_at(digest, now)
    stored = digest.renderings.filter(language=language, groups=list(groups)).values("subject", "html", "text").first()
    with override(language):
        found = stored or bodies(digest, language, groups)
    return {name: body.replace(TOKEN, INERT) for name, body in found.items()}


def send_test(found: dict[str, str], language: str, address: str):
    """Queue what `preview` has found for one of the staff."""
    headers = automatic_headers(f"[Test] {found['subject']}", language)
    enqueue(TEST, address, compose(headers, found["text"], found["html"]), language)
