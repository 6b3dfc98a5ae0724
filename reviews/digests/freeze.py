"""What a digest says, fixed at one moment: its news and the state of play, from one snapshot of the database."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from recommendations.models import Recommendation, Update
from recommendations.status import Status
from working_groups.models import Visibility, WorkingGroup

from .models import Digest, DigestNews, DigestState
from .plan import is_on, local_day
from .render import render, wanted_audiences


def freeze(digest_id: int, now: datetime) -> bool:
    """Freeze a planned digest, or skip it when it is of no more use. Gives whether it is frozen now.

    In one REPEATABLE READ transaction: what is committed while it runs is in the next digest, whole.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        digest = (
            Digest.objects.select_for_update(of=["self"])
            .select_related("milestone__series")
            .filter(pk=digest_id, state=DigestState.PLANNED)
            .first()
        )
        if digest is None or not is_on(digest.milestone) or digest.milestone_revision != digest.milestone.revision:
            return False  # another worker has it, or the next plan moves it
        if reason := _why_skipped(digest, now):
            digest.state, digest.state_reason = DigestState.SKIPPED, reason
            digest.save(update_fields=["state", "state_reason"])
            return False
        updates = _assign_news(digest)
        digest.content = _content(digest, updates, now)
        digest.frozen_at = now
        digest.state = DigestState.FROZEN
        digest.save(update_fields=["content", "frozen_at", "state"])
        for language, groups in wanted_audiences(digest.milestone.series):
            render(digest, language, groups)
        return True


def _why_skipped(digest, now) -> str:
    if digest.milestone.starts_on < local_day(digest.milestone, now):
        return "milestone has passed"
    if digest.milestone.digests.due(now).filter(lead_days__lt=digest.lead_days).exists():
        return "a nearer lead time is due"
    return ""


def _assign_news(digest) -> list[Update]:
    """Give the digest every public row of the ledger that no digest of the series has told yet."""
    series = digest.milestone.series
    updates = list(
        Update.objects.filter(
            visibility=Visibility.PUBLIC, recommendation__issue__topic__document__visibility=Visibility.PUBLIC
        )
        .exclude(told_in__series=series)
        .select_related("recommendation__issue__topic__group", "corrects")
        .prefetch_related("evidence")
        .newest_first()
    )
    DigestNews.objects.bulk_create(DigestNews(digest=digest, series=series, update=update) for update in updates)
    return updates


def _content(digest, updates, now) -> dict:
    """All that the bodies are made from, in both languages, as JSON."""
    milestone = digest.milestone
    day = local_day(milestone, now)
    corrected = {update.corrects_id for update in updates}
    previous = (
        Digest.objects.filter(milestone__series=milestone.series, frozen_at__isnull=False)
        .order_by("-frozen_at")
        .first()
    )
    return {
        "milestone": _both(milestone, "name", "place")
        | {
            "url": milestone.get_absolute_url(),
            "starts_on": milestone.starts_on.isoformat(),
            "ends_on": milestone.ends_on.isoformat(),
            "is_tentative": milestone.state == "tentative",
        },
        "series": _both(milestone.series, "name", "short_name"),
        "as_of": day.isoformat(),
        "days_left": (milestone.starts_on - day).days,
        "previous_as_of": previous and previous.content["as_of"],
        "groups": _groups(),
        # A row that was corrected before anybody was told of it is not told; its correction is.
        "news": [_news(update) for update in updates if update.pk not in corrected],
    }


def _groups() -> list[dict]:
    everything = Recommendation.objects.public().as_of_today()
    counts = everything.count_by_group_and_status()
    open_ones = {}
    for each in (
        everything.filter(shown_is_open=True)
        .select_related("issue__topic__group", "last_update")
        .order_by("-priority", F("shown_update_on").asc(nulls_first=True), "code")
    ):
        open_ones.setdefault(each.group.pk, []).append(
            _both(each, "title")
            | {
                "code": each.code,
                "url": each.get_absolute_url(),
                "status": each.status,
                "priority": each.priority,
                "updated_on": each.last_update and each.last_update.effective_on.isoformat(),
                "precision": each.last_update and each.last_update.precision,
            }
        )
    return [
        _both(group, "name")
        | {
            "slug": group.slug,
            "url": group.get_absolute_url(),
            "counts": counts.get(group.pk, dict.fromkeys(Status.values, 0)),
            "open": open_ones.get(group.pk, []),
        }
        for group in WorkingGroup.objects.all()
    ]


def _news(update) -> dict:
    return (
        _both(update, "what", "reason")
        | {f"recommendation_{key}": value for key, value in _both(update.recommendation, "title").items()}
        | {
            "code": update.recommendation.code,
            "url": update.recommendation.get_absolute_url(),
            "group": update.recommendation.group.slug,
            "status": update.status,
            "previous_status": update.previous_status,
            "basis": update.basis,
            "is_correction": update.corrects_id is not None,
            "effective_on": update.effective_on.isoformat(),
            "precision": update.precision,
            "evidence": [
                {"title": source.title, "publisher": source.publisher, "url": source.url}
                for source in update.evidence.all()
            ],
        }
    )


def _both(record, *names) -> dict:
    """The fields `names` of a record in both languages, English where Spanish is empty."""
    return {
        f"{name}_{language}": getattr(record, f"{name}_{language}") or getattr(record, f"{name}_en")
        for name in names
        for language in ("en", "es")
    }
