"""What the log must not tell."""

import logging
import re

AFTER_SUBSCRIPTIONS = re.compile(r"(?<=/subscriptions/)[^\s'\"<>]+")


class WithoutTokens(logging.Filter):
    """Cuts what follows `/subscriptions/`: who reads a log could stop or change a reader's digests with it.

    In the message, and in what Django puts beside it: the JSON of production has the request too.
    """

    def filter(self, record):
        record.msg, record.args = _cut(record.getMessage()), None
        if hasattr(record, "request"):
            record.request = _cut(repr(record.request))
        return True


def _cut(text) -> str:
    return AFTER_SUBSCRIPTIONS.sub("…", text)
