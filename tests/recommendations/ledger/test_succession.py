"""Superseded by one or several; chains are followed, and loops are refused, in the database too."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from recommendations.ledger.succession import succession
from recommendations.models import Recommendation, Update
from tests.database import (
    check_what_waits_for_the_commit,
    in_another_connection,
    refused,
    sql,
    wait_until_somebody_waits_for_us,
)
from tests.factories import RecommendationFactory, record

from .by_sql import insert_succession, insert_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def abcd():
    return [RecommendationFactory(code=f"2023-A-{number}") for number in range(1, 5)]


def supersede(recommendation, *successors, **fields) -> Update:
    return record(recommendation, status="superseded", successors=successors, **fields)


def chain(recommendation, day=None) -> list:
    """What took its place, as nested pairs of a code and what took the place of that."""

    def pairs(successors):
        return [(found.code, pairs(found.successors_shown)) for found in successors]

    return pairs(succession(recommendation, Recommendation.objects.all(), day))


class TestChains:
    def test_one_row_names_several(self, abcd):
        a, b, c, _d = abcd
        update = supersede(a, c, b)

        assert set(update.successors.all()) == {b, c}
        assert chain(a) == [("2023-A-2", []), ("2023-A-3", [])]

    def test_they_are_followed(self, abcd):
        a, b, c, d = abcd
        supersede(a, b, c)
        supersede(b, d)

        assert chain(a) == [("2023-A-2", [("2023-A-4", [])]), ("2023-A-3", [])]
        assert chain(c) == []

    def test_what_took_the_place_of_two_is_named_after_both(self, abcd):
        a, b, c, d = abcd
        supersede(a, b, c)
        supersede(b, d)
        supersede(c, d)

        assert chain(a) == [("2023-A-2", [("2023-A-4", [])]), ("2023-A-3", [("2023-A-4", [])])]

    def test_on_a_day_they_are_those_of_the_day(self, abcd):
        a, b, c, _d = abcd
        supersede(a, b, effective_on=date(2024, 3, 1))
        supersede(b, c, effective_on=date(2024, 6, 1))

        assert [chain(a, date(2024, month, 1)) for month in (2, 3, 6)] == [
            [],
            [("2023-A-2", [])],
            [("2023-A-2", [("2023-A-3", [])])],
        ]

    def test_a_corrected_row_leads_nowhere(self, abcd):
        a, b, c, _d = abcd
        wrong = supersede(a, b)
        supersede(a, c, corrects=wrong, reason_en="The other one.")

        assert chain(a) == [("2023-A-3", [])]

    def test_a_loop_of_the_past_ends_where_it_began(self, abcd):
        a, b, *_others = abcd
        supersede(a, b, effective_on=date(2024, 3, 1))
        record(a, status="issued", effective_on=date(2024, 6, 1), reason_en="Asked anew.")
        supersede(b, a, effective_on=date(2024, 4, 1))

        assert chain(a, date(2024, 5, 1)) == [("2023-A-2", [])]
        assert chain(b) == [("2023-A-1", [])]

    def test_two_queries_tell_a_chain_of_any_length(self, abcd, django_assert_num_queries):
        for earlier, later in pairwise(abcd):
            supersede(earlier, later)

        with django_assert_num_queries(2):
            assert len(chain(abcd[0])) == 1


class TestLoops:
    def test_what_is_superseded_takes_nobodys_place_in_turn(self, abcd):
        a, b, c, _d = abcd
        supersede(a, b)
        supersede(b, c)

        with pytest.raises(
            ValidationError, match="2023-A-1 has itself been superseded by 2023-A-3, directly or through others"
        ):
            supersede(c, a)
        assert Recommendation.objects.get(pk=c.pk).status == "issued"

    def test_one_of_several_is_enough(self, abcd):
        a, b, c, _d = abcd
        supersede(a, b)

        with pytest.raises(ValidationError, match="2023-A-1 has itself been superseded by 2023-A-2"):
            supersede(b, c, a)

    def test_a_correction_that_brings_an_earlier_succession_back_is_refused(self, abcd):
        a, b, *_others = abcd
        supersede(a, b, effective_on=date(2024, 3, 1))
        reopened = record(a, status="issued", effective_on=date(2024, 6, 1), reason_en="Asked anew.")
        supersede(b, a, effective_on=date(2024, 7, 1))

        with pytest.raises(ValidationError, match="2023-A-2 has itself been superseded by 2023-A-1"):
            record(
                a, status="issued", effective_on=date(2024, 1, 1), corrects=reopened, reason_en="It was not reopened."
            )

    def test_the_database_refuses_them_too(self, abcd):
        a, b, c, _d = abcd
        supersede(a, b)
        supersede(b, c)
        check_what_waits_for_the_commit()

        with refused("succession_has_no_loop"):
            insert_succession(insert_update(c, status="superseded"), a)

    @pytest.mark.django_db(transaction=True)
    def test_two_who_name_each_other_at_once_make_none(self):
        a, b = RecommendationFactory.create_batch(2)

        def name(earlier, later):
            with transaction.atomic():
                insert_succession(insert_update(earlier, status="superseded"), later)

        with ThreadPoolExecutor() as pool:
            with transaction.atomic():
                insert_succession(insert_update(a, status="superseded"), b)
                check_what_waits_for_the_commit()
                other = pool.submit(in_another_connection, name, b, a)
                wait_until_somebody_waits_for_us()
            with pytest.raises(IntegrityError, match="not itself superseded"):
                other.result()


class TestRowsNeverChange:
    @pytest.mark.parametrize(
        "change", ["UPDATE recommendations_succession SET id = id + 1000", "DELETE FROM recommendations_succession"]
    )
    def test_a_successor_is_never_changed_or_removed(self, abcd, change):
        supersede(*abcd[:2])

        with refused("ledger_rows_never_change"):
            sql(change)

    def test_they_are_never_emptied(self, abcd):
        supersede(*abcd[:2])
        check_what_waits_for_the_commit()

        with refused("ledger_is_never_emptied"):
            sql("TRUNCATE recommendations_succession")

    @pytest.mark.django_db(transaction=True)
    def test_none_is_added_to_an_update_of_another_transaction(self):
        a, b, c = RecommendationFactory.create_batch(3)
        update = supersede(a, b)

        with refused("comes_with_its_update"):
            insert_succession(update, c)


def test_the_record_follows_the_chain_at_its_head(client, abcd):
    a, b, c, d = abcd
    supersede(a, b, c)
    supersede(b, d)

    page = client.get("/recommendations/2023-A-1/").content.decode()
    head = " ".join(page[: page.index('class="record ')].split())

    assert head.index("Superseded by") < head.index("2023-A-2") < head.index("which was superseded by")
    assert head.index("which was superseded by") < head.index("2023-A-4") < head.index("2023-A-3")


def test_the_record_as_of_an_earlier_day_does_not(client, abcd):
    supersede(*abcd[:2], effective_on=date(2024, 3, 1))

    assert "Superseded by" not in client.get("/recommendations/2023-A-1/?as_of=2024-02-29").content.decode()
