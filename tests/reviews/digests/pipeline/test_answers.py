"""Answers are news like updates: each once in a series, with its words; and they stand beside what is still open."""

from datetime import date

import pytest
from django.utils.translation import override

from recommendations.models import Document
from reviews.digests.models import DigestAnswer
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.transitions import stop
from reviews.digests.public.render import bodies
from tests.database import insert, refused
from tests.factories import (
    AddresseeFactory,
    DocumentFactory,
    MilestoneFactory,
    RecommendationFactory,
    SeriesFactory,
    WorkingGroupFactory,
    record_answer,
)

from ..stages import LATER, NOW, fanned_out, frozen, planned

pytestmark = pytest.mark.django_db(transaction=True)

MARCH, JUNE = date(2024, 3, 10), date(2024, 6, 20)


@pytest.fixture
def addressee():
    group = WorkingGroupFactory(slug="borders", name_en="Borders", name_es="Fronteras")
    return AddresseeFactory(
        recommendation=RecommendationFactory(code="2023-SB-1", group=group), organization__acronym="ANAM"
    )


def answers(digest) -> list[tuple]:
    return [(row["organization_name_en"], row["kind"]) for row in digest.content["answers"]]


def test_an_answer_is_told_once_in_a_series(addressee):
    milestone = MilestoneFactory()
    record_answer(addressee, "accepted", effective_on=MARCH)
    first = fanned_out(milestone, 30)
    record_answer(addressee, "not_accepted", effective_on=JUNE)

    assert answers(first) == [("ANAM", "accepted")]
    assert answers(frozen(milestone, 7, LATER)) == [("ANAM", "not_accepted")]
    assert answers(frozen(MilestoneFactory())) == [("ANAM", "not_accepted"), ("ANAM", "accepted")]


def test_that_it_is_told_once_holds_for_sql_too(addressee):
    answer = record_answer(addressee)
    series = SeriesFactory()
    frozen(MilestoneFactory(series=series))
    other = planned(MilestoneFactory(series=series))

    with refused("answer_is_told_once_in_a_series"):
        insert("digests_digestanswer", digest_id=other.pk, series_id=series.pk, answer_id=answer.pk)


def test_one_that_is_recorded_late_is_in_the_next_digest(addressee):
    milestone = MilestoneFactory()
    record_answer(addressee, "not_accepted", effective_on=JUNE)
    fanned_out(milestone, 30)
    record_answer(addressee, "accepted", effective_on=MARCH)

    assert answers(frozen(milestone, 7, LATER)) == [("ANAM", "accepted")]


def test_of_a_digest_that_nobody_got_they_are_told_by_the_next(addressee):
    milestone = MilestoneFactory()
    record_answer(addressee)
    stop(frozen(milestone, 30), "")

    assert answers(frozen(milestone, 7, LATER)) == [("ANAM", "accepted")]


def test_a_series_that_is_silent_without_news_speaks_for_an_answer(addressee):
    series = SeriesFactory(sends_when_unchanged=False)
    silent = planned(MilestoneFactory(series=series))
    assert not freeze(silent.pk, NOW)
    record_answer(addressee)

    assert answers(frozen(MilestoneFactory(series=series))) == [("ANAM", "accepted")]


def test_a_correction_of_what_was_told_says_so_and_of_what_was_not_takes_its_place(addressee):
    milestone = MilestoneFactory()
    told = record_answer(addressee, "accepted")
    fanned_out(milestone, 30)
    wrong = record_answer(addressee, "accepted", effective_on=JUNE)
    record_answer(addressee, "noted", effective_on=JUNE, corrects=wrong, reason_en="Misread.")
    record_answer(addressee, "partially_accepted", corrects=told, reason_en="One half only.")

    rows = frozen(milestone, 7, LATER).content["answers"]

    assert [(row["kind"], row["is_correction"]) for row in rows] == [("noted", False), ("partially_accepted", True)]


def test_one_that_was_taken_back_before_anybody_was_told_is_not_told(addressee):
    wrong = record_answer(addressee)
    record_answer(addressee, "retracted", corrects=wrong, reason_en="Of another office.")

    digest = frozen()

    assert digest.content["answers"] == []
    assert DigestAnswer.objects.filter(digest=digest).count() == 2


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_what_is_not_public_is_not_told(addressee, visibility):
    record_answer(addressee, visibility=visibility)
    record_answer(AddresseeFactory(recommendation__document=DocumentFactory(visibility=visibility)))

    assert frozen().content["answers"] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["ANAM: Not accepted", "June 20, 2024", "There is no budget.", "Letter"]),
        ("es", ["ANAM:", "No hay presupuesto."]),
    ],
)
def test_the_message_tells_it_with_its_words_and_source(addressee, language, words):
    record_answer(
        addressee, "not_accepted", effective_on=JUNE, said_en="There is no budget.", said_es="No hay presupuesto."
    )
    digest = frozen()

    with override(language):
        found = bodies(digest, language)

    for body in (found["html"], found["text"]):
        assert all(word in body for word in words)
        assert "https://anam.example/letter" in body


def test_the_subject_counts_answers_where_there_is_no_update(addressee):
    record_answer(addressee)

    assert bodies(frozen(), "en")["subject"].endswith("1 answer in Borders")


def test_what_is_still_open_says_what_those_asked_have_answered(addressee):
    milestone = MilestoneFactory()
    record_answer(addressee, "accepted", effective_on=MARCH)
    record_answer(addressee, "noted", effective_on=JUNE)
    fanned_out(milestone, 30)

    later = frozen(milestone, 7, LATER)

    assert later.content["answers"] == []
    assert "ANAM: Noted" in bodies(later, "en")["text"]


def test_the_web_copy_shows_it(client, addressee):
    record_answer(addressee, said_en="We agree in part.")
    digest = fanned_out()

    page = client.get(f"/digests/{digest.pk}/").content.decode()

    assert "We agree in part." in page


def test_the_web_copy_leaves_out_what_is_no_longer_public(client, addressee):
    record_answer(AddresseeFactory())  # so that something is left to show
    record_answer(addressee, said_en="We agree in part.")
    digest = fanned_out()
    Document.objects.filter(topics__recommendations=addressee.recommendation).update(visibility="staff")

    page = client.get(f"/digests/{digest.pk}/").content.decode()

    assert "We agree." in page
    assert "We agree in part." not in page
