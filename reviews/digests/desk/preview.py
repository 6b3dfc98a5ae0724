"""A digest as one reader would get it, for staff to see before it goes: on a page, or sent to themselves."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import override

from reviews.digests.mail.message import reply_to_in, sender_in
from reviews.digests.models import Digest, DigestState
from reviews.digests.pipeline.freeze import content_at
from reviews.digests.pipeline.plan import is_on
from reviews.digests.public.render import TOKEN, bodies

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


def build_test_message(found: dict[str, str], language: str, address: str) -> EmailMultiAlternatives:
    """What `preview` has found, as a message to one of the staff."""
    message = EmailMultiAlternatives(
        subject=f"[Test] {found['subject']}",
        body=found["text"],
        from_email=sender_in(language),
        to=[address],
        reply_to=[reply_to_in(language)],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": language},
    )
    message.attach_alternative(found["html"], "text/html")
    return message
