"""Where a briefing book is found."""

from datetime import timedelta
from functools import partial
from unittest.mock import Mock

import pytest
from django.core.cache import caches
from django.utils import timezone

from reviews.briefing import views
from tests.factories import MilestoneFactory, RecommendationFactory
from tests.reading import text

pytestmark = pytest.mark.django_db


class TestAddress:
    @pytest.mark.parametrize(
        ("extension", "content_type", "begins"),
        [
            ("pdf", "application/pdf", b"%PDF-"),
            ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ],
    )
    @pytest.mark.parametrize("prefix", ["", "/es"])
    def test_it_is_a_file_with_a_name(self, client, milestone, recommendation, prefix, extension, content_type, begins):
        response = client.get(f"{prefix}/milestones/meeting/briefing.{extension}?as_of=2024-05-01&by=chapter")

        assert response["Content-Type"] == content_type
        assert response["Content-Disposition"] == f'attachment; filename="briefing-meeting-2024-05-01.{extension}"'
        assert response.content.startswith(begins)

    @pytest.mark.parametrize("query", ["", "?as_of=&by="])
    def test_it_is_as_of_today_if_no_day_is_given(self, client, milestone, recommendation, query):
        response = client.get(f"/milestones/meeting/briefing.docx{query}")

        assert f"briefing-meeting-{timezone.localdate().isoformat()}.docx" in response["Content-Disposition"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("as_of=yesterday", "Enter the date in the format 2025-04-29."),
            ("as_of=2025-02-30&by=chapter", "Enter the date in the format 2025-04-29."),
            (f"as_of={timezone.localdate() + timedelta(days=2)}", "This date is in the future."),
        ],
    )
    @pytest.mark.parametrize("extension", ["pdf", "docx"])
    def test_of_a_wrong_day_there_is_a_page_that_asks_for_another(self, client, milestone, query, words, extension):
        response = client.get(f"/milestones/meeting/briefing.{extension}?{query}")

        assert response.status_code == 400
        assert words in text(response)
        assert f'<a href="/milestones/meeting/briefing.{extension}">See how things stand now</a>' in text(response)

    def test_an_order_that_is_not_known_is_said(self, client, milestone):
        response = client.get("/milestones/meeting/briefing.pdf?by=colour")

        assert response.status_code == 400
        assert text(response) == "by: Select a valid choice. colour is not one of the available choices.\n"

    @pytest.mark.parametrize("address", ["nowhere/briefing.pdf", "meeting/briefing.odt", "meeting/briefing.pdf/"])
    def test_nothing_else_is_there(self, client, milestone, address):
        assert client.get(f"/milestones/{address}").status_code == 404

    def test_the_page_of_the_milestone_leads_to_it(self, client, milestone, recommendation):
        page = client.get("/milestones/meeting/").content.decode()

        assert 'action="/milestones/meeting/briefing.pdf"' in page
        assert 'formaction="/milestones/meeting/briefing.docx"' in page

    def test_the_page_of_the_milestone_says_whose_recommendations_are_counted(self, client, milestone, recommendation):
        RecommendationFactory()

        page = text(client.get("/milestones/meeting/"))

        assert "The bars count only the one recommendation that is made there" in page
        assert "It contains only the recommendations in: <cite>The paper</cite>." in page

    def test_the_page_of_the_milestone_says_what_there_is_none_of(self, client):
        page = text(client.get(MilestoneFactory().get_absolute_url()))

        assert "No document was prepared for it." in page
        assert "Because no document was prepared for this milestone, it contains all public recommendations." in page


class TestCost:
    @pytest.fixture
    def made(self, monkeypatch):
        """The formats that were made, in place of files."""
        made = []
        for extension, (_make, content_type) in views.FORMATS.items():
            make = partial(_note, made, extension)
            monkeypatch.setitem(views.FORMATS, extension, (make, content_type))
        return made

    @pytest.mark.django_db(transaction=True)  # inside a transaction, nothing is stored
    @pytest.mark.parametrize("extension", ["pdf", "docx"])
    def test_the_same_book_is_made_once(self, client, milestone, recommendation, made, extension):
        caches["pages"].clear()
        address = f"/milestones/meeting/briefing.{extension}"

        answers = [client.get(address).content for _ in range(2)]
        client.get(f"{address}?by=chapter")
        client.get(f"/es{address}")

        assert answers[0] == answers[1]
        assert made == [extension] * 3

    @pytest.mark.django_db(transaction=True)
    def test_it_is_made_anew_after_a_write(self, client, milestone, recommendation, made):
        caches["pages"].clear()
        client.get("/milestones/meeting/briefing.pdf")
        milestone.save()

        client.get("/milestones/meeting/briefing.pdf")

        assert made == ["pdf"] * 2

    @pytest.mark.parametrize(
        ("prefix", "words"), [("", "Other briefing books are being prepared"), ("/es", "otras carpetas")]
    )
    def test_while_two_are_made_others_are_told_to_come_back(self, client, milestone, made, prefix, words):
        with views.BOOKS_AT_ONCE, views.BOOKS_AT_ONCE:
            response = client.get(f"{prefix}/milestones/meeting/briefing.pdf")

        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert words in text(response)
        assert client.get(f"{prefix}/milestones/meeting/briefing.pdf").status_code == 200

    def test_one_that_fails_makes_way_for_the_next(self, client, milestone, monkeypatch):
        monkeypatch.setattr(views, "make_book", Mock(side_effect=RecursionError))
        for _ in range(3):
            with pytest.raises(RecursionError):
                client.get("/milestones/meeting/briefing.pdf")


def _note(made, extension, book) -> bytes:
    made.append(extension)
    return b"%PDF- or PK"
