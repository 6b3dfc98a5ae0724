"""Briefing books: their content, and who may read what."""

from datetime import date

import pytest
from django.utils import timezone

from recommendations import confidence
from recommendations.models import NAMED_RULE, Recommendation
from recommendations.models.status import Status
from reviews.briefing import pdf
from reviews.models import Milestone
from tests.database import queries_of
from tests.factories import (
    AddresseeFactory,
    AssessmentFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    RecommendationFactory,
    SeriesFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)

from .books import TEXT_OF, book, entries, entry_of, pdf_text, squashed

pytestmark = pytest.mark.django_db


class TestWhatItHolds:
    def test_each_recommendation_once_under_its_group(self, milestone, paper):
        groups = [WorkingGroupFactory(name_en=name, position=place) for name, place in [("B", 2), ("A", 1)]]
        for number, group in enumerate([*groups, *groups]):
            issue = IssueFactory(topic__group=group, topic__document=paper)
            RecommendationFactory(code=f"2023-SB-{number}", issue=issue)
        RecommendationFactory()

        found = book(milestone)

        assert [(part.title, [entry.code for entry in part.entries]) for part in found.parts] == [
            ("A", ["2023-SB-1", "2023-SB-3"]),
            ("B", ["2023-SB-0", "2023-SB-2"]),
        ]

    def test_by_chapter_each_stands_in_full_once_and_is_pointed_to_elsewhere(self, milestone, paper):
        for code, links in [
            ("2023-SB-1", {7: False, 19: False}),
            ("2023-SB-2", {7: True, 19: False}),
            ("2023-SB-3", {}),
        ]:
            recommendation = RecommendationFactory(code=code, document=paper)
            for number, is_loose in links.items():
                chapter = ChapterFactory(number=number, title_en=f"Title {number}")
                ChapterLinkFactory(recommendation=recommendation, chapter=chapter, is_loose=is_loose)

        found = book(milestone, by="chapter")

        assert [
            (part.title, [entry.code for entry in part.entries], [item.code for item in part.cross_references])
            for part in found.parts
        ] == [
            ("Chapter 7: Title 7", ["2023-SB-1"], ["2023-SB-2"]),
            ("Chapter 19: Title 19", ["2023-SB-2"], ["2023-SB-1"]),
            ("No chapter of the agreement", ["2023-SB-3"], []),
        ]

    def test_where_no_document_was_prepared_it_holds_all_that_is_public(self, recommendation):
        RecommendationFactory(document=DocumentFactory(visibility="members"))

        found = book(MilestoneFactory())

        assert entry_of(found).code == recommendation.code
        assert found.scope.startswith("No document was prepared for this milestone.")

    def test_the_state_of_play_is_the_ledgers(self, milestone, paper):
        for status in ["in_progress", "in_progress", "implemented", None]:
            RecommendationFactory(document=paper, status=status)

        found = book(milestone)

        assert found.state_of_play.counts == dict.fromkeys(Status.values, 0) | {
            "issued": 1,
            "in_progress": 2,
            "implemented": 1,
        }
        assert found.state_of_play.counts == Recommendation.objects.current().count_by_status()
        assert (found.state_of_play.open, found.state_of_play.closed) == (3, 1)
        assert [sum(state_of_play.counts.values()) for state_of_play in found.by_group] == [1, 1, 1, 1]

    def test_of_the_real_data_nothing_is_missing(self, loaded):
        coming = Milestone.objects.get(slug="usmca-joint-review-2027")
        codes = sorted(Recommendation.objects.values_list("code", flat=True))

        for by in ["group", "chapter"]:
            assert sorted(entry.code for entry in entries(book(coming, timezone.localdate(), by))) == codes
        assert len(codes) == 41

    def test_each_document_that_it_draws_on_is_cited_once_with_its_address(self):
        papers = [
            DocumentFactory(title_en=title, url=f"https://example.org/{title}", published_on=date(year, 1, 1))
            for title, year in [("Second", 2024), ("First", 2023), ("Later", 2026)]
        ]
        for paper in [*papers, *papers]:
            RecommendationFactory(document=paper)

        assert [(source.title, source.url, source.day) for source in book(MilestoneFactory()).sources] == [
            ("First", "https://example.org/First", "January 1, 2023"),
            ("Second", "https://example.org/Second", "January 1, 2024"),
        ]

    def test_before_anything_was_published_it_says_so(self, milestone, recommendation):
        found = book(milestone, date(2020, 1, 1))

        assert (found.parts, found.state_of_play.total, found.documents) == ([], 0, [])
        assert found.scope == "No document prepared for it had been published by that day."
        for format_, text_of in TEXT_OF.items():
            assert squashed("No recommendation had been published by this day.") in text_of(format_.render(found))

    def test_the_number_of_queries_does_not_depend_on_how_much_there_is(self, milestone, paper):
        MilestoneFactory(series=milestone.series, day=date(2024, 1, 1), state="held")

        def grow(more):
            for _ in range(more):
                recommendation = RecommendationFactory(document=paper)
                record(recommendation, status="in_progress")
                AddresseeFactory(recommendation=recommendation)
                ChapterLinkFactory(recommendation=recommendation)

        def make():
            book(Milestone.objects.select_related("series").get(pk=milestone.pk))

        grow(2)
        few = queries_of(make)
        grow(20)

        assert queries_of(make) == few


