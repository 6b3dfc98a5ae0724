"""The API of recommendations, groups and statuses: read-only JSON, and only of what is public, whoever asks.

Texts are given in both languages, whatever the address (`title_en`, `title_es`); values to compare are those of the
list's addresses: statuses as `in_progress`, groups and organizations by their slugs, chapters by their numbers.
"""

from functools import wraps

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import TooManyFieldsSent
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import BigIntegerField, Prefetch
from django.http import Http404, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.caching.page_cache import public_page
from core.history.past import words_of
from core.visibility import Visibility
from working_groups.models import WorkingGroup

from .browse.filters import RecommendationFilter
from .browse.results import Results
from .models import Addressee, Answer, Assessment, ChapterLink, Recommendation, RecordChange, Update
from .models.status import NEEDS_EVIDENCE, Status

PAGE_SIZE = 100
CHANGES_AT_ONCE = 50  # of which each comes with its whole record
ANYBODY = AnonymousUser()


class CursorForm(forms.Form):
    after = forms.IntegerField(required=False, min_value=0, max_value=BigIntegerField.MAX_BIGINT)


class QueryError(Exception):
    """A query that cannot be read. Takes a sentence and, where it is known, what is wrong with each parameter."""

    def __init__(self, sentence, parameters=None):
        super().__init__(sentence)
        self.parameters = parameters


def answers_json(view):
    """A view that gives a dict, as JSON that pages of any other site may read; its errors are JSON too."""

    @wraps(view)
    def answer(request, **kwargs):
        try:
            content, status = view(request, **kwargs), 200
        except QueryError as error:
            content, status = {"error": str(error)}, 400
            if error.parameters:
                content["parameters"] = error.parameters
        except TooManyFieldsSent:
            content, status = {"error": "The query has too many parameters."}, 400
        except Http404 as error:
            content, status = {"error": str(error)}, 404
        response = JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return require_safe(cache_control(public=True, max_age=300)(answer))


@public_page(*RecommendationFilter.base_filters, "page")
@answers_json
def recommendation_list(request):
    """A page of the list, by the same query as the page for people."""
    filterset = RecommendationFilter(request.GET, readable=[Visibility.PUBLIC], today=timezone.localdate())
    if not filterset.is_valid():
        raise QueryError("The query has parameters that cannot be read.", dict(filterset.errors))
    with words_of(filterset.as_of_day):
        return _list_page(request, filterset)


def _list_page(request, filterset) -> dict:
    paginator = Paginator(Results(filterset), PAGE_SIZE)
    try:
        page = paginator.page(request.GET.get("page", 1))
    except PageNotAnInteger:
        raise QueryError("The page is a number, from 1 on.") from None
    except EmptyPage:
        raise Http404(f"There is no such page: the last one is {paginator.num_pages}.") from None
    day = filterset.as_of_day
    found = _of_now(Recommendation.objects.at(day).for_list(day), None if day else filterset.today)
    found = found.in_bulk(page.object_list)
    return {
        "count": paginator.count,
        "as_of": filterset.as_of_day or filterset.today,
        "next": _address(request, "page", page.next_page_number()) if page.has_next() else None,
        "previous": _address(request, "page", page.previous_page_number()) if page.has_previous() else None,
        "results": [_recommendation(found[key]) for key in page.object_list if key in found],
    }


@public_page()
@answers_json
def recommendation(request, slug):
    """One recommendation with its ledger, the evidence, whom it asks, and the chapters."""
    found = _records().filter(code=slug).first()
    if found is None:
        raise Http404(f"No recommendation has the code {slug}.")
    return _record(found)


