"""Every word of every text that is loaded, as it is printed, finds its recommendation; a beginning finds no less."""

from collections import defaultdict
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from recommendations.browse.search.terms import plain, read_search
from recommendations.models import Recommendation
from tests.database import sql

pytestmark = pytest.mark.django_db

AROUND_WORDS = ".,;:()[]“”\"'‘’¿?¡!…«»/–—-*"
FOUND = """
SELECT coalesce(array_agg(r.id) FILTER (WHERE r.id IS NOT NULL), '{}')
FROM unnest(%s::text[]) WITH ORDINALITY q (query, place)
LEFT JOIN recommendations_recommendation r ON r.search @@ q.query::tsquery
GROUP BY q.place ORDER BY q.place
"""


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_data", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def printed(_loaded) -> dict[str, set[int]]:
    """The recommendations by each word that is printed with them, in one of the languages or the other."""
    words = defaultdict(set)
    for recommendation in Recommendation.objects.prefetch_related(
        "addressees__organization", "mentions", "chapters"
    ).select_related("issue", "topic__document"):
        asked = [addressee.organization for addressee in recommendation.addressees.all()]
        in_force = recommendation.updates.in_force()
        texts = [recommendation.official_wording, *(organization.acronym for organization in asked)]
        for language in ["en", "es"]:
            texts += [getattr(recommendation, f"{text}_{language}") for text in ("title", "summary", "success_test")]
            places = [recommendation.issue, recommendation.topic, recommendation.document]
            texts += [getattr(place, f"title_{language}") for place in (*places, *recommendation.chapters.all())]
            texts.append(getattr(recommendation.issue, f"summary_{language}"))
            texts += [getattr(body, f"name_{language}") for body in (*asked, *recommendation.mentions.all())]
            texts += [getattr(update, f"what_{language}") for update in in_force]
        for word in " ".join(texts).split():
            if stripped := word.strip(AROUND_WORDS):
                words[stripped].add(recommendation.pk)
    return words


def find(searches) -> dict[str, set[int]]:
    """What each of the searches finds, as the list looks for it."""
    queries = {words: read_search(words).query for words in searches}
    assert all(queries.values())
    return dict(zip(queries, (set(keys) for (keys,) in sql(FOUND, list(queries.values()))), strict=True))


@pytest.fixture(scope="module")
def found(printed):
    return find(printed)


def test_every_word_as_printed_finds_its_recommendation(printed, found):
    assert len(printed) > 3000
    assert {word: keys - found[word] for word, keys in printed.items() if keys - found[word]} == {}


def test_no_beginning_of_a_word_finds_less_than_the_word(found):
    beginnings = {(word, word[:length]) for word in found for length in range(3, len(word) + 1)}
    # Capitals and accents do not count, of beginnings: it takes a third less time.
    begun = find({f"{plain(beginning)}*" for _word, beginning in beginnings})

    less = {pair for pair in beginnings if not begun[f"{plain(pair[1])}*"] >= found[pair[0]]}

    assert less == set()