class TestAsOf:
    def test_it_shows_the_past_as_it_was(self, milestone, recommendation):
        record(recommendation, status="in_progress", effective_on=date(2024, 5, 1), what_en="Begun.")
        record(recommendation, status="implemented", effective_on=date(2025, 5, 1), what_en="Done.")
        RecommendationFactory(code="2025-SB-1", document=DocumentFactory(published_on=date(2025, 1, 1)))
        milestone.documents.add(Recommendation.objects.get(code="2025-SB-1").document)

        then = book(milestone, date(2024, 12, 31))

        assert (entry_of(then).status, [event.description for event in entry_of(then).events]) == (
            "in_progress",
            ["Begun."],
        )
        assert (then.as_of, then.documents) == (
            "As of December 31, 2024",
            [f"The paper. {milestone.documents.get(title_en='The paper').publisher.name}, September 18, 2023"],
        )
        assert [entry.status for entry in entries(book(milestone))] == ["implemented", "issued"]

    def test_an_answer_that_came_later_is_still_awaited(self, milestone, recommendation):
        AddresseeFactory(
            recommendation=recommendation,
            answer="accepted",
            answer__effective_on=date(2025, 1, 2),
        )

        [addressee] = entry_of(book(milestone, date(2025, 1, 1))).addressees
        assert (addressee.answer, addressee.sources) == ("Awaiting response", [])


class TestWhoMayRead:
    @pytest.fixture
    def internal(self, milestone, recommendation):
        """A document for members and an update for staff, neither public."""
        internal = DocumentFactory(visibility="members")
        milestone.documents.add(internal)
        record(recommendation, visibility="staff", what_en="Only for staff.", status="issued")
        return RecommendationFactory(code="2023-ZZ-9", document=internal, title_en="Only for members")

    def test_what_is_not_public_is_in_no_public_book(self, milestone, internal):
        found = book(milestone)

        assert [entry.code for entry in entries(found)] == ["2023-SB-1"]
        assert found.warning == ""
        for format_, text_of in TEXT_OF.items():
            assert "Onlyfor" not in text_of(format_.render(found))

    def test_a_book_for_members_says_that_it_is_not_to_go_round(self, milestone, internal):
        found = book(milestone, user=UserFactory())

        assert {entry.code for entry in entries(found)} == {"2023-SB-1", "2023-ZZ-9"}
        assert found.warning == "Not for circulation: contains nonpublic material"
        for format_, text_of in TEXT_OF.items():
            assert squashed(found.warning) in text_of(format_.render(found))

    def test_rows_of_the_ledger_are_public_ones_even_for_staff(self, milestone, internal):
        found = book(milestone, user=UserFactory(is_staff=True))

        assert "Only for staff." not in repr(found)


