"""Both files of a briefing book, PDF and Word."""

from datetime import date

import pytest
from django.utils import timezone

from recommendations.models.status import Status
from reviews.briefing import docx, pdf
from reviews.models import Milestone
from tests.factories import (
    SOURCE,
    AddresseeFactory,
    AssessmentFactory,
    ChapterFactory,
    ChapterLinkFactory,
    MilestoneFactory,
    RecommendationFactory,
    record,
)

from .books import TEXT_OF, book, entries, squashed

pytestmark = pytest.mark.django_db

both_formats = pytest.mark.parametrize("format_", [pdf, docx], ids=["pdf", "docx"])
MARKUP = '#set page(fill: red) $x^2$ *bold* _it_ @ref <label> \\ `raw` // c /* d */ = H ~ "q" {{ x }} &amp; áéñ¿'


class TestFiles:
    @pytest.fixture
    def full_milestone(self, milestone, paper):
        """A milestone with a recommendation at each status but one, and something in each place."""
        MilestoneFactory(series=milestone.series, name_en="Second meeting", day=date(2024, 1, 15), state="held")
        for number, status in enumerate(status for status in Status if status != Status.SUPERSEDED):
            recommendation = RecommendationFactory(document=paper, code=f"2023-SB-{number}", priority=number == 0)
            url = f"https://example.org/{'a-long-way/' * 8}{number}?q=á&x=%20#part"
            record(recommendation, status=status, evidence=[SOURCE | {"url": url, "title": f"Source {number}"}])
            AddresseeFactory(recommendation=recommendation)
            ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=7))
        return milestone

    @both_formats
    @pytest.mark.parametrize("by", ["group", "chapter"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_everything_in_the_book_is_in_the_file(self, full_milestone, format_, by, language):
        found = book(full_milestone, by=by, language=language)

        text = TEXT_OF[format_](format_.render(found))

        expected = [found.milestone, found.when, found.series, found.as_of, found.scope, found.totals, found.publisher]
        expected += [*found.documents, found.state_of_play_title, found.changes_title, *found.method, *found.rules]
        expected += [definition.text for definition in found.definitions]
        expected += [part for source in found.sources for part in (source.publisher, source.title, source.shown_url)]
        expected += [group.kind for group in found.changes]
        expected += [state_of_play.name for state_of_play in found.by_group] + [part.title for part in found.parts]
        for entry in entries(found):
            expected += [entry.code, entry.title, entry.since, entry.summary, entry.success_test, entry.topic]
            expected += [
                found.status_labels[entry.status],
                *entry.chapters,
                *[part for fact in entry.outlook for part in (fact.label, fact.text)],
                *[addressee.name for addressee in entry.addressees],
            ]
            for event in entry.events:
                expected += [event.day, event.description, *event.notes]
                expected += [
                    part for source in event.sources for part in (source.publisher, source.title, source.shown_url)
                ]
        assert [passage for passage in expected if squashed(passage) not in text] == []

    @both_formats
    def test_why_each_stands_where_it_does_is_in_the_file_of_today(self, milestone, recommendation, format_):
        AssessmentFactory(recommendation=recommendation)
        found = book(milestone, day=timezone.localdate())

        text = TEXT_OF[format_](format_.render(found))

        [entry] = entries(found)
        expected = [part for fact in entry.outlook for part in (fact.label, fact.text)]
        assert len(expected) == 12
        assert [passage for passage in expected if squashed(passage) not in text] == []

    @both_formats
    def test_the_same_book_gives_the_same_bytes(self, full_milestone, format_):
        assert format_.render(book(full_milestone)) == format_.render(book(full_milestone))

    @both_formats
    def test_markup_in_the_data_is_text(self, milestone, recommendation, format_):
        word = "Pneumono" * 20
        recommendation = RecommendationFactory(
            document=recommendation.document,
            title_en=MARKUP,
            summary_en=f"{MARKUP} {word}",
            success_test_en="e\x0bnd\ufffe\n\nnew",
        )
        Milestone.objects.update(name_en=MARKUP)
        milestone.refresh_from_db()
        source = {"title": MARKUP * 2, "publisher": MARKUP, "url": f"https://example.org/{'u' * 300}?#$*@<"}
        record(recommendation, what_en=MARKUP, evidence=[source])

        text = TEXT_OF[format_](format_.render(book(milestone)))

        assert text.count(squashed(MARKUP)) >= 7
        assert word in text
        assert squashed(source["url"]) in text
        assert "endnew" in text
