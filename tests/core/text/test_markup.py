"""HTML that is put together from many small pieces."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from core.text.markup import fill, fill_each


def test_what_is_filled_in_is_escaped():
    filled = fill('<a href="{}">{}</a>', '/?a=1&b="', "<b>Tom & Ann's</b>")

    assert filled == '<a href="/?a=1&amp;b=&quot;">&lt;b&gt;Tom &amp; Ann&#x27;s&lt;/b&gt;</a>'
    assert isinstance(filled, SafeString)


def test_what_is_html_stays_as_it_is():
    assert fill("<p>{}</p>", mark_safe("<b>bold</b>")) == "<p><b>bold</b></p>"


def test_numbers_and_lazy_texts_are_filled_in():
    assert fill("{}: {}", gettext_lazy("Status"), 3) == "Status: 3"


def test_each_row_is_filled_in():
    assert fill_each("<br>", "<i>{}</i>", [("<",), ("b",)]) == "<i>&lt;</i><br><i>b</i>"
    assert fill_each("<br>", "<i>{}</i>", []) == ""
