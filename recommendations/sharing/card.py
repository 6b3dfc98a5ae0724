"""The card that a link to a recommendation is shown with where it is shared: code, title, status and its date."""

import json
import subprocess
import sys

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from core.text.bilingual import current_language
from recommendations.charts.status_style import COLORS, status_svg
from recommendations.models import Recommendation

TIMEOUT = 20  # seconds; a card takes a fraction of one


def address(recommendation: Recommendation) -> str:
    """The address of its card in the current language."""
    return settings.SITE_URL + reverse("card", args=[recommendation.code])


def in_words(recommendation: Recommendation) -> str:
    """What the card shows, for those who do not see it."""
    return f"{recommendation} · {recommendation.get_status_display()} · {_day(recommendation)}"


def draw(recommendation: Recommendation) -> bytes:
    """The card as PNG, in the current language."""
    card = {
        "site": gettext("C26+ Recommendations Tracker"),
        "language": current_language(),
        "code": recommendation.code,
        "title": recommendation.title,
        "status": recommendation.get_status_display(),
        "day": _day(recommendation),
        "color": COLORS[recommendation.status],
        "icon": status_svg(recommendation.status),
    }
    return subprocess.run(
        [sys.executable, "-m", "recommendations.sharing.typeset_card"],
        cwd=settings.BASE_DIR,
        input=json.dumps(card).encode(),
        stdout=subprocess.PIPE,
        timeout=TIMEOUT,
        check=True,
    ).stdout


def _day(recommendation) -> str:
    """Since when nothing newer is known of it: the last update, or the document's publication."""
    if recommendation.last_update:
        return f"{gettext('Last update')}: {recommendation.last_update.effective_date}"
    return gettext("Published %(day)s") % {"day": recommendation.document.published}
