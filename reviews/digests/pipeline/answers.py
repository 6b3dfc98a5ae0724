"""The answers that a digest reports: each once in a series, as updates are."""

from core.text.bilingual import both_languages
from core.visibility import Visibility
from recommendations.models import Answer, AnswerKind
from reviews.digests.models import DigestAnswer


def unreported_answers(digest) -> list[Answer]:
    """Every public answer that no digest of the series has told, but for the editions that this one replaces."""
    reported = DigestAnswer.objects.filter(series=digest.milestone.series).exclude(digest__in=digest.editions())
    return list(
        Answer.objects.filter(
            visibility=Visibility.PUBLIC,
            addressee__recommendation__topic__document__visibility=Visibility.PUBLIC,
        )
        .exclude(pk__in=reported.values("answer"))
        .with_places()
    )


def assign_answers(digest, answers):
    """Note that this digest tells them. Those that an edition which it replaces had are assigned already."""
    series = digest.milestone.series
    assigned = set(DigestAnswer.objects.filter(series=series).values_list("answer", flat=True))
    DigestAnswer.objects.bulk_create(
        DigestAnswer(digest=digest, series=series, answer=answer) for answer in answers if answer.pk not in assigned
    )


def describe_answers(answers) -> list[dict]:
    """Return what a digest says of unreported answers, as JSON in both languages, newest first.

    An answer that was corrected before anybody was told of it is not told; neither is one that was taken back by then.
    """
    unreported = {answer.pk: answer for answer in answers}
    corrected = {answer.corrects_id for answer in answers}
    rows = []
    for answer in answers:
        first = answer
        while first.corrects_id in unreported:
            first = unreported[first.corrects_id]
        is_correction = first.corrects_id is not None
        if answer.pk not in corrected and (is_correction or answer.kind != AnswerKind.RETRACTED):
            rows.append(_describe(answer, is_correction))
    return rows


def _describe(answer, is_correction) -> dict:
    recommendation, organization = answer.addressee.recommendation, answer.addressee.organization
    return (
        both_languages(answer, "said", "reason")
        | {f"recommendation_{name}": value for name, value in both_languages(recommendation, "title").items()}
        | {f"organization_{name}": value for name, value in _short_names(organization).items()}
        | {
            "code": recommendation.code,
            "url": recommendation.get_absolute_url(),
            "group": recommendation.group.slug,
            "kind": answer.kind,
            "is_correction": is_correction,
            "effective_on": answer.effective_on.isoformat(),
            "precision": answer.precision,
            "source": {
                "title": answer.source_title,
                "publisher": answer.source_publisher,
                "url": answer.source_url,
            },
        }
    )


def answers_in_force(recommendations) -> dict[int, list[dict]]:
    """Return what stands of those whom `recommendations` ask: {recommendation: [organization and kind of answer]}."""
    found = {}
    answers = Answer.objects.in_force().latest_of_each().select_related("addressee__organization")
    for answer in answers.filter(addressee__recommendation__in=recommendations):
        row = _short_names(answer.addressee.organization) | {"kind": answer.kind}
        found.setdefault(answer.addressee.recommendation_id, []).append(row)
    return found


def _short_names(organization) -> dict:
    names = both_languages(organization, "name")
    return {name: organization.acronym or value for name, value in names.items()}
