"""Verbs on sets of recommendations, which pages, exports and digests share."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from recommendations.models import Document, Issue, Recommendation, Update
from recommendations.models.status import CLOSED, OPEN, Status
from recommendations.querysets import attach_updates
from tests.factories import DocumentFactory, RecommendationFactory, UserFactory, WorkingGroupFactory, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_each_status():
    """One recommendation at each status: {status: recommendation}."""
    made = {status: RecommendationFactory() for status in Status}
    for status, recommendation in made.items():
        successors = [made[Status.ISSUED]] if status == Status.SUPERSEDED else []
        record(recommendation, status=status, successors=successors, effective_on=date(2024, 5, 1))
    return made


def test_open_are_those_that_can_still_be_carried_out(of_each_status):
    assert set(Recommendation.objects.open()) == {of_each_status[status] for status in OPEN}


def test_for_groups_narrows_to_the_groups_given():
    group, other, third = WorkingGroupFactory.create_batch(3)
    ours, theirs = RecommendationFactory(group=group), RecommendationFactory(group=other)
    RecommendationFactory(group=third)

    assert set(Recommendation.objects.for_groups([group])) == {ours}
    assert set(Recommendation.objects.for_groups([group, other])) == {ours, theirs}


def test_for_no_groups_means_all_of_them():
    recommendations = RecommendationFactory.create_batch(2)

    assert set(Recommendation.objects.for_groups([])) == set(recommendations)


class TestStale:
    TODAY = date(2024, 7, 1)

    def stale(self, days):
        return set(Recommendation.objects.as_of(self.TODAY).stale(self.TODAY, days))

    def test_stale_are_those_not_heard_of_for_longer_than_the_days_given(self):
        recommendation = RecommendationFactory()
        record(recommendation, effective_on=self.TODAY - timedelta(days=30))

        assert self.stale(days=29) == {recommendation}
        assert self.stale(days=30) == set()

    def test_without_any_update_the_days_count_from_publication(self):
        recommendation = RecommendationFactory(document=DocumentFactory(published_on=self.TODAY - timedelta(days=30)))

        assert self.stale(days=29) == {recommendation}
        assert self.stale(days=30) == set()

    def test_what_is_closed_is_never_stale(self, of_each_status):
        assert self.stale(days=1) == {of_each_status[status] for status in OPEN}

    def test_stale_is_the_same_by_the_current_columns(self):
        recommendation = RecommendationFactory()
        record(recommendation, effective_on=self.TODAY - timedelta(days=30))
        now = Recommendation.objects.current()

        assert set(now.stale(self.TODAY, 29)) == {recommendation}
        assert set(now.stale(self.TODAY, 30)) == set()

    def test_more_days_than_there_are_dates_find_nothing(self):
        RecommendationFactory()

        assert self.stale(days=10**6) == set()


class TestAsOf:
    def test_what_was_not_yet_published_is_absent(self):
        recommendation = RecommendationFactory(document=DocumentFactory(published_on=date(2023, 9, 18)))

        assert list(Recommendation.objects.as_of(date(2023, 9, 17))) == []
        assert list(Recommendation.objects.as_of(date(2023, 9, 18))) == [recommendation]

    def test_before_its_first_update_it_stands_as_issued(self):
        record(RecommendationFactory(), status="implemented", effective_on=date(2024, 5, 1))

        before = Recommendation.objects.as_of(date(2024, 4, 30)).get()

        assert (before.effective_status, before.effective_is_open) == ("issued", True)
        assert (before.effective_update_id, before.effective_update_on) == (None, None)

    def test_from_an_update_on_it_stands_as_that_says(self):
        update = record(RecommendationFactory(), status="implemented", effective_on=date(2024, 5, 1))

        then = Recommendation.objects.as_of(date(2024, 5, 1)).get()

        assert (then.effective_status, then.effective_is_open) == ("implemented", False)
        assert (then.effective_update_id, then.effective_update_on) == (update.pk, date(2024, 5, 1))

    @pytest.mark.parametrize("visibility", ["members", "staff"])
    def test_what_only_some_may_read_is_in_no_view(self, visibility):
        recommendation = RecommendationFactory()
        record(recommendation, visibility=visibility)

        assert Recommendation.objects.as_of(date(2024, 5, 1)).get().effective_update_id is None

    def test_the_view_of_today_is_what_the_columns_say(self, of_each_status):
        shown = ["pk", "effective_status", "effective_is_open", "effective_update_id", "effective_update_on"]
        by_ledger = Recommendation.objects.as_of(date.max).values_list(*shown)

        assert set(by_ledger) == set(Recommendation.objects.current().values_list(*shown))

    def test_the_updates_shown_come_in_one_query(self, django_assert_num_queries):
        update = record(RecommendationFactory())
        silent = RecommendationFactory()
        recommendations = list(Recommendation.objects.current())

        with django_assert_num_queries(1):
            attach_updates(recommendations)

        shown = {each: each.effective_update for each in recommendations}
        assert shown == {update.recommendation: update, silent: None}


class TestCounts:
    def test_every_status_is_counted_even_where_none_stands(self):
        RecommendationFactory.create_batch(2)
        RecommendationFactory(status="implemented")

        counts = Recommendation.objects.current().count_by_status()

        assert counts == dict.fromkeys(Status.values, 0) | {"issued": 2, "implemented": 1}

    def test_an_order_does_not_split_the_counts(self):
        RecommendationFactory.create_batch(2)

        counts = Recommendation.objects.current().in_document_order().count_by_status()

        assert counts["issued"] == 2

    def test_counts_can_be_as_of_a_day(self, of_each_status):
        before = Recommendation.objects.as_of(date(2024, 4, 30)).count_by_status()
        then = Recommendation.objects.as_of(date(2024, 5, 1)).count_by_status()

        assert before == dict.fromkeys(Status.values, 0) | {"issued": len(Status)}
        assert then == dict.fromkeys(Status.values, 1)

    def test_counts_by_group_are_for_the_groups_that_have_any(self):
        group, other, _empty = WorkingGroupFactory.create_batch(3)
        RecommendationFactory(group=group, status="implemented")
        RecommendationFactory.create_batch(2, group=other)

        counts = Recommendation.objects.current().count_by_group_and_status()

        none = dict.fromkeys(Status.values, 0)
        assert counts == {group.pk: none | {"implemented": 1}, other.pk: none | {"issued": 2}}


class TestVisibleTo:
    @pytest.fixture(autouse=True)
    def _one_for_each_kind_of_reader(self):
        for visibility in ["public", "members", "staff"]:
            RecommendationFactory(document=DocumentFactory(visibility=visibility))

    @pytest.mark.parametrize(
        ("queryset", "path"),
        [
            (Recommendation.objects, "issue__topic__document__visibility"),
            (Issue.objects, "topic__document__visibility"),
            (Document.objects, "visibility"),
        ],
    )
    def test_each_reader_sees_what_is_meant_for_them(self, queryset, path):
        def seen_by(user):
            return set(queryset.visible_to(user).values_list(path, flat=True))

        assert seen_by(AnonymousUser()) == {"public"}
        assert seen_by(UserFactory()) == {"public", "members"}
        assert seen_by(UserFactory(is_staff=True)) == {"public", "members", "staff"}

    def test_public_is_what_everybody_sees(self):
        assert set(Recommendation.objects.public()) == set(Recommendation.objects.visible_to(AnonymousUser()))


def test_document_order_is_newest_document_first_then_as_printed():
    older, newer = (DocumentFactory(published_on=date(year, 1, 1)) for year in (2023, 2024))
    second = RecommendationFactory(document=older, issue__topic__group__position=2)
    first_10 = RecommendationFactory(document=older, issue__topic__group__position=1, code="2023-A-10", letter="b")
    first_9 = RecommendationFactory(issue=first_10.issue, code="2023-A-9", letter="a")
    latest = RecommendationFactory(document=newer)

    assert list(Recommendation.objects.in_document_order()) == [latest, first_9, first_10, second]


def test_every_status_is_either_open_or_closed():
    assert {*OPEN} | {*CLOSED} == {*Status}
    assert all(status.is_open == (status in OPEN) for status in Status)


@pytest.mark.parametrize(
    ("changes", "is_news"),
    [
        ({}, False),
        ({"what_en": "Work\r\nbegan. "}, False),
        ({"what_es": "Otra cosa."}, True),
        ({"status": "issued"}, True),
        ({"effective_on": date(2024, 5, 2)}, True),
        ({"dated_by_report": True}, True),
        ({"basis": "reported"}, True),
    ],
    ids=["the same", "the same words", "Spanish", "status", "day", "day of the report", "not verified"],
)
def test_news_leaves_out_what_only_confirms(changes, is_news):
    """The condition in SQL says the same as `Update.is_confirmation`."""
    fact = {"status": "in_progress", "what_en": "Work\nbegan.", "effective_on": date(2024, 5, 1)}
    earlier = record(RecommendationFactory(), basis="public_source", **fact)

    later = record(earlier.recommendation, **fact | {"reason_en": "Checked.", "corrects": earlier} | changes)

    assert later.is_confirmation != is_news
    assert list(Update.objects.news()) == [later if is_news else earlier]
