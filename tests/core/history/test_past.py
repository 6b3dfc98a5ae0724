"""What queries read inside of words_of(): the words of that day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.history.past import words_of
from recommendations.models import Addressee, Recommendation
from tests.database import sql
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    OrganizationFactory,
    RecommendationFactory,
)
from tests.history import days_ago

pytestmark = pytest.mark.django_db


def ago(days: int):
    return timezone.localdate() - timedelta(days=days)


def on(day, query):
    with words_of(day):
        return query()


def title_on(recommendation, day) -> str:
    return on(day, lambda: Recommendation.objects.get(pk=recommendation.pk).title_en)


def asked_on(recommendation, day) -> set:
    return on(day, lambda: set(recommendation.addressees.values_list("organization__name_en", flat=True)))


def retitle(recommendation, title):
    recommendation.title_en = title
    recommendation.save()


def test_a_day_has_the_words_that_it_had_last(recommendation):
    recommendation = RecommendationFactory(title_en="First")
    days_ago(10)
    retitle(recommendation, "Second")
    days_ago(10)
    retitle(recommendation, "Third")
    days_ago(5)

    titles = [title_on(recommendation, ago(days)) for days in (40, 16, 15, 6, 5, 0)]

    assert titles == ["First", "First", "Second", "Second", "Third", "Third"]


def test_the_end_of_the_day_counts(recommendation):
    before = recommendation.title_en
    retitle(recommendation, "In the morning")
    retitle(recommendation, "In the evening")
    days_ago(1)

    assert [title_on(recommendation, ago(days)) for days in (2, 1)] == [before, "In the evening"]


def test_a_past_view_filters_by_what_was_so(recommendation):
    Recommendation.objects.update(priority=True)
    days_ago(3)
    Recommendation.objects.update(priority=False)

    assert on(ago(1), Recommendation.objects.filter(priority=True).count) == 1
    assert Recommendation.objects.filter(priority=True).count() == 0


def test_what_was_added_since_is_not_there_and_what_was_removed_is(recommendation):
    old = AddresseeFactory(recommendation=recommendation, organization__name_en="Old")
    days_ago(10)
    old.delete()
    AddresseeFactory(recommendation=recommendation, organization__name_en="New")
    days_ago(5)

    assert [asked_on(recommendation, ago(days)) for days in (30, 6, 5, 0)] == [{"Old"}, {"Old"}, {"New"}, {"New"}]


def test_what_came_and_went_is_there_between(recommendation):
    days_ago(10)
    addressee = AddresseeFactory(recommendation=recommendation, organization__name_en="For a while")
    days_ago(5)
    addressee.delete()
    days_ago(5)

    assert [asked_on(recommendation, ago(days)) for days in (12, 8, 3)] == [set(), {"For a while"}, set()]


def test_a_removed_link_has_the_words_of_the_day(recommendation):
    link = ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=7), reason_en="First")
    days_ago(10)
    link.reason_en = "Second"
    link.save()
    days_ago(10)
    link.delete()

    def read():
        return [(link.chapter.number, link.reason_en, link.articles) for link in recommendation.chapter_links.all()]

    assert [on(ago(days), read) for days in (15, 5, 0)] == [[(7, "First", [])], [(7, "Second", [])], []]


def test_what_nobody_could_read_is_in_no_past_view():
    document = DocumentFactory(visibility="staff")
    recommendation = RecommendationFactory(document=document, title_en="A draft")
    days_ago(5)
    retitle(recommendation, "The paper")
    days_ago(5)
    document.visibility = "public"
    document.save()

    assert title_on(recommendation, ago(7)) == "The paper"


def test_what_is_hidden_now_stays_hidden(recommendation):
    days_ago(5)
    document = recommendation.document
    document.visibility = "staff"
    document.save()

    assert on(ago(2), Recommendation.objects.public().count) == 0


def test_inside_of_a_past_view_the_present_can_be_read(recommendation):
    before = recommendation.title_en
    days_ago(5)
    retitle(recommendation, "Now")

    with words_of(ago(2)):
        with words_of(None):
            now = title_on(recommendation, None)
        assert (title_on(recommendation, ago(2)), now) == (before, "Now")


def test_the_present_costs_nothing(recommendation):
    with CaptureQueriesContext(connection) as queries, words_of(timezone.localdate()), words_of(None):
        pass

    assert not queries


def test_after_an_error_the_present_is_read(recommendation):
    days_ago(5)
    retitle(recommendation, "Now")

    with pytest.raises(ZeroDivisionError), words_of(ago(2)):
        raise ZeroDivisionError

    assert Recommendation.objects.get().title_en == "Now"


def test_the_present_is_read_afterwards(recommendation):
    path = sql("SHOW search_path")
    with words_of(ago(2)):
        pass

    assert sql("SHOW search_path") == path


def test_an_addressee_of_the_past_has_a_name_of_the_past(recommendation):
    organization = OrganizationFactory(name_en="Secretariat of Commerce")
    AddresseeFactory(recommendation=recommendation, organization=organization)
    days_ago(5)
    organization.name_en = "Secretariat of Economy"
    organization.save()

    with words_of(ago(2)):
        assert Addressee.objects.select_related("organization").get().organization.name_en == "Secretariat of Commerce"
