"""What a digest says, fixed at one moment: its news and the state of play, from one snapshot of the database."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import F

from core.text.bilingual import both_languages
from core.visibility import Visibility
from recommendations.models import Document, Recommendation, Update
from recommendations.models.status import Status
from reviews.changes.compare import changes
from reviews.digests.models import Digest, DigestItem, DigestKind, DigestState, Reason
from reviews.digests.public.render import render, wanted_audiences
from reviews.models import MilestoneState
from working_groups.models import WorkingGroup

from .answers import answers_in_force, assign_answers, describe_answers, unreported_answers
from .plan import has_passed, is_on, local_day
from .success_tests import assign_test_changes, news_of_test_change, unreported_test_changes
from .transitions import move, stop


def freeze(digest_id: int, now: datetime) -> bool:
    """Freeze a planned digest, or skip it when it is of no more use. Gives whether it is frozen now.

    In one REPEATABLE READ transaction: what is committed while it runs is in the next digest, whole.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # One freeze at a time. LOCK TABLE takes no snapshot yet: who has waited sees what the other one has told.
            cursor.execute("LOCK TABLE digests_digestnews IN SHARE ROW EXCLUSIVE MODE")
        digest = (
            Digest.objects.select_for_update(of=["self"])
            .select_related("milestone__series")
            .filter(pk=digest_id, state=DigestState.PLANNED)
            .first()
        )
        if digest is None or not is_on(digest.milestone) or digest.milestone_revision != digest.milestone.revision:
            return False  # another worker has it, or the next plan moves it
        _stop_farther(digest, now)
        updates, answers = unreported(digest), unreported_answers(digest)
        test_changes = unreported_test_changes(digest)
        if reason := why_skipped(digest, now, has_news=bool(updates or answers or test_changes)):
            move(digest, DigestState.SKIPPED, reason)
            return False
        _assign_items(digest, updates)
        assign_answers(digest, answers)
        assign_test_changes(digest, test_changes)
        needs_approval = digest.milestone.series.needs_approval
        move(
            digest,
            DigestState.HELD if needs_approval else DigestState.FROZEN,
            Reason.APPROVAL if needs_approval else Reason.NONE,
            content=_content(digest, updates, answers, test_changes, now),
            frozen_at=now,
        )
        for language, groups in wanted_audiences(digest.milestone.series):
            render(digest, language, groups)
        return True


def content_at(digest, now) -> dict:
    """What a digest that is not frozen yet would say if it were frozen at `now`. Nothing is written."""
    return _content(digest, unreported(digest), unreported_answers(digest), unreported_test_changes(digest), now)


def why_skipped(digest, now, has_news: bool) -> Reason | None:
    """Why a digest that has news, or none, is of no more use; None if it is."""
    if has_passed(digest.milestone, now):
        return Reason.MILESTONE_PASSED
    # Also one that is frozen or sent by now; but not one that was due before the milestone moved here.
    nearer = digest.milestone.digests.filter(
        kind=digest.kind, lead_days__lt=digest.lead_days, due_at__lte=now, milestone_revision=digest.milestone_revision
    )
    if nearer.exclude(state=DigestState.CANCELLED).exists():
        return Reason.NEARER
    if not has_news and not digest.milestone.series.sends_when_unchanged:
        return Reason.UNCHANGED
    return None


def _stop_farther(digest, now):
    """Of the milestone's digests that should have left before this one, those that wait go no further, and their news
    are this one's."""
    farther = digest.milestone.digests.filter(
        kind=digest.kind,
        lead_days__gt=digest.lead_days,
        due_at__lte=now,
        state__in=[DigestState.FROZEN, DigestState.HELD],
    )
    # Who has one of them locked decides about it at this moment.
    for other in farther.select_for_update(skip_locked=True):
        if not other.deliveries.possibly_delivered().exists():
            stop(other, Reason.NEARER, DigestState.SKIPPED)


def unreported(digest) -> list[Update]:
    """Every public row of the ledger that no digest of the series has told, but for the editions that this replaces:
    whoever gets this one did not get those."""
    reported = DigestItem.objects.filter(series=digest.milestone.series).exclude(digest__in=digest.editions())
    return list(
        Update.objects.filter(
            visibility=Visibility.PUBLIC, recommendation__topic__document__visibility=Visibility.PUBLIC
        )
        .exclude(pk__in=reported.values("update"))
        .select_related("recommendation__topic__group", "corrects")
        .prefetch_related("evidence")
        .newest_first()
    )


def _assign_items(digest, updates):
    """Note that this digest tells them. Those that an edition which it replaces had are assigned already."""
    series = digest.milestone.series
    assigned = set(DigestItem.objects.filter(series=series).values_list("update", flat=True))
    DigestItem.objects.bulk_create(
        DigestItem(digest=digest, series=series, update=update) for update in updates if update.pk not in assigned
    )


def _content(digest, updates, answers, test_changes, now) -> dict:
    """All that the bodies are made from, in both languages, as JSON."""
    milestone = digest.milestone
    # What is frozen early, for staff to look at, counts the days from when it is sent.
    sent_on = local_day(milestone, max(now, digest.due_at))
    read_on = Document.objects.filter(visibility=Visibility.PUBLIC).sources_read_on()
    unreported_rows = {update.pk: update for update in updates}
    corrected = {update.corrects_id for update in updates}
    previous = (
        Digest.objects.published()
        .filter(milestone__series=milestone.series, kind=DigestKind.DIGEST)
        .exclude(pk__in=[edition.pk for edition in digest.editions()])
        .order_by("-frozen_at")
        .first()
    )
    return {
        **_milestone(milestone),
        "as_of": local_day(milestone, now).isoformat(),
        "days_left": (milestone.starts_on - sent_on).days,
        "sources_read_on": read_on and read_on.isoformat(),
        "previous_as_of": previous and previous.content["as_of"],
        "groups": _groups(),
        "last_milestone": _since_last_milestone(milestone, local_day(milestone, now)),
        # A row that was corrected before anybody was told of it is not told; its correction is.
        "news": [
            *map(news_of_test_change, test_changes),
            *(_news(_line_of(update, unreported_rows)) for update in updates if update.pk not in corrected),
        ],
        "answers": describe_answers(answers),
    }


