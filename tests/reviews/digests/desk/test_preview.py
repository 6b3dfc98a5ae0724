"""The preview of a digest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.digests.desk.preview import INERT
from reviews.digests.models import DigestItem, Rendering
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.public.render import TOKEN, render
from tests.factories import MilestoneFactory
from tests.reading import text

from ..stages import frozen, planned
from .pages import address_of, page, pressed, state_of

pytestmark = pytest.mark.django_db(transaction=True)

AUDIENCES = [
    ("en", []),
    ("es", ["smart-borders"]),
    ("es", ["smart-borders", "amiti"]),
]


@pytest.mark.parametrize(("language", "slugs"), AUDIENCES)
@pytest.mark.parametrize("is_rendered_before", [True, False])
def test_the_preview_is_what_is_sent(manager, milestone, news, language, slugs, is_rendered_before):
    digest = frozen(milestone)
    query = {"language": language, "groups": slugs}
    if is_rendered_before:
        render(digest, language, tuple(sorted(slugs)))
    html = page(manager, address_of(digest, "preview") + "?" + "&".join(f"{k}={v}" for k, v in pairs(query)))
    document = manager.get(address_of(digest, "document"), query).content.decode()

    sent = render(digest, language, tuple(sorted(slugs)))
    assert document == sent.html.replace(TOKEN, INERT)
    assert sent.subject in html
    assert sent.text.replace(TOKEN, INERT) in html


def pairs(query):
    yield "language", query["language"]
    for slug in query["groups"]:
        yield "groups", slug


@pytest.mark.parametrize(("language", "slugs"), AUDIENCES)
def test_the_preview_of_a_planned_digest_is_what_freezing_now_would_make(manager, news, language, slugs):
    now = timezone.now()
    digest = planned(MilestoneFactory(day=timezone.localdate(now) + timedelta(days=40)), 30, now)

    query = {"language": language, "groups": slugs}
    document = manager.get(address_of(digest, "document"), query).content.decode()

    assert state_of(digest) == ("planned", "")
    assert digest.content is None
    assert not Rendering.objects.exists()
    assert not DigestItem.objects.exists()
    assert freeze(digest.pk, now)
    digest.refresh_from_db()
    assert document == render(digest, language, tuple(sorted(slugs))).html.replace(TOKEN, INERT)
    assert f"{'News of' if language == 'en' else 'Nota de'} smart-borders." in document


def test_the_preview_begins_with_all_groups_in_the_language_of_the_page(manager, milestone, news):
    digest = planned(milestone)

    document = f"/es{address_of(digest, 'document')}?language=es"

    html = page(manager, f"/es{address_of(digest, 'preview')}")

    assert "Nota de amiti." in html
    assert f'src="{document}"' in html


def test_the_preview_is_framed_by_our_own_page_and_runs_nothing(manager, milestone):
    digest = planned(milestone)
    preview = manager.get(address_of(digest, "preview"))
    document = manager.get(address_of(digest, "document"), {"language": "en"})

    assert "<iframe sandbox src=" in text(preview)
    assert "frame-src 'self'" in preview["Content-Security-Policy"]
    policy = dict(each.strip().split(" ", 1) for each in document["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }
    assert document["X-Frame-Options"] == "SAMEORIGIN"
    assert manager.get(address_of(digest))["X-Frame-Options"] == "DENY"


def test_what_was_never_made_and_will_not_be_has_no_preview(manager, milestone):
    digest = planned(milestone)
    pressed(manager, digest, "cancel")

    assert "There is nothing to show" in page(manager, address_of(digest, "preview"))
    assert manager.get(address_of(digest, "document"), {"language": "en"}).status_code == 404


@pytest.mark.parametrize("query", [{}, {"language": "fr"}, {"language": "en", "groups": "no-such-group"}])
def test_a_preview_for_nobody_is_not_found(manager, milestone, query):
    digest = planned(milestone)

    assert manager.get(address_of(digest, "document"), query).status_code == 404
    assert manager.get(address_of(digest, "preview"), query).status_code == 200
