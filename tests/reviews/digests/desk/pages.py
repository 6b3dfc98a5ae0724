"""The pages of digests in the admin, and what staff do there."""

from datetime import timedelta
from html import unescape

from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from mail.models import Message
from tests.factories import SubscriptionFactory
from tests.reading import text

LIST = "/admin/digests/digest/"
MESSAGES = "/admin/mail/message/"
VERBS = ["hold", "release", "approve", "cancel", "retry"]


def readers(milestone, count, **fields) -> list:
    return [SubscriptionFactory(series=[milestone.series], **fields) for _reader in range(count)]


def address_of(digest, tail="change") -> str:
    return reverse(f"admin:digests_digest_{tail}", args=[digest.pk])


def page(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(text(response))


def pressed(client, digest, verb) -> str:
    """The page on which one is after pressing a button."""
    return unescape(text(client.post(address_of(digest, verb), follow=True)))


def milestone_form(milestone, **changes) -> dict:
    milestone.refresh_from_db()
    names = ["kind", "name_en", "name_es", "slug", "starts_on", "ends_on", "precision", "state", "time_zone"]
    return {
        "series": milestone.series_id,
        **{name: getattr(milestone, name) for name in names},
        "confirms_mail": "on",
        "dates-TOTAL_FORMS": 0,
        "dates-INITIAL_FORMS": 0,
        **changes,
    }


def saved(client, milestone, **changes) -> str:
    """The page on which one is after saving the milestone's form."""
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])
    response = client.post(address, milestone_form(milestone, **changes), follow=True)
    assert response.redirect_chain
    return unescape(text(response))


def dated_in_ten_days() -> dict:
    """Changes of the form by which its digest of 30 days before comes too late."""
    day = timezone.localdate() + timedelta(days=10)
    return {"starts_on": day, "ends_on": day}


def state_of(digest) -> tuple[str, str]:
    digest.refresh_from_db()
    return digest.state, digest.state_reason


def set_messages(digest, *states):
    """Bring the messages of a digest, in order, into these states."""
    now = timezone.now()
    refused = {"smtp_code": 550, "enhanced_code": "5.1.1", "reason": "address_refused"}
    values = {
        "accepted": {"smtp_code": 250, "finished_at": now},
        "failed": {"finished_at": now, **refused},
        "unknown": {"unknowns": 2, "reason": "connection_lost"},
        "deferred": {"smtp_code": 450, "enhanced_code": "4.2.1", "reason": "deferred"},
    }
    for pk, state in zip(digest.deliveries.order_by("pk").values_list("message", flat=True), states, strict=True):
        Message.objects.filter(pk=pk).update(state=state, **values.get(state, {}))


def permission(codename):
    return Group.objects.get(name="Managers").permissions.get(codename=codename)
