"""An empty list says which filter to leave out."""

import re
from html import unescape

import pytest

from tests.reading import text, total

pytestmark = pytest.mark.django_db


def relaxations(response) -> dict[str, tuple[str, str]]:
    """The filters that an empty list offers to leave out: what is said of each, its query, and how many there are."""
    found = re.findall(r'<li><a href="[^"?]*\??([^"]*)">([^<]*)</a> <span class="soft">([^<]*)</span>', text(response))
    return {label: (unescape(query), count) for query, label, count in found}


def test_nothing_found_says_which_filter_to_leave_out(library, read):
    response = read("group=amiti&chapter=7&chapter=19&sort=newest&page=1")

    assert "No recommendations match your search and filters." in text(response)
    assert relaxations(response) == {
        "Without “Group: AMITI”": ("chapter=7&chapter=19&sort=newest", "3 recommendations"),
        "Without “Chapter: A chapter, A chapter”": ("group=amiti&sort=newest", "1 recommendation"),
    }
    assert 'href="/recommendations/?sort=newest">show all recommendations' in text(response)


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("as_of=2023-09-17&group=amiti", ["Without “As of: September 17, 2023”"]),
        ("as_of=2025-04-28&group=amiti", ["Without “As of: April 28, 2025”", "Without “Group: AMITI”"]),
        ("stale_days=30000&open=true", ["Without “Days without an update: 30000”"]),
        ("q=nonsense&priority=true", ["Without “Words: nonsense”"]),
    ],
)
def test_any_filter_may_be_the_one_to_leave_out(library, read, query, labels):
    assert sorted(relaxations(read(query))) == labels


def test_each_way_out_leads_to_as_many_as_it_says(library, read):
    found = relaxations(read("as_of=2024-06-01&group=amiti&open=true"))

    assert len(found) == 2
    for query, count in found.values():
        assert total(read(query)) == int(count.split()[0])


def test_where_it_takes_more_than_one_it_is_said(library, read):
    response = read("q=nonsense&group=amiti&chapter=7")

    assert relaxations(response) == {}
    assert "Removing one of the filters is not enough." in text(response)


def test_with_one_filter_there_is_only_the_list_of_all(library, read):
    response = read("q=nonsense")

    assert relaxations(response) == {}
    assert "Removing one" not in text(response)
    assert 'href="/recommendations/">show all recommendations' in text(response)


def test_an_empty_tracker_has_an_empty_list(read):
    assert "There are no recommendations yet." in text(read())
