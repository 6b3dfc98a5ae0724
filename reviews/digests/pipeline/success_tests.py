"""Changed success tests as news of digests: like updates, each is told once in a series."""

from django.utils.translation import override

from core.text.dates import Precision
from core.visibility import Visibility
from recommendations.models import SuccessTestVersion
from recommendations.models.updates import Basis
from recommendations.words.success_tests import describe_change
from reviews.digests.models import DigestSuccessTestItem


def unreported_test_changes(digest) -> list[SuccessTestVersion]:
    """Return every published change that no other digest of the series has told."""
    return list(
        SuccessTestVersion.objects.published()
        .filter(pgh_obj__topic__document__visibility=Visibility.PUBLIC)
        .exclude(pk__in=DigestSuccessTestItem.objects.reported_before(digest))
        .select_related("pgh_obj__topic__group")
        .order_by("-pk")
    )


def news_of_test_change(change) -> dict:
    """Return a change as a line of news, in both languages: the status is what it was, and the words say the rest."""
    recommendation = change.recommendation
    news = {
        "code": recommendation.code,
        "url": change.get_absolute_url(),
        "group": recommendation.group.slug,
        "status": recommendation.status,
        "previous_status": recommendation.status,
        "basis": Basis.VERIFIED,
        "is_correction": False,
        "is_confirmation": False,
        "effective_on": change.changed_on.isoformat(),
        "precision": Precision.DAY,
        "dated_by_report": False,
        "evidence": [],
        "reason_en": change.why_en,
        "reason_es": change.why_es or change.why_en,
    }
    for language in ("en", "es"):
        with override(language):
            news |= {
                f"recommendation_title_{language}": recommendation.title,
                f"what_{language}": describe_change(change),
            }
    return news
