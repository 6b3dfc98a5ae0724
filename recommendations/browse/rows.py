"""The rows of lists of recommendations, as plain values: an object for each link would take most of a page's time."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse

from core.query_string import with_as_of
from core.text.bilingual import Bilingual, bilingual, current_language
from recommendations.models import Addressee, ChapterLink, Recommendation, Update
from recommendations.models.updates import write_effective_date
from recommendations.querysets import IsOneOf, RecommendationQuerySet

from .options import Option, fetch_by_keys, read_labels


class Heading(NamedTuple):
    """What stands above rows: a group, a topic or an issue."""

    key: int | str
    title: str
    url: str = ""
    summary: str = ""


class Link(NamedTuple):
    """What a row links to: an organization or a chapter."""

    option: Option
    url: str


@dataclass
class RowUpdate:
    """The update that a row shows."""

    effective_on: date
    precision: str
    dated_by_report: bool
    what_en: str
    what_es: str
    what = Bilingual()

    @property
    def effective_date(self) -> str:
        return write_effective_date(self.effective_on, self.precision, self.dated_by_report)


@dataclass
class Row:
    """One recommendation, as it stands on the day of the list. What a search found is marked by `highlight()`."""

    pk: int
    code: str
    url: str
    title: str
    summary: str
    status: str
    priority: bool
    group: Heading
    topic: Heading
    issue: Heading
    addressees: list[Link] = field(default_factory=list)
    chapters: list[Link] = field(default_factory=list)
    update: RowUpdate | None = None
    marked_title: str = ""
    excerpt: str = ""
    found_in: str = ""
    marked_note: str = ""


def load_rows(keys: list[int], as_of: date | None = None, labels=None) -> list[Row]:
    """Return a row for each of the recommendations with these primary keys, in this order, as it stands on `as_of`.

    Their links lead to pages as of that day. `labels` are the options of organizations and chapters by facet, as
    `read_labels()` gives them, where they are known. Three queries at most.
    """
    if not keys:
        return []
    if as_of:
        by_key = {row[0]: row for row in _values(Recommendation.objects.as_of(as_of).filter(IsOneOf("pk", keys)))}
    else:
        by_key = {row[0]: row for row in fetch_by_keys(_current_sql(current_language()), keys)}
    found = [by_key[key] for key in keys if key in by_key]
    updates = _read_updates({row[-3] for row in found} - {None})
    links = _links(read_labels()[0] if labels is None else labels, as_of)
    to_record, to_group, to_issue = (_url_parts(name, as_of) for name in ("recommendation", "group", "issue"))
    rows = []
    for pk, code, title, summary, status, priority, *headings, update, asked, touched in found:
        group, group_name, topic, topic_title, topic_summary, issue, issue_title = headings
        rows.append(
            Row(
                pk=pk,
                code=code,
                url=code.join(to_record),
                title=title,
                summary=summary,
                status=status,
                priority=priority,
                group=Heading(group, group_name, group.join(to_group)),
                topic=Heading(topic, topic_title, summary=topic_summary),
                issue=Heading(issue, issue_title, issue.join(to_issue)),
                addressees=[links["addressee"][organization] for organization in asked],
                chapters=[links["chapter"][chapter] for chapter in touched],
                update=updates.get(update),
            )
        )
    return rows


def _values(queryset: RecommendationQuerySet) -> RecommendationQuerySet:
    """Return the columns that rows are made of, from a queryset with `effective_*`."""
    organizations = Addressee.objects.filter(recommendation=OuterRef("pk")).order_by("pk").values("organization")
    chapters = ChapterLink.objects.filter(recommendation=OuterRef("pk")).order_by("chapter__number").values("chapter")
    return queryset.order_by().values_list(
        "pk",
        "code",
        bilingual("title"),
        bilingual("summary"),
        "effective_status",
        "priority",
        "topic__group__slug",
        bilingual("topic__group__name"),
        "topic",
        bilingual("topic__title"),
        bilingual("topic__summary"),
        "issue__code",
        bilingual("issue__title"),
        "effective_update_id",
        ArraySubquery(organizations),
        ArraySubquery(chapters),
    )


@cache
def _current_sql(_language) -> tuple[str, tuple]:
    return _values(Recommendation.objects.current()).query.sql_with_params()


@cache
def _updates_sql() -> tuple[str, tuple]:
    columns = ["pk", "effective_on", "precision", "dated_by_report", "what_en", "what_es"]
    return Update.objects.order_by().values_list(*columns).query.sql_with_params()


def _read_updates(keys) -> dict[int, RowUpdate]:
    return {pk: RowUpdate(*row) for pk, *row in fetch_by_keys(_updates_sql(), keys)} if keys else {}


def _links(labels, as_of) -> dict[str, dict[int, Link]]:
    """Return what rows may link to, by facet and primary key."""
    to_organization, to_chapter = _url_parts("organization", as_of), _url_parts("chapter", as_of)
    return {
        facet: {option.key: Link(option, option.value.join(parts)) for option in labels[facet]}
        for facet, parts in [("addressee", to_organization), ("chapter", to_chapter)]
    }


def _url_parts(name: str, as_of: date | None) -> tuple[str, str]:
    """Return what stands before and after the one argument in URLs of this name; to reverse each takes much longer."""
    example = "1"
    before, _, after = reverse(name, args=[example]).rpartition(example)
    return before, with_as_of(after, as_of)
