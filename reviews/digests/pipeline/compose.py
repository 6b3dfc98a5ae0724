"""A rendering as the body that its readers share."""

from mail.message.headers import automatic_headers
from mail.message.mime import TOKEN, compose
from mail.models import Body
from reviews.digests.models import Rendering
from reviews.digests.public.render import site_in
from reviews.digests.subscribers.tokens import SALT


def body_of(rendering: Rendering) -> Body:
    """Return the stored body of a rendering, made and stored if need be."""
    if rendering.body is None:
        series = rendering.digest.milestone.series.slug
        content = compose_rendering(
            digest_id=rendering.digest_id,
            series=series,
            language=rendering.language,
            subject=rendering.subject,
            text=rendering.text,
            html=rendering.html,
        )
        rendering.body = Body.objects.create(content=content, signed_with=SALT, is_shared=True)
        rendering.save(update_fields=["body"])
    return rendering.body


def compose_rendering(*, digest_id: int, series: str, language: str, subject: str, text: str, html: str) -> bytes:
    """Return the content of a body: of a digest of the series with the slug `series`."""
    headers = automatic_headers(
        subject,
        language,
        list_id=f"{series}.digests",
        unsubscribe_url=f"{site_in(language)}/subscriptions/{TOKEN}/unsubscribe/",
        feedback_id=f"digest-{digest_id}:{series}:{language}:tracker",
    )
    return compose(headers, text, html)
