"""What the list counts for each choice, and the chips of what is chosen."""

from urllib.parse import parse_qsl, urlencode

import pytest

from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    RecommendationFactory,
)
from tests.reading import chips, choices, chosen, total

pytestmark = pytest.mark.django_db


# Facets


def test_a_facet_counts_as_if_nothing_of_it_were_chosen(library, read):
    response = read("group=smart-borders")

    assert choices(response, "group") == {"smart-borders": 2, "digital-economy": 1, "amiti": 1}
    assert chosen(response, "group") == ["smart-borders"]


def test_a_facet_counts_within_what_the_other_filters_leave(library, read):
    response = read("group=smart-borders")

    assert choices(response, "status") == {"issued": 1, "implemented": 1}
    assert choices(response, "open") == {"true": 1, "false": 1}
    assert choices(response, "priority") == {"true": 1, "false": 1}
    assert choices(response, "chapter") == {"7": 2, "19": 1}
    assert choices(response, "addressee") == {"cbp": 1, "anam": 2}


def test_facets_follow_words_and_dates_too(library, read):
    assert choices(read("q=2023-SB"), "status") == {"issued": 1, "implemented": 1}
    assert choices(read("as_of=2024-05-31"), "status") == {"issued": 2, "implemented": 1}
    assert choices(read("updated_after=2024-06-01"), "group") == {"digital-economy": 1, "amiti": 1}


FACETS = ["status", "open", "priority", "group", "chapter", "addressee", "topic", "document", "series"]


@pytest.mark.parametrize("query", ["", "document=paper", "q=2023", "as_of=2025-05-01", "updated_after=2024-05-01"])
def test_each_count_is_the_number_of_rows_that_choosing_it_gives(library, read, query):
    response = read(query)

    for name in set(FACETS) - set(query.partition("=")[::2]):
        for value, count in choices(response, name).items():
            assert total(read(f"{query}&{name}={value}".lstrip("&"))) == count


@pytest.mark.parametrize("other", ["", "q=2023", "as_of=2025-05-01"])
@pytest.mark.parametrize("name", FACETS)
def test_a_chosen_facet_counts_as_without_its_choice(library, read, name, other):
    counts = choices(read(other), name)

    for value in counts:
        assert choices(read(f"{name}={value}&{other}".rstrip("&")), name) == counts


@pytest.mark.parametrize("query", ["", "open=true", "q=recommendation", "as_of=2025-05-01"])
def test_nothing_is_counted_that_the_reader_may_not_read(library, read, as_staff, query):
    before = {name: choices(read(query), name) for name in FACETS}
    hidden = RecommendationFactory(document=DocumentFactory(visibility="staff"), priority=True)
    AddresseeFactory(recommendation=hidden, organization__slug="secret")
    ChapterLinkFactory(recommendation=hidden, chapter=ChapterFactory(number=7))

    assert {name: choices(read(query), name) for name in FACETS} == before
    seen_by_staff = as_staff.get(f"/recommendations/?{query}")
    assert choices(seen_by_staff, "chapter")["7"] == before["chapter"]["7"] + 1
    assert choices(seen_by_staff, "addressee")["secret"] == 1


def test_a_choice_without_any_result_is_left_out_unless_it_is_chosen(library, read):
    assert choices(read("series=review&topic=cloud"), "topic") == {"cloud": 0, "trade": 1}
    assert "cloud" not in choices(read("series=review&topic=trade"), "topic")


# Chips


def test_there_is_a_chip_for_each_active_filter(library, read):
    response = read("group=amiti&group=smart-borders&open=true&q=2025&as_of=2025-06-01&stale_days=3&sort=newest&page=1")

    assert set(chips(response)) == {
        "Words: 2025",
        "Group: AMITI",
        "Group: Smart Borders",
        "Open or closed: Open",
        "As of: June 1, 2025",
        "Days without an update: 3",
    }


def test_a_chip_removes_one_value_and_keeps_the_rest(library, read):
    query = [("group", "amiti"), ("group", "smart-borders"), ("q", "20 25"), ("sort", "newest"), ("chapter", "7")]
    response = read(urlencode([*query, ("page", "2")]))

    for label, removed in {
        "Group: AMITI": ("group", "amiti"),
        "Words: 20 25": ("q", "20 25"),
        "Chapter: A chapter": ("chapter", "7"),
    }.items():
        assert sorted(parse_qsl(chips(response)[label])) == sorted(pair for pair in query if pair != removed)


def test_a_list_without_filters_has_no_chips(library, read):
    assert chips(read("sort=newest")) == {}
