"""The admin of mail: the log, the buttons that pause and resume, and who may see what."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from mail import control
from mail.models import DomainPause, MailControl
from tests.reading import text

from .messages import ADA, BEN, batch_to, queued

pytestmark = pytest.mark.django_db

LOG = reverse("admin:mail_message_changelist")
CONTROL = reverse("admin:mail_mailcontrol_changelist")


def set_to(verb) -> str:
    return reverse("admin:mail_mailcontrol_set", args=[verb])


def test_the_log_says_what_became_of_each_message(manager):
    [message] = queued(ADA)

    assert ADA in text(manager.get(LOG))
    page = text(manager.get(reverse("admin:mail_message_change", args=[message.pk])))
    assert "Queued" in page
    assert "Save" not in page


def test_the_log_of_one_batch_can_be_looked_at(manager):
    batch = batch_to(ADA)
    queued(BEN)

    page = text(manager.get(LOG, {"batch": batch.pk}))

    assert ADA in page
    assert BEN not in page
    assert "A round" in page


@pytest.mark.parametrize("value", ["x", "9" * 40, "-1"])
def test_a_batch_that_is_none_has_no_messages(manager, value):
    queued(ADA)

    assert ADA not in text(manager.get(LOG, {"batch": value}))


def test_mail_is_paused_and_resumed_with_a_button(manager):
    page = text(manager.post(set_to("pause"), {"next": LOG}, follow=True))
    assert "Paused: no mail is sent until sending is resumed." in page
    assert MailControl.objects.get().why_paused == "by staff (ana)"
    assert "by staff (ana)" in text(manager.get(CONTROL, follow=True))
    assert LogEntry.objects.get().get_change_message().startswith("Paused")

    manager.post(set_to("resume"))
    assert not MailControl.objects.get().is_paused


def test_a_button_leads_nowhere_else(manager):
    response = manager.post(set_to("pause"), {"next": "https://elsewhere.example/"})

    assert response["Location"].startswith("/admin/mail/mailcontrol/")


def test_looking_pauses_nothing(manager):
    assert manager.get(set_to("pause")).status_code == 405
    assert not MailControl.objects.exists()


def test_an_editor_neither_reads_the_log_nor_pauses_mail(editor):
    assert editor.get(LOG).status_code == 403
    assert editor.post(set_to("pause")).status_code == 403
    assert not MailControl.objects.exists()


def test_the_first_page_of_the_admin_says_what_is_paused(manager, editor):
    control.pause_for_refusal("550 5.7.1")
    DomainPause.objects.create(domain="out.example")

    page = text(manager.get(reverse("admin:index")))

    assert "All outgoing mail is paused: the mail server refuses us (550 5.7.1)" in page
    assert "Mail to out.example is paused" in page
    assert "out.example" not in text(editor.get(reverse("admin:index")))