class TestChanges:
    @pytest.fixture
    def last(self, milestone):
        return MilestoneFactory(series=milestone.series, name_en="Second meeting", day=date(2025, 1, 15), state="held")

    def test_it_shows_what_changed_since_the_last_milestone_that_was_held(self, milestone, last, recommendation, paper):
        MilestoneFactory(series=milestone.series, day=date(2025, 3, 1), state="cancelled")
        MilestoneFactory(series=SeriesFactory(), day=date(2025, 3, 1), state="held")
        record(recommendation, effective_on=date(2025, 1, 15), status="under_consideration")
        record(recommendation, effective_on=date(2025, 2, 1), status="in_progress", what_en="Begun.")
        record(recommendation, effective_on=date(2025, 4, 1), status="in_progress", what_en="Goes on.")
        still = RecommendationFactory(document=paper, code="2023-SB-2")
        record(still, effective_on=date(2024, 4, 1), status="in_progress")

        found = book(milestone)

        assert found.changes_title == "Changes since Second meeting (January 15, 2025)"
        assert found.changes_note == (
            "Since the last milestone of the series after which a status changed or a document was published."
        )
        [group] = found.changes
        [change] = group.changes
        assert (group.kind, change.code) == ("Moved forward", "2023-SB-1")
        assert (change.before, change.after) == ("under_consideration", "in_progress")
        assert ([event.description for event in change.events], change.more) == (["Begun."], "1 more update")

    @pytest.mark.parametrize(
        ("language", "text"),
        [("en", "2 more updates · See page"), ("es", "2 actualizaciones más · Ver la página")],
    )
    def test_what_is_left_out_is_counted_and_leads_to_its_page(self, milestone, last, recommendation, language, text):
        for month in (2, 3, 4):
            record(recommendation, effective_on=date(2025, month, 1), status="in_progress")

        assert squashed(text) in pdf_text(pdf.render(book(milestone, language=language)))

    def test_a_new_recommendation_has_no_update_beside_it(self, milestone, last):
        fresh = DocumentFactory(published_on=date(2025, 2, 1))
        milestone.documents.add(fresh)
        record(RecommendationFactory(document=fresh, code="2025-SB-1"), effective_on=date(2025, 3, 1))

        [group] = book(milestone).changes
        [change] = group.changes
        assert (group.kind, change.code, change.events) == ("New", "2025-SB-1", [])

    def test_it_goes_back_to_a_milestone_after_which_something_changed(self, milestone, last, recommendation):
        MilestoneFactory(series=milestone.series, name_en="First meeting", day=date(2024, 3, 1), state="held")
        record(recommendation, effective_on=date(2024, 4, 1), status="in_progress")
        elsewhere = RecommendationFactory(code="2023-ZZ-9")  # of no document that was prepared for this milestone
        record(elsewhere, effective_on=date(2025, 2, 1), status="in_progress")

        found = book(milestone)

        assert found.changes_title == "Changes since First meeting (March 1, 2024)"
        assert [change.code for group in found.changes for change in group.changes] == ["2023-SB-1"]

    def test_when_no_milestone_came_before_it_goes_back_a_while(self, milestone, recommendation):
        record(recommendation, effective_on=date(2025, 4, 1), status="in_progress")

        found = book(milestone)

        assert found.changes_title == "Changes since January 1, 2025"
        assert found.changes_note == "No milestone of the series precedes the latest status change or publication."
        assert [change.code for group in found.changes for change in group.changes] == ["2023-SB-1"]

    def test_when_nothing_changed_it_says_so(self, milestone):
        assert book(milestone).changes_note == "Nothing changed in this period."


class TestBasis:
    """Of an update from a public source, which most are, the notes on method tell once; others tell it themselves."""

    @pytest.fixture
    def mention(self, milestone):
        return lambda: [text for text in book(milestone).method if text.startswith("It is based on")]

    def test_where_there_are_no_updates_nothing_is_said(self, mention, recommendation):
        assert mention() == []

    def test_where_all_are_from_public_sources_it_is_said_once(self, mention, milestone, recommendation):
        record(recommendation, effective_on=date(2024, 4, 1), basis="public_source")
        record(recommendation, effective_on=date(2024, 5, 1), basis="public_source")

        assert mention() == ["It is based on 2 updates, all from public sources, that staff has not yet verified."]
        assert [event.notes for event in entry_of(book(milestone)).events] == [[], []]

    def test_the_others_say_it_themselves(self, mention, milestone, recommendation):
        record(recommendation, effective_on=date(2024, 4, 1), basis="public_source")
        record(recommendation, effective_on=date(2024, 5, 1), basis="verified")

        [text] = mention()
        assert text.startswith("It is based on 2 updates. Of these, 1 ")
        assert [event.notes for event in entry_of(book(milestone)).events] == [["Verified by staff"], []]


def test_the_notes_on_method_say_by_which_rule_an_addressee_is_our_reading(milestone, recommendation):
    assert str(NAMED_RULE) in book(milestone).method


def test_the_notes_on_method_say_up_to_when_sources_were_read_where_that_is_known(milestone, recommendation):
    assert not [text for text in book(milestone).method if text.startswith("Public sources")]

    document = recommendation.document
    document.sources_read_on = date(2026, 7, 2)
    document.save()

    assert "Public sources were read through July 2, 2026." in book(milestone).method


class TestWhyItStandsWhereItDoes:
    def test_a_book_of_today_says_it(self, milestone, recommendation):
        AssessmentFactory(recommendation=recommendation)

        outlook = {fact.label: fact.text for fact in entry_of(book(milestone, day=timezone.localdate())).outlook}

        assert outlook == {
            "Why this status": "Work began on May 1, 2024. Not yet reviewed by staff.",
            "What remains": "Half of it.",
            "What would move it forward": "The other half.",
            "What would move it backward": "The end of the work.",
            "Confidence": "Low",
            "Testability": "Measurable. It can be counted.",
        }

    def test_without_an_assessment_it_gives_the_confidence_alone(self, milestone, recommendation):
        record(recommendation)

        [fact] = entry_of(book(milestone, day=timezone.localdate())).outlook

        assert (fact.label, fact.text) == ("Confidence", "Low")

    def test_a_book_of_a_past_day_does_not(self, milestone, recommendation):
        AssessmentFactory(recommendation=recommendation)

        assert entry_of(book(milestone)).outlook == []

    def test_the_rule_of_confidence_is_among_the_rules(self, milestone, recommendation):
        assert {str(rule) for rule in confidence.RULES} <= set(book(milestone).rules)
