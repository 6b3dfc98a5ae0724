"""The page of a digest, and the messages that it leads to."""

import re
from datetime import date

import pytest

from reviews.digests.models import Digest
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import hold

from ..stages import NOW, fanned_out, planned
from .pages import MESSAGES, address_of, page, pressed, readers, set_messages

pytestmark = pytest.mark.django_db(transaction=True)


def counted(html) -> dict[str, int]:
    """The numbers of messages by state that the page of a digest shows."""
    return {state: int(count) for state, count in re.findall(r'data-count="(\w+)">(\d+)<', html)}


def test_the_page_of_a_digest_counts_its_messages_and_says_what_was_in_the_way(manager, milestone):
    readers(milestone, 6)
    digest = fanned_out(milestone)
    set_messages(digest, "accepted", "failed", "failed", "unknown", "deferred", "queued")

    html = page(manager, address_of(digest))

    assert counted(html) == {
        "queued": 1,
        "sending": 0,
        "accepted": 1,
        "deferred": 1,
        "failed": 2,
        "unknown": 1,
        "cancelled": 0,
    }
    assert '<progress value="3" max="6"' in html
    assert re.search(r"<td>The server refused the address</td><td>550 5.1.1</td><td>2</td>", html)


def test_the_page_follows_while_a_digest_is_being_sent_and_no_longer(manager, milestone):
    readers(milestone, 2)
    digest = fanned_out(milestone)
    set_messages(digest, "accepted", "queued")
    address = address_of(digest, "progress")

    assert f'data-progress="{address}"' in page(manager, address_of(digest))
    answer = manager.get(address).json()
    assert (answer["state"], answer["finished"], answer["total"]) == ("sending", 1, 2)
    assert answer["counts"] == counted(page(manager, address_of(digest)))

    pressed(manager, digest, "hold")
    assert "data-progress" not in page(manager, address_of(digest))


def test_a_new_edition_names_those_that_it_replaces_and_whom_it_is_for(manager, milestone):
    readers(milestone, 3)
    first = fanned_out(milestone)
    set_messages(first, "accepted", "queued", "queued")
    type(milestone).objects.filter(pk=milestone.pk).update(starts_on=date(2030, 7, 20), ends_on=date(2030, 7, 20))
    prepare(NOW)
    second = Digest.objects.get(replaces=first)

    html = page(manager, address_of(second))

    assert (
        f'<a href="{address_of(first)}">1</a> (Canceled: the date of the milestone has changed; a new edition follows)'
        in html
    )
    assert "2 as of now" in html


def test_the_page_leads_to_the_site_only_where_there_is_a_page(manager, milestone):
    digest = planned(milestone)
    assert "View on site" not in page(manager, address_of(digest))

    readers(milestone, 2)
    prepare(NOW)
    assert "View on site" in page(manager, address_of(digest))

    set_messages(digest, "accepted", "queued")
    hold(digest.pk)
    assert "View on site" in page(manager, address_of(digest))


# Failures


def test_the_page_leads_to_the_messages_that_failed(manager, milestone):
    readers(milestone, 3)
    digest = fanned_out(milestone)
    set_messages(digest, "failed", "accepted", "failed")
    address = f"{MESSAGES}?batch={digest.batch_id}&state__exact=failed"
    assert f'href="{address}"' in page(manager, address_of(digest))

    html = page(manager, address)

    assert "2 messages" in html
    assert html.count("The server refused the address") == 2
    assert html.count("@example.org") == 2


def test_what_stopped_a_digest_is_said_in_words(manager, milestone):
    readers(milestone, 1)
    digest = fanned_out(milestone)
    type(milestone).objects.filter(pk=milestone.pk).update(state="cancelled")
    prepare(NOW)

    html = page(manager, address_of(digest))

    assert "the milestone has been called off or has no date" in html
    assert "Its whole batch was stopped" in html


def test_who_got_it_is_for_those_who_may_read_the_log_of_mail(editor, milestone):
    readers(milestone, 1)
    digest = fanned_out(milestone)

    assert MESSAGES not in page(editor, address_of(digest))
    assert editor.get(MESSAGES).status_code == 403