@public_page("after")
@answers_json
def change_list(request):
    """Each change of a public record after a cursor, in the order of commits, with the record as it is now.

    `record` is null where it is not public any more. Whoever keeps the last `cursor` misses nothing.
    """
    after = CursorForm(request.GET)
    if not after.is_valid():
        raise QueryError("The cursor is a number that an earlier answer gave.", dict(after.errors))
    after = after.cleaned_data["after"] or 0
    changes = list(RecordChange.objects.filter(pk__gt=after)[: CHANGES_AT_ONCE + 1])
    shown = changes[:CHANGES_AT_ONCE]
    records = {found.code: _record(found) for found in _records().filter(code__in={change.code for change in shown})}
    cursor = shown[-1].pk if shown else after
    return {
        "cursor": cursor,
        "next": _address(request, "after", cursor) if len(changes) > len(shown) else None,
        "results": [
            {
                "cursor": change.pk,
                "noted_at": change.noted_at,
                "code": change.code,
                "update": change.update_id,
                "record": records.get(change.code),
            }
            for change in shown
        ],
    }


@public_page()
@answers_json
def group_list(request):
    """The groups, each with how many of its recommendations stand where."""
    counts = Recommendation.objects.public().current().count_by_group_and_status()
    results = [
        {
            "slug": group.slug,
            "code": group.code,
            "kind": group.kind,
            **both(group, "name", "description"),
            "counts": counts.get(group.pk, dict.fromkeys(Status.values, 0)),
            **addresses(group),
        }
        for group in WorkingGroup.objects.visible_to(ANYBODY)
    ]
    return {"count": len(results), "results": results}


@public_page()
@answers_json
def status_definitions(request):
    """List each status and what it means."""
    labels = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            labels[language] = {status: (str(status.label), str(status.definition)) for status in Status}
    results = [
        {
            "status": status.value,
            "is_open": status.is_open,
            "needs_evidence": status in NEEDS_EVIDENCE,
            **{f"label_{language}": words[status][0] for language, words in labels.items()},
            **{f"definition_{language}": words[status][1] for language, words in labels.items()},
        }
        for status in Status
    ]
    return {"count": len(results), "results": results}


def both(record, *names) -> dict:
    """The texts `names` of a record in both languages, as they are stored: empty where there is no Spanish."""
    return {f"{name}_{language}": getattr(record, f"{name}_{language}") for name in names for language in ("en", "es")}


def addresses(record) -> dict:
    """Return the addresses of its page, in both languages."""
    found = {}
    for language in ("en", "es"):
        with override(language):
            found[f"url_{language}"] = settings.SITE_URL + record.get_absolute_url()
    return found


def _records():
    """The public records, with all that `_record` gives of each, in a fixed number of queries."""
    updates = Update.objects.visible_to(ANYBODY).for_timeline()
    successors = Prefetch("successors", Recommendation.objects.public())
    ledger = Prefetch("updates", updates.prefetch_related(successors), to_attr="ledger")
    answers = Prefetch(
        "listed_addressees__answers", Answer.objects.visible_to(ANYBODY).for_timeline(), to_attr="all_answers"
    )
    records = Recommendation.objects.public().current().for_list().defer(None).defer("search")
    return _of_now(records, timezone.localdate()).prefetch_related(ledger, answers)


def _of_now(recommendations, today):
    """Return the same with what is known for now only; without it, and without a confidence, for None."""
    found = recommendations.with_confidence(today)
    return found.with_last_heard().select_related("assessment") if today else found


def _record(recommendation: Recommendation) -> dict:
    """All that is public of one."""
    return _recommendation(recommendation) | {
        **both(recommendation, "success_test"),
        "official_wording": recommendation.official_wording,
        "ledger": [_update(update) for update in recommendation.ledger],
        "answers": [
            {"organization": addressee.organization.slug}
            | _answer(answer)
            | {"corrected_by": answer.correction.pk if answer.is_corrected else None}
            for addressee in recommendation.listed_addressees
            for answer in addressee.all_answers
        ],
    }


