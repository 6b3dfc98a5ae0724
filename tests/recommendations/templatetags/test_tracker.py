"""What templates say of the list's URLs, of marks and of code to copy."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from recommendations.templatetags.tracker import heat, list_url


def rendered(source, **context) -> str:
    return Template("{% load tracker %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("query", "parameters", "url"),
    [
        ("", {}, "/recommendations/"),
        ("group=amiti", {}, "/recommendations/?group=amiti"),
        ("", {"chapter": 7, "group": "amiti", "as_of": None}, "/recommendations/?chapter=7&group=amiti"),
        ("group=amiti", {"as_of": date(2025, 4, 30)}, "/recommendations/?group=amiti&as_of=2025-04-30"),
    ],
)
def test_the_url_of_the_list_has_the_query_and_the_parameters_that_have_a_value(query, parameters, url):
    assert list_url(query, **parameters) == url


def test_the_url_of_the_list_is_in_the_language_of_the_page_and_escaped():
    with translation.override("es"):
        link = rendered('<a href="{% list_url "group=amiti" status="issued" %}">')

    assert link == '<a href="/es/recommendations/?group=amiti&amp;status=issued">'


@pytest.mark.parametrize(
    ("count", "name"), [(0, ""), (1, "heat-1"), (2, "heat-1"), (3, "heat-2"), (6, "heat-2"), (7, "heat-3")]
)
def test_a_cell_of_the_matrix_is_darker_the_more_it_counts(count, name):
    assert heat(count) == name


def test_a_mark_is_hidden_from_screen_readers_and_refers_to_its_shape():
    mark = rendered("{% mark 'accepted' %}")

    assert 'aria-hidden="true"' in mark
    assert '/marks.svg#accepted"' in mark


def test_code_to_copy_is_escaped_in_its_field_and_the_title_in_the_code():
    code = rendered("{% frame_code 'https://tracker.example/' title 300 %}", title='"A" & <b>')

    assert code.startswith("&lt;iframe src=&quot;https://tracker.example/&quot;")
    assert "title=&quot;&amp;quot;A&amp;quot; &amp;amp; &amp;lt;b&amp;gt;&quot;" in code
