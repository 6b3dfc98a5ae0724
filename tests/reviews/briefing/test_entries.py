"""Entries of a briefing book."""

from datetime import date

import pytest

from tests.factories import SOURCE, AddresseeFactory, OrganizationFactory, record

from .books import book, entry_of

pytestmark = pytest.mark.django_db


class TestEntry:
    def test_the_latest_three_updates_are_shown_and_the_rest_counted(self, milestone, recommendation):
        for month in range(1, 6):
            record(recommendation, effective_on=date(2025, month, 1), what_en=f"In month {month}.")

        entry = entry_of(book(milestone))

        assert [event.description for event in entry.events] == ["In month 5.", "In month 4.", "In month 3."]
        assert entry.earlier == "2 earlier updates:"

    def test_an_update_has_its_evidence(self, milestone, recommendation):
        record(recommendation, evidence=[SOURCE | {"published_on": date(2024, 4, 30)}])

        [event] = entry_of(book(milestone)).events
        [source] = event.sources
        assert (source.publisher, source.title, source.url, source.day) == (
            "A gazette",
            "A source",
            "https://example.org/source",
            "April 30, 2024",
        )

    def test_since_is_when_it_came_to_stand_where_it_stands(self, milestone, recommendation):
        record(recommendation, status="in_progress", effective_on=date(2024, 2, 1), precision="month")
        record(recommendation, status="in_progress", effective_on=date(2024, 8, 5))

        entry = entry_of(book(milestone))

        assert (entry.status, entry.since) == ("in_progress", "since February 2024")
        assert [(event.previous, event.status) for event in entry.events] == [
            ("", "in_progress"),
            ("issued", "in_progress"),
        ]

    def test_what_never_moved_is_issued_since_its_publication(self, milestone, recommendation):
        record(recommendation, status="issued", effective_on=date(2024, 2, 1))

        assert entry_of(book(milestone)).since == "since September 18, 2023"

    def test_a_corrected_update_is_left_out_and_its_correction_says_so(self, milestone, recommendation):
        wrong = record(recommendation, status="implemented", what_en="A slip.")
        record(recommendation, status="in_progress", what_en="So it is.", corrects=wrong, reason_en="Misread.")

        [event] = entry_of(book(milestone)).events
        assert (event.description, event.previous) == ("So it is.", "issued")
        assert event.notes[:2] == ["Corrects an earlier entry", "Reason: Misread."]

    def test_it_names_who_was_asked_and_what_they_answered(self, milestone, recommendation):
        anam = OrganizationFactory(name_en="Customs Agency", acronym="ANAM")
        AddresseeFactory(
            recommendation=recommendation,
            organization=anam,
            answer="accepted",
            answer__effective_on=date(2025, 1, 2),
            answer__source_url="https://example.org/answer",
        )
        AddresseeFactory(recommendation=recommendation, organization__name_en="Senate", is_named=False)

        first, second = entry_of(book(milestone)).addressees

        assert (first.name, first.answer) == ("Customs Agency (ANAM)", "Accepted, January 2, 2025: We agree.")
        assert first.sources[0].url == "https://example.org/answer"
        assert (second.name, second.answer, second.sources) == ("Senate, our reading", "Awaiting response", [])

    def test_it_is_in_the_language_asked_for(self, milestone, recommendation):
        record(recommendation, status="in_progress")

        found = book(milestone, language="es")

        assert (found.language, found.milestone, found.status_labels["in_progress"]) == (
            "es",
            "Tercera reunión",
            "En proceso",
        )
        assert entry_of(found).title == recommendation.title_es
        assert entry_of(found).url == "https://tracker.example/es/recommendations/2023-SB-1/"
        assert entry_of(found).events[0].description == "Algo pasó."
