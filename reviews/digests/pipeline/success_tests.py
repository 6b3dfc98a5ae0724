"""Changed success tests as news of digests: like updates, each is told once in a series."""

from django.utils.translation import override

from core.text.dates import Precision
from core.visibility import Visibility
from recommendations.models import SuccessTestVersion
from recommendations.models.updates import Basis
from recommendations.words.success_tests import describe_change
from reviews.digests.models import DigestTestItem


def unreported_test_changes(digest) -> list[SuccessTestVersion]:
    """Return every published change that no digest of the series has told, but for the editions that this replaces."""
    reported = DigestTestItem.objects.filter(series=digest.milestone.series).exclude(digest__in=digest.editions())
    return list(
        SuccessTestVersion.objects.published()
        .filter(pgh_obj__topic__document__visibility=Visibility.PUBLIC)
        .exclude(pk__in=reported.values("change"))
        .select_related("pgh_obj__topic__group")
        .order_by("-pk")
    )


def assign_test_changes(digest, changes):
    """Note that this digest tells them. Those that an edition which it replaces had are assigned already."""
    series = digest.milestone.series
    assigned = set(DigestTestItem.objects.filter(series=series).values_list("change", flat=True))
    DigestTestItem.objects.bulk_create(
        DigestTestItem(digest=digest, series=series, change=change) for change in changes if change.pk not in assigned
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
