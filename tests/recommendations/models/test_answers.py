"""What those who are asked have answered: rows by one door, and which of them stands on a day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from recommendations.models import Addressee, Answer, AnswerKind
from tests.factories import AddresseeFactory, DocumentFactory, OrganizationFactory, record_answer

pytestmark = pytest.mark.django_db

MARCH, JUNE = date(2024, 3, 10), date(2024, 6, 20)


@pytest.fixture
def addressee():
    return AddresseeFactory()


def kind_on(addressee, day=None) -> str | None:
    """What it has answered as far as a page of that day shows it."""
    found = Addressee.objects.with_answers(day).get(pk=addressee.pk).answer
    return found and found.kind


class TestWhichAnswerStands:
    def test_an_answer_that_was_changed_in_june_is_that_of_march_until_then(self, addressee):
        record_answer(addressee, "accepted", effective_on=MARCH)
        record_answer(addressee, "not_accepted", effective_on=JUNE)

        days = [MARCH - timedelta(1), MARCH, date(2024, 4, 15), JUNE - timedelta(1), JUNE, None]
        assert [kind_on(addressee, day) for day in days] == [
            None,
            "accepted",
            "accepted",
            "accepted",
            "not_accepted",
            "not_accepted",
        ]

    def test_it_goes_by_when_they_answered_and_not_by_when_it_was_recorded(self, addressee):
        record_answer(addressee, "not_accepted", effective_on=JUNE)
        record_answer(addressee, "accepted", effective_on=MARCH)

        assert (kind_on(addressee, date(2024, 4, 15)), kind_on(addressee)) == ("accepted", "not_accepted")

    def test_of_one_day_that_which_was_recorded_last_stands(self, addressee):
        record_answer(addressee, "noted", effective_on=MARCH)
        record_answer(addressee, "accepted", effective_on=MARCH)

        assert kind_on(addressee) == "accepted"

    @pytest.mark.parametrize(
        ("precision", "counts_from"),
        [("month", date(2024, 3, 31)), ("quarter", date(2024, 3, 31)), ("year", date(2024, 12, 31))],
    )
    def test_of_a_period_it_counts_from_its_last_day(self, addressee, precision, counts_from):
        answer = record_answer(addressee, effective_on=MARCH, precision=precision)

        assert answer.counts_from == counts_from
        assert kind_on(addressee, counts_from - timedelta(1)) is None
        assert kind_on(addressee, counts_from) == "accepted"

    def test_a_correction_takes_the_place_of_the_row_in_every_view(self, addressee):
        wrong = record_answer(addressee, "accepted", effective_on=MARCH)
        record_answer(addressee, "noted", effective_on=MARCH, corrects=wrong, reason_en="A misreading.")

        assert kind_on(addressee, MARCH) == "noted"
        assert Answer.objects.count() == 2

    def test_a_row_that_should_never_have_been_is_taken_back(self, addressee):
        wrong = record_answer(addressee, "accepted", effective_on=MARCH)
        record_answer(addressee, "retracted", effective_on=MARCH, corrects=wrong, reason_en="Of another office.")

        assert kind_on(addressee) is None
        assert not Addressee.objects.answered().exists()

    @pytest.mark.parametrize("visibility", ["members", "staff"])
    def test_what_is_not_public_is_no_answer_to_the_public(self, addressee, visibility):
        record_answer(addressee, "accepted", effective_on=MARCH)
        record_answer(addressee, "not_accepted", effective_on=JUNE, visibility=visibility)

        assert kind_on(addressee) == "accepted"

    def test_each_addressee_has_its_own(self, addressee):
        other = AddresseeFactory(recommendation=addressee.recommendation)
        record_answer(addressee, "accepted")
        record_answer(other, "noted")

        assert (kind_on(addressee), kind_on(other)) == ("accepted", "noted")

    def test_two_queries_tell_them_for_any_number(self, addressee, django_assert_num_queries):
        for _ in range(3):
            record_answer(AddresseeFactory(recommendation=addressee.recommendation))

        with django_assert_num_queries(2):
            assert [found.answer is not None for found in Addressee.objects.with_answers()] == [False, True, True, True]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"kind": "shrugged"}, "not a valid choice"),
            ({"said_en": ""}, "This field cannot be blank"),
            ({"source_title": ""}, "This field cannot be blank"),
            ({"source_publisher": ""}, "This field cannot be blank"),
            ({"source_url": ""}, "This field cannot be blank"),
            ({"effective_on": timezone.localdate() + timedelta(1)}, "This date is in the future"),
            ({"effective_on": date(2023, 9, 17)}, "The recommendation was published later"),
            ({"kind": "retracted"}, "Only a correction can say that an earlier entry was recorded by mistake"),
        ],
    )
    def test_an_answer_says_what_it_must(self, addressee, fields, reason):
        with pytest.raises(ValidationError, match=reason):
            record_answer(addressee, **fields)

        assert not Answer.objects.exists()

    def test_a_correction_says_why(self, addressee):
        with pytest.raises(ValidationError, match="Explain why the earlier entry is being corrected"):
            record_answer(addressee, corrects=record_answer(addressee))

    def test_a_row_is_corrected_once(self, addressee):
        wrong = record_answer(addressee)
        record_answer(addressee, corrects=wrong, reason_en="A misreading.")

        with pytest.raises(ValidationError, match="That entry has already been replaced by another"):
            record_answer(addressee, corrects=wrong, reason_en="A misreading.")

    def test_a_correction_stays_with_its_addressee_and_its_readers(self, addressee):
        of_another = record_answer(AddresseeFactory(recommendation=addressee.recommendation))
        for_staff = record_answer(addressee, visibility="staff")

        for wrong in (of_another, for_staff):
            with pytest.raises(ValidationError, match="must be for the same addressee and visible to the same readers"):
                record_answer(addressee, corrects=wrong, reason_en="A misreading.")


def test_all_kinds_of_answer_can_be_recorded(addressee):
    for kind in AnswerKind:
        corrects = record_answer(addressee) if kind == "retracted" else None
        assert record_answer(addressee, kind, corrects=corrects, reason_en="A reason.").kind == kind


def test_who_has_answered_neither_goes_nor_becomes_another(addressee):
    record_answer(addressee)

    with pytest.raises(ProtectedError):
        addressee.delete()
    addressee.organization = OrganizationFactory()
    with pytest.raises(ValidationError, match="It has answered and cannot be replaced"):
        addressee.full_clean()


def test_a_document_is_not_published_after_it_was_answered():
    document = DocumentFactory()
    record_answer(AddresseeFactory(recommendation__document=document), effective_on=MARCH)
    document.published_on = MARCH + timedelta(1)

    with pytest.raises(ValidationError, match="The ledger begins on March 10, 2024"):
        document.full_clean()