def _recommendation(recommendation: Recommendation) -> dict:
    """Return a row of the list: `effective_*` as of the day asked for, and what is known for now only."""
    is_now = bool(recommendation.confidence)
    issue, topic, document = recommendation.issue, recommendation.topic, recommendation.document
    return {
        "code": recommendation.code,
        **both(recommendation, "title", "summary"),
        "status": recommendation.effective_status,
        "is_open": recommendation.effective_is_open,
        "last_update_on": recommendation.effective_update_on,
        "priority": recommendation.priority,
        "group": {"slug": recommendation.group.slug, **both(recommendation.group, "name")},
        "topic": {"slug": topic.slug, **both(topic, "title")},
        "issue": {"code": issue.code, **both(issue, "title", "summary")},
        "document": {
            "slug": document.slug,
            **both(document, "title"),
            "published_on": document.published_on,
            "published_precision": document.published_precision,
        },
        "addressees": [_addressee(addressee) for addressee in recommendation.listed_addressees],
        "chapters": [_chapter(link) for link in recommendation.listed_chapter_links],
        "confidence": recommendation.confidence or None,
        "last_heard_on": recommendation.last_heard_on if is_now else None,
        "assessment": _assessment(getattr(recommendation, "assessment", None)) if is_now else None,
        **addresses(recommendation),
        "api_url": settings.SITE_URL + reverse("api-recommendation", args=[recommendation.code]),
    }


def _assessment(assessment: Assessment | None) -> dict | None:
    return assessment and {
        **both(assessment, "because", "remains", "moves_up", "moves_down"),
        "testability": assessment.testability,
        **both(assessment, "testability_reason"),
        "reviewed_on": assessment.reviewed_on,
    }


def _addressee(addressee: Addressee) -> dict:
    answer = addressee.answer
    return {
        "slug": addressee.organization.slug,
        "acronym": addressee.organization.acronym,
        **both(addressee.organization, "name"),
        "is_named": addressee.is_named,
        # Under the names that they had from the first: the answer in force.
        "response": answer.kind if answer else "awaiting",
        "responded_on": answer and answer.effective_on,
        "response_title": answer.source_title if answer else "",
        "response_url": answer.source_url if answer else "",
        "answer": answer and _answer(answer),
    }


def _answer(answer: Answer) -> dict:
    return {
        "id": answer.pk,
        "kind": answer.kind,
        "effective_on": answer.effective_on,
        "precision": answer.precision,
        "counts_from": answer.counts_from,
        **both(answer, "said", "reason"),
        "source": {
            "title": answer.source_title,
            "publisher": answer.source_publisher,
            "url": answer.source_url,
            "published_on": answer.source_published_on,
        },
        "corrects": answer.corrects_id,
        "recorded_at": answer.recorded_at,
    }


def _chapter(link: ChapterLink) -> dict:
    return {
        "number": link.chapter.number,
        **both(link.chapter, "title"),
        "articles": link.articles,
        "articles_seen": link.articles_seen,
        "is_loose": link.is_loose,
        **both(link, "reason"),
    }


def _update(update) -> dict:
    successors = [successor.code for successor in update.successors.all()]
    return {
        "id": update.pk,
        "status": update.status,
        "previous_status": update.previous_status,
        "effective_on": update.effective_on,
        "precision": update.precision,
        "dated_by_report": update.dated_by_report,
        "counts_from": update.counts_from,
        **both(update, "what", "reason"),
        "basis": update.basis,
        "corrects": update.corrects_id,
        "corrected_by": update.correction.pk if update.is_corrected else None,
        "successor": successors[0] if successors else None,  # as long as there was only one
        "successors": successors,
        "recorded_at": update.recorded_at,
        "evidence": [
            {
                "title": source.title,
                "publisher": source.publisher,
                "url": source.url,
                "published_on": source.published_on,
                "kind": source.kind,
                "quotation": source.quotation,
                "quotation_language": source.quotation_language,
            }
            for source in update.evidence.all()
        ],
    }


def _address(request, key, value) -> str:
    """The address of this answer with another value for one key of its query."""
    query = request.GET.copy()
    query[key] = value
    return f"{settings.SITE_URL}{request.path}?{query.urlencode()}"


urlpatterns = [
    path("recommendations/", recommendation_list, name="api-recommendations"),
    path("recommendations/<code:slug>/", recommendation, name="api-recommendation"),
    path("changes/", change_list, name="api-changes"),
    path("groups/", group_list, name="api-groups"),
    path("status-definitions/", status_definitions, name="api-status-definitions"),
]
