"""What there is to choose from in the facets of the list, in the current language."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from django.db import connection
from django.db.models import F, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast, RowNumber

from core.text.bilingual import bilingual, current_language, first_given
from core.visibility import Visibility
from recommendations.models import Chapter, Topic
from working_groups.models import Organization, WorkingGroup

from .hooks import PREPARED_FOR


class TopicRow(NamedTuple):
    """A topic with its document and its group, as plain values."""

    pk: int
    slug: str
    title: str
    document: int
    document_slug: str
    document_title: str
    visibility: str
    group: int
    published_on: date
    group_position: int
    position: int

    @property
    def place(self) -> tuple:
        """Its place in the order of the documents, which several topics may share."""
        return self.published_on, self.group_position, self.position


@dataclass
class Option:
    """One value of a facet: its key in the database, what addresses call it, and what people call it."""

    key: int | str | bool
    value: str
    label: str
    short_label: str = ""
    topics: list[int] = field(default_factory=list)  # of which it is the topic, document, group or series

    @property
    def both_labels(self) -> str:
        """An organization's name with its acronym, where it has one."""
        return f"{self.label} ({self.short_label})" if self.short_label != self.label else self.label


class Options:
    """What a reader can choose from: `topics` in the order of the documents, and the options of each facet by its name.

    Takes the levels of Visibility that they may read, and the slugs of organizations that they ask for. Topics and
    documents are those of that level, groups those that have a part in them. What no recommendation that they may read
    asks to act is offered to nobody; where they ask for it, it is known to those who may hear of it. Series and chapters
    are public in themselves. Two queries, three where they ask for an organization.
    """

    def __init__(self, readable, asked_for=()):
        topics = read_topics()
        self.topics = [topic for topic in topics if topic.visibility in readable]
        self.hidden_topics = [topic.pk for topic in topics if topic.visibility not in readable]
        self.by_facet, prepared = read_labels()
        groups = {option.key: option for option in self.by_facet["group"]}
        documents = {}
        for topic in self.topics:
            if topic.document not in documents:
                documents[topic.document] = Option(topic.document, topic.document_slug, topic.document_title)
            documents[topic.document].topics.append(topic.pk)
            groups[topic.group].topics.append(topic.pk)
        if Visibility.STAFF not in readable:  # see WorkingGroup.objects.visible_to()
            self.by_facet["group"] = [option for option in self.by_facet["group"] if option.topics]
            self.by_facet["addressee"] = without_hidden(self.by_facet["addressee"], asked_for, readable)
        for option in self.by_facet["series"]:
            option.topics = [
                pk for document in prepared[option.key] & documents.keys() for pk in documents[document].topics
            ]
        self.by_facet["document"] = list(documents.values())
        self.by_facet["topic"] = [Option(topic.pk, topic.slug, topic.title, topics=[topic.pk]) for topic in self.topics]


def without_hidden(organizations: list[Option], asked_for, readable) -> list[Option]:
    """Return the options without those that are asked for and that a reader of these levels may not hear of.

    The others are not looked at: none of them is shown unless something that the reader may read asks it to act.
    """
    if not asked_for:
        return organizations
    known = Organization.objects.visible_at(readable).filter(slug__in=asked_for).values_list("slug", flat=True)
    hidden = {*asked_for} - {*known}
    return [option for option in organizations if option.value not in hidden]


def read_topics() -> list[TopicRow]:
    """Return all topics, in the order of the documents. One query."""
    return [TopicRow._make(row) for row in _execute(_topics_sql(current_language()))]


def read_labels() -> tuple[dict[str, list[Option]], dict[int, set[int]]]:
    """Return the options of groups, organizations, chapters and series, and the documents of each series. One query."""
    by_facet = {"group": {}, "addressee": {}, "chapter": {}, "series": {}}
    documents = {}
    for facet, _place, pk, value, label, more in sorted(_execute(_labels_sql(current_language())), key=itemgetter(1)):
        by_facet[facet].setdefault(pk, Option(pk, value, label, more))
        if facet == "series":
            documents.setdefault(pk, set()).update([int(more)] if more else [])
    return {facet: list(options.values()) for facet, options in by_facet.items()}, documents


def label_rows(facet: str, queryset: QuerySet, order: str, value: str, label: str, more=None) -> QuerySet:
    """Return (facet, place, primary key, value in addresses, label, and something more as text) of what is chosen from.

    `order` and `value` are columns; `label` is the name of a bilingual text.
    """
    return queryset.order_by().values_list(
        Value(facet),
        Window(RowNumber(), order_by=order),
        F("pk"),
        Cast(value, TextField()),
        Cast(bilingual(label), TextField()),
        Cast(more or Value(""), TextField()),
    )


# Django takes longer to put these together than PostgreSQL to answer; they are the same for every page in a language.


@cache
def _topics_sql(_language) -> tuple[str, tuple]:
    topics = Topic.objects.order_by("-document__published_on", "group__position", "position", "pk").values_list(
        "pk",
        "slug",
        bilingual("title"),
        "document",
        "document__slug",
        bilingual("document__title"),
        "document__visibility",
        "group",
        "document__published_on",
        "group__position",
        "position",
    )
    return topics.query.sql_with_params()


@cache
def _labels_sql(_language) -> tuple[str, tuple]:
    short_name = first_given("acronym", bilingual("name"))
    rows = label_rows("group", WorkingGroup.objects.all(), "position", "slug", "name").union(
        label_rows("addressee", Organization.objects.all(), "name_en", "slug", "name", short_name),
        label_rows("chapter", Chapter.objects.all(), "number", "number", "title"),
        *(prepared_for() for prepared_for in PREPARED_FOR),
        all=True,
    )
    return rows.query.sql_with_params()


def _execute(sql_with_params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(*sql_with_params)
        return cursor.fetchall()


def fetch_by_keys(sql_with_params, keys) -> list[tuple]:
    """Return the rows of a statement that ends with its FROM clause, for the primary keys given: its first column."""
    sql, params = sql_with_params
    first_column = sql.removeprefix("SELECT ").partition(" AS ")[0]
    return _execute((f"{sql} WHERE {first_column} = ANY (%s::bigint[])", [*params, list(keys)]))
