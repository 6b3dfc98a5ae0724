"""A test of a digest, sent to oneself."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from mail.delivery.deliver import deliver
from mail.models import MailControl, Message
from reviews.digests.desk.preview import INERT
from reviews.digests.kinds import TEST
from reviews.digests.models import Rendering
from reviews.digests.public.render import TOKEN
from reviews.digests.subscribers.tokens import subscription_for
from tests.accounts import signed_in
from tests.reading import text

from ..stages import as_sent, fanned_out, planned
from .pages import address_of, page, permission, readers

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_test_reaches_only_who_asks_for_it_and_is_recorded_nowhere(manager, milestone, news, mail):
    [reader] = readers(milestone, 1, language="es")
    digest = fanned_out(milestone)
    delivery = digest.deliveries.get()

    html = unescape(
        text(manager.post(address_of(digest, "test"), {"language": "es", "email": reader.email}, follow=True))
    )
    deliver(kind=TEST)

    assert "The test is on its way to ana@example.org." in html
    [sent] = mail.taken
    assert sent.recipient == sent.message["To"] == "ana@example.org"
    rendering = digest.renderings.get(language="es", groups=[])
    assert sent.message["Subject"].strip() == f"[Test] {rendering.subject}"  # a long one is folded at its start
    assert content_of(sent.message, "html") == rendering.html.replace(TOKEN, INERT).strip()
    assert content_of(sent.message, "plain") == rendering.text.replace(TOKEN, INERT).strip()
    assert digest.deliveries.get().message.attempts == delivery.message.attempts == 0


def content_of(message, subtype) -> str:
    return message.get_body([subtype]).get_content().replace("\r\n", "\n").strip()


def test_the_links_of_a_test_stop_nobodys_digests(manager, milestone, mail, client):
    readers(milestone, 1)
    digest = fanned_out(milestone)

    manager.post(address_of(digest, "test"), {"language": "en"})
    deliver(kind=TEST)

    body = mail.taken[0].message.get_body(["plain"]).get_content()
    [token] = set(re.findall(r"/subscriptions/([^/]+)/", body))
    assert subscription_for(token) is None
    assert client.post(f"/subscriptions/{token}/unsubscribe/").status_code == 404
    assert TOKEN not in mail.taken[0].raw.decode()
    assert "List-Unsubscribe" not in mail.taken[0].message
    assert "List-Unsubscribe" in as_sent(digest.deliveries.get()).decode()  # what the reader gets


def test_a_test_of_a_planned_digest_stores_nothing(manager, milestone, news, mail):
    digest = planned(milestone)

    manager.post(address_of(digest, "test"), {"language": "en", "groups": ["amiti"]})
    deliver()

    body = content_of(mail.taken[0].message, "plain")
    assert "News of amiti." in body
    assert "News of smart-borders." not in body
    assert not Rendering.objects.exists()


def test_an_account_without_an_address_gets_an_error(milestone, mail):
    client = signed_in("Managers")
    digest = planned(milestone)

    html = unescape(text(client.post(address_of(digest, "test"), {"language": "en"}, follow=True)))

    assert '<li class="error">Your account has no e-mail address.</li>' in html
    assert not mail.tried


def test_the_preview_leads_to_where_an_account_gets_its_address(milestone, manager):
    digest = planned(milestone)
    client = signed_in("Managers")
    account = reverse("admin:working_groups_user_change", args=[client.session["_auth_user_id"]])
    assert f'<a href="{account}">Add one</a>' in page(client, address_of(digest, "preview"))

    Group.objects.get(name="Managers").permissions.remove(permission("change_user"))
    html = page(client, address_of(digest, "preview"))
    assert "Add one" not in html
    assert "An account administrator can add one." in html
    assert "to send a test to" not in page(manager, address_of(digest, "preview"))


def test_a_test_goes_only_where_mail_may_go_from_here(manager, milestone, mail, settings):
    settings.EMAIL_HOST, settings.MAIL_ALLOWLIST = "mail.example.org", ["*@example.com"]
    digest = planned(milestone)

    html = unescape(text(manager.post(address_of(digest, "test"), {"language": "en"}, follow=True)))

    assert "Your address is not on the list of addresses that this site may send mail to." in html
    assert not mail.tried


def test_a_test_leaves_though_mail_is_paused_so_that_staff_see_whether_the_server_takes_it(manager, milestone, mail):
    MailControl.objects.create(pk=1, is_paused=True)
    digest = planned(milestone)

    manager.post(address_of(digest, "test"), {"language": "en"})

    assert deliver() == 1
    assert Message.objects.get().state == "accepted"
