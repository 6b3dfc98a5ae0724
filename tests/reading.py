"""What a reader sees in a page of ours: the few things that tests of several pages look for."""

import re
from html import unescape

from justhtml import JustHTML

VERBATIM = re.compile(r"(<(pre|script|textarea)\b.*?</\2>)", re.DOTALL)
BLOCKS = re.compile(
    r"\s*(</?(?:html|head|body|title|meta|link|base|header|footer|main|nav|section|aside|div|p|h[1-6]|[ou]l|li|dl|dt|dd"
    r"|blockquote|table|caption|thead|tbody|tr|th|td|form|fieldset|legend|option|optgroup|details|summary|figure"
    r"|figcaption|br|g|defs|pattern|path|rect|line|circle|use|text)\b[^>]*>)\s*"
)
INNER_EDGES = re.compile(
    r"(<(?:a|b|button|i|label|s|select|span|svg)\b[^>]*>) | (</(?:a|b|button|i|label|s|select|span|svg)>)"
)


def text(response) -> str:
    """Return a whole answer, streamed or not, as text; HTML without the white space that shows nowhere."""
    answer = response.getvalue().decode()
    return shown(answer) if response["Content-Type"].startswith("text/html") else answer


def shown(html: str) -> str:
    """Return HTML on one line, without the white space by which templates are laid out."""
    parts = VERBATIM.split(html)
    for index in range(0, len(parts), 3):
        line = BLOCKS.sub(r"\1", re.sub(r"\s+", " ", parts[index]))
        parts[index] = INNER_EDGES.sub(r"\1\2", line)
    return "".join(part for index, part in enumerate(parts) if index % 3 < 2)


def texts(html: str, selector: str) -> list[str]:
    """Return what each element that a CSS selector chooses shows as text, on one line."""
    elements = JustHTML(html, sanitize=False).query(selector)
    return [" ".join(element.to_text(strip=False, separator_blocks_only=True).split()) for element in elements]


def title(response) -> str:
    """What a tab and the history call the page, without the name of the site."""
    return unescape(re.search(r"<title>(.*?)</title>", text(response))[1]).removesuffix(
        " · C26+ Recommendations Tracker"
    )


def codes(response) -> list[str]:
    """The codes of the rows of a list, in order."""
    return re.findall(r'<p class="meta"><span class="code">([^<]+)</span>', text(response))


def total(response) -> int:
    """The number that the list says it has found."""
    return int(re.search(r'<h2 id="count"[^>]*>(\d+)', text(response))[1])


def choices(response, name) -> dict[str, int]:
    """The choices that the facet `name` offers, with their counts."""
    found = re.findall(
        rf'<input type="checkbox" name="{name}" value="([^"]*)" id="[^"]*"(?: checked)?>.*?<span class="count">(\d+)</span>',
        text(response),
    )
    return {value: int(count) for value, count in found}


def chosen(response, name) -> list[str]:
    return re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)" id="[^"]*" checked>', text(response))


def chips(response) -> dict[str, str]:
    """What each active filter says, with the query that its link leads to."""
    found = re.findall(r'<a class="chip" href="[^"?]*\??([^"]*)"[^>]*>([^<]*)</a>', text(response))
    return {unescape(label): unescape(query) for query, label in found}


def link(response, rel) -> str | None:
    """The address of the link to the previous ("prev") or the next page."""
    found = re.search(rf'<a rel="{rel}" href="([^"]*)"', text(response))
    return found and unescape(found[1])


def in_order(page, *texts) -> bool:
    """Whether a page has these texts, the first place of each after that of the one before."""
    places = [page.index(each) for each in texts]
    return places == sorted(places)
