"""A success test that changes after it was published: what was, what is, when and why stands in the public record."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from justhtml import JustHTML

from core.text.dates import write_date
from tests.factories import DocumentFactory, RecommendationFactory, record
from tests.history import change_test, days_ago
from tests.reading import text

pytestmark = pytest.mark.django_db

PUBLISHED = write_date(date(2023, 9, 18))


def ago(days):
    return timezone.localdate() - timedelta(days=days)


def page(client, recommendation, **query):
    return client.get(recommendation.get_absolute_url(), query)


def found(response, selector) -> list[str]:
    """Return the text of each element that a CSS selector finds on a page."""
    return [" ".join(element.to_text().split()) for element in JustHTML(text(response), sanitize=False).query(selector)]


def compared(response) -> list[str]:
    return found(response, ".timeline del, .timeline ins")


def test_without_a_change_the_record_says_since_when_it_stands(client, recommendation):
    assert f"Success test unchanged since {PUBLISHED}." in text(page(client, recommendation))


def test_a_change_is_a_line_of_the_record_with_its_day_and_reason(client):
    recommendation = RecommendationFactory(success_test_en="Done when signed.")
    record(recommendation)
    change_test(recommendation, "Done when published.")
    days_ago(3)

    response = page(client, recommendation)

    changed = write_date(ago(3))
    assert f"Success test unchanged since {changed}." in text(response)
    newest = found(response, ".timeline > li")[0]
    assert newest.startswith(f"{changed} · Success test changed")
    assert "It could not be measured." in newest
    assert compared(response) == ["signed.", "published."]


def test_each_change_is_compared_with_the_next(client):
    recommendation = RecommendationFactory(success_test_en="First.")
    for words in ("Second.", "Third."):
        change_test(recommendation, words)
        days_ago(1)

    assert compared(page(client, recommendation)) == ["Second.", "Third.", "First.", "Second."]


def test_a_past_view_knows_only_what_had_changed(client):
    recommendation = RecommendationFactory(success_test_en="First.")
    for words in ("Second.", "Third."):
        change_test(recommendation, words)
        days_ago(5)

    response = page(client, recommendation, as_of=ago(7).isoformat())

    assert compared(response) == ["First.", "Second."]
    assert "Third." not in text(response)
    assert f"unchanged since {write_date(ago(10))}" in text(response)


def test_in_spanish_the_spanish_texts_are_compared(client):
    recommendation = RecommendationFactory(success_test_es="Cumplida si se firma.")
    change_test(recommendation, "Done.", es="Cumplida si se publica.", why_es="No se podía medir.")

    with override("es"):
        response = page(client, recommendation)

    assert compared(response) == ["firma.", "publica."]
    assert "No se podía medir." in text(response)


def test_what_changed_before_publication_is_nobodys_business(client):
    document = DocumentFactory(visibility="staff")
    recommendation = RecommendationFactory(document=document, success_test_en="A draft.")
    change_test(recommendation, "The test.")
    document.visibility = "public"
    document.save()

    response = page(client, recommendation)

    assert "A draft." not in text(response)
    assert f"unchanged since {PUBLISHED}" in text(response)
