"""Changed success tests in digests: told once in each series, with what was and why."""

import pytest

from reviews.digests.models import DigestState, Reason
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.transitions import stop
from reviews.digests.public.render import bodies
from tests.factories import DocumentFactory, MilestoneFactory, RecommendationFactory, SeriesFactory
from tests.history import change_test

from ..stages import LATER, NOW, fanned_out, frozen, planned, reported

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = "The success test was changed. Before: “First.” Now: “Second.”"


@pytest.fixture
def changed():
    recommendation = RecommendationFactory(success_test_en="First.")
    change_test(recommendation, "Second.")
    return recommendation


def test_the_next_digest_tells_it_once(changed):
    milestone = MilestoneFactory()
    first = fanned_out(milestone, 30)

    second = frozen(milestone, 7, LATER)

    assert (reported(first), reported(second)) == ([TOLD], [])


def test_each_series_tells_it(changed):
    assert [reported(frozen(MilestoneFactory())) for _series in range(2)] == [[TOLD], [TOLD]]


def test_the_message_says_what_was_and_why(changed):
    text = bodies(frozen(), "en")["text"]

    assert TOLD in text
    assert "It could not be measured." in text


def test_it_alone_is_worth_a_digest(changed):
    quiet = SeriesFactory(sends_when_unchanged=False)

    assert reported(frozen(MilestoneFactory(series=quiet))) == [TOLD]


def test_a_digest_that_nobody_got_leaves_it_to_the_next(changed):
    milestone = MilestoneFactory()
    digest = frozen(milestone)
    stop(digest, Reason.NEARER, DigestState.SKIPPED)

    assert reported(frozen(milestone, 7, LATER)) == [TOLD]


def test_what_was_no_part_of_the_public_record_is_not_told():
    recommendation = RecommendationFactory(document=DocumentFactory(visibility="staff"))
    change_test(recommendation, "Second.")
    digest = planned()

    assert freeze(digest.pk, NOW)
    digest.refresh_from_db()
    assert reported(digest) == []