def notice_content(milestone, now) -> dict:
    """All that a notice of a new date, or of cancellation, is made from."""
    before = milestone.dates.filter(revision=milestone.revision - 1).first()
    return {
        **_milestone(milestone),
        "as_of": local_day(milestone, now).isoformat(),
        "before": before
        and {
            "starts_on": before.starts_on and before.starts_on.isoformat(),
            "ends_on": before.ends_on and before.ends_on.isoformat(),
            "precision": before.precision,
        },
        "reason_en": milestone.date_reason_en,
        "reason_es": milestone.date_reason_es or milestone.date_reason_en,
    }


def _milestone(milestone) -> dict:
    return {
        "milestone": both_languages(milestone, "name", "place")
        | {
            "url": milestone.get_absolute_url(),
            "starts_on": milestone.starts_on and milestone.starts_on.isoformat(),
            "ends_on": milestone.ends_on and milestone.ends_on.isoformat(),
            "precision": milestone.precision,
            "is_tentative": milestone.state == MilestoneState.TENTATIVE,
        },
        "series": both_languages(milestone.series, "name", "short_name"),
    }


def _since_last_milestone(milestone, today) -> dict | None:
    """What changed between the last milestone of the series and `today`; None where nothing is behind.

    The last one that was held; where no outcome is recorded of any, the last whose date has gone by.
    """
    series = milestone.series.milestones.exclude(pk=milestone.pk)
    last = series.last_held(today) or series.behind(today).latest_first().first()
    if last is None:
        return None
    return both_languages(last, "name") | {
        "slug": last.slug,
        "url": last.get_absolute_url(),
        "starts_on": last.starts_on.isoformat(),
        "ends_on": last.ends_on.isoformat(),
        "precision": last.precision,
        "changes": [_change(change) for change in changes(Recommendation.objects.public(), last.ends_on, today)],
    }


def _change(change) -> dict:
    return both_languages(change.recommendation, "title") | {
        "code": change.recommendation.code,
        "url": change.recommendation.get_absolute_url(),
        "group": change.recommendation.group.slug,
        "kind": change.kind.value,
        "before": change.before,
        "after": change.after,
    }


def _groups() -> list[dict]:
    recommendations = Recommendation.objects.public().current()
    counts = recommendations.count_by_group_and_status()
    answers = answers_in_force(recommendations)
    open_ones = {}
    for recommendation in (
        recommendations.filter(effective_is_open=True)
        .select_related("topic__group", "last_update", "assessment")
        .order_by("-priority", F("effective_update_on").asc(nulls_first=True), "code_order")
    ):
        open_ones.setdefault(recommendation.group.pk, []).append(
            both_languages(recommendation, "title")
            | {
                "code": recommendation.code,
                "url": recommendation.get_absolute_url(),
                "status": recommendation.status,
                "priority": recommendation.priority,
                "updated_on": recommendation.last_update and recommendation.last_update.effective_on.isoformat(),
                "precision": recommendation.last_update and recommendation.last_update.precision,
                "answers": answers.get(recommendation.pk, []),
            }
            | _because(recommendation)
        )
    return [
        both_languages(group, "name")
        | {
            "slug": group.slug,
            "url": group.get_absolute_url(),
            "counts": counts.get(group.pk, dict.fromkeys(Status.values, 0)),
            "open": open_ones.get(group.pk, []),
        }
        for group in WorkingGroup.objects.visible_to(AnonymousUser())
    ]


def _because(recommendation) -> dict:
    """Why it stands where it does; nothing where that is not written yet."""
    assessment = getattr(recommendation, "assessment", None)
    return both_languages(assessment, "because") if assessment else {}


def _line_of(update, unreported_rows) -> list[Update]:
    """It and the unreported rows that it replaces, newest first: readers are told of all of them by this one."""
    replaced = unreported_rows.get(update.corrects_id)
    return [update, *(_line_of(replaced, unreported_rows) if replaced else [])]


def _news(line) -> dict:
    update, *_replaced = line
    is_correction = any(row.corrects_id and not row.is_confirmation for row in line)
    return (
        both_languages(update, "what", "reason")
        | {f"recommendation_{key}": value for key, value in both_languages(update.recommendation, "title").items()}
        | {
            "code": update.recommendation.code,
            "url": update.recommendation.get_absolute_url(),
            "group": update.recommendation.group.slug,
            "status": update.status,
            "previous_status": update.previous_status,
            "basis": update.basis,
            "is_correction": is_correction,
            # Of a row that readers were told of. What is confirmed before that is news like any other.
            "is_confirmation": line[-1].corrects_id is not None and not is_correction,
            "effective_on": update.effective_on.isoformat(),
            "precision": update.precision,
            "dated_by_report": update.dated_by_report,
            "evidence": [
                {"title": source.title, "publisher": source.publisher, "url": source.url}
                for source in update.evidence.all()
            ],
        }
    )
