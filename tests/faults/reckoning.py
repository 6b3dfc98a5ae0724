"""What the mail server has taken, held against what the database says was sent."""

import re
from collections import Counter

from mail.models import Message
from recommendations.models import Update
from reviews.digests.models import DigestItem, Subscription
from reviews.digests.subscribers.tokens import token_for

ADDRESS = re.compile(r"[\w.+-]+@[\w.-]*\w")
TOKEN = re.compile(r"[\w-]{22}\.[\w-]{43}")


def reckon(sink, repeated=(), nothing_for=()):
    """Each reader was told of each update once, in the messages that the database knows, each of which came once.

    `repeated`: whose message may have come a second time, with the same Message-ID. `nothing_for`: who got nothing.
    """
    came = Counter((mail.recipient, mail.message_id) for mail in sink.taken)
    rows = {
        (email, message_id): state
        for email, message_id, state in Message.objects.filter(batch__isnull=False).values_list(
            "address", "message_id", "state"
        )
    }
    accepted = {row for row, state in rows.items() if state == "accepted"}
    assert accepted == came.keys()
    assert {email for (email, _id), times in came.items() if times > 1} <= set(repeated)
    assert max(came.values(), default=0) <= 2

    readers = {reader.email: reader for reader in Subscription.objects.all()}
    assert {email for email, _id in came} == readers.keys() - set(nothing_for)

    messages = {(mail.recipient, mail.message_id): mail.message for mail in sink.taken}
    written = {row: _written(message) for row, message in messages.items()}
    _nobody_is_named_to_another(written, readers)
    _each_update_is_reported_once(written)


def _written(message) -> str:
    """All that a message says: its headers and both of its bodies."""
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    return headers + "".join(part.get_content() for part in message.iter_parts())


def _nobody_is_named_to_another(written, readers):
    for (recipient, _id), text in written.items():
        assert readers.keys() & set(ADDRESS.findall(text)) == {recipient}
        assert set(TOKEN.findall(text)) == {token_for(readers[recipient].key)}


def _each_update_is_reported_once(written):
    updates = list(Update.objects.values_list("what_en", flat=True))
    # Twice in a message: in its text and in its HTML.
    told = Counter(
        (email, what) for (email, _id), text in written.items() for what in updates for _ in range(text.count(what))
    )
    assert told == {(email, what): 2 for email, _id in written for what in updates}
    assigned = Counter(DigestItem.objects.values_list("series", flat=True))
    assert set(assigned.values()) == ({len(updates)} if written else set())
