"""What the list says of a query that it cannot follow; no query whatever breaks it."""

import json
from urllib.parse import urlencode

import pytest
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.browse.filters import RecommendationFilter
from tests.reading import codes, text, total

pytestmark = pytest.mark.django_db

LIST = "/recommendations/"


@pytest.mark.parametrize(
    "query",
    [
        "group=nowhere",
        "group=smart-borders&group=nowhere",
        "status=done",
        "open=yes",
        "priority=1",
        "chapter=35",
        "chapter=seven",
        "chapter=" + "9" * 5000,
        "addressee=nobody",
        "document=none",
        "series=none",
        "topic=none",
        "as_of=2025-02-30",
        "as_of=29/04/2025",
        "updated_after=yesterday",
        "updated_before=99999-01-01",
        "stale_days=0",
        "stale_days=-1",
        "stale_days=soon",
        "stale_days=36501",
        "stale_days=1e400",
        "stale_days=NaN",
        "stale_days=Infinity",
        "stale_days=" + "9" * 5000,
        "sort=best",
        "rows=table",
        "q=" + "x" * 100_000,
        "q=" + "+".join(["customs"] * 5000),
    ],
    ids=lambda query: query[:40],
)
def test_a_bad_value_is_said_and_nothing_is_filtered(library, read, query):
    response = read(query)

    key = query.split("=")[0]
    assert f"<code>{key}</code>" in text(response)
    assert "Without filters there are 4 recommendations." in text(response)
    assert codes(response) == []


@pytest.mark.parametrize(
    ("key", "label"), [("as_of", "As of"), ("stale_days", "Days without an update"), ("rows", "Rows")]
)
def test_a_bad_value_is_said_by_the_name_that_the_page_gives_its_filter(library, read, key, label):
    assert f"<b>{label}</b> (<code>{key}</code>): " in text(read(f"{key}=nonsense"))


def test_a_bad_value_is_said_in_spanish_too(library, read):
    assert "<code>group</code>" in text(read("group=nowhere", path="/es/recommendations/"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 400, "1.5", "last", "２"])
def test_a_weird_page_number_gives_a_page(library, read, page):
    assert codes(read(f"page={page}")) == library


@pytest.mark.parametrize(
    "query",
    [
        "as_of=0001-01-01&stale_days=36500",
        "as_of=9999-12-31&stale_days=1",
        "q=" + "+".join(["a"] * 100),
        "q=" + "+".join(["-a"] * 66),
    ],
    ids=["first day", "last day", "many words", "many exclusions"],
)
def test_the_ends_of_what_may_be_asked_are_no_error(library, read, query):
    assert "This list could not be filtered" not in text(read(query))


def test_what_was_asked_is_shown_escaped(library, read):
    evil = '"><script>alert(1)</script>'

    for query in [urlencode({"q": evil}), urlencode({"group": evil}), urlencode({evil: evil})]:
        assert "<script>alert" not in text(read(query))
    assert escape(evil) in text(read(urlencode({"q": evil})))


KEYS = [*RecommendationFilter.base_filters, "page"]

VALUES = st.one_of(
    st.sampled_from(["smart-borders", "issued", "true", "7", "anam", "paper", "hled", "cloud", "2024-06-01", "newest"]),
    st.text(
        st.characters(codec="utf-8", exclude_characters="\0"), max_size=30
    ),  # NUL is refused before the list hears of it
    st.text("\"-*&|!():<>\\'%_ a1é", max_size=15),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=6))
def test_no_query_whatever_breaks_the_list_its_export_or_its_feed(library, client, pairs):
    query = urlencode(pairs)

    shown = client.get(f"{LIST}?{query}", follow=True)
    taken = client.get(f"{LIST}export.json?{query}")

    fed = client.get(f"{LIST}feed.atom?{query}")

    assert shown.status_code == 200
    assert taken.status_code == fed.status_code == (400 if b'role="alert"' in shown.content else 200)
    if taken.status_code == 200:
        assert len(json.loads(text(taken))) == total(shown)
