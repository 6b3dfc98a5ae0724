"""One look at the database for all that a list counts: the total, and each facet as if nothing of it were chosen."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from django.db import connection
from django.db.models import Case, Value, When, Window
from django.db.models.functions import Rank

from recommendations.models.status import OPEN, Status

# What a recommendation may have several of: the table, and the column that is counted.
LINKS = {
    "addressee": ("recommendations_addressee", "organization_id"),
    "chapter": ("recommendations_chapterlink", "chapter_id"),
    "testability": ("recommendations_assessment", "testability"),
}
# Of a row that is counted: what it is called here, and in a queryset with `effective_*`.
COLUMNS = {
    "pk": "pk",
    "topic": "topic_id",
    "status": "effective_status",
    "priority": "priority",
    "confidence": "confidence",
}
TEXTS = {"status", "confidence", "testability"}  # what is counted by a text

# Of everything that was found. The counts of topics, statuses and confidence are added up, instead of counting rows again.
COUNT_FOUND = """
, cell AS MATERIALIZED (
    SELECT topic, status, confidence, count(*) AS number, count(*) FILTER (WHERE priority) AS priorities
    FROM found GROUP BY topic, status, confidence
)
SELECT 'found', 'topic', topic::text, sum(number) FROM cell GROUP BY topic
UNION ALL SELECT 'found', 'status', status, sum(number) FROM cell GROUP BY status
UNION ALL SELECT 'found', 'confidence', confidence, sum(number) FROM cell GROUP BY confidence
UNION ALL SELECT 'found', 'priority', 'true', sum(priorities) FROM cell
"""
COUNT = "UNION ALL SELECT '{rows}', '{column}', {column}::text, count(*) FROM {rows} GROUP BY {column}\n"
# By an array, since PostgreSQL cannot know how many rows a common table expression has, and joins it badly.
COUNT_LINKS = """
UNION ALL SELECT '{rows}', '{counted}', {column}::text, count(*)
FROM {table} WHERE recommendation_id = ANY (ARRAY(SELECT pk FROM {rows})) GROUP BY {column}
"""
# Where all but the hidden topics are found, it is faster to count everything, and to take away what is hidden.
COUNT_ALL_LINKS = """
UNION ALL SELECT 'found', '{counted}', {column}::text, sum(number) FROM (
    SELECT {column}, count(*) AS number FROM {table} GROUP BY {column}
    UNION ALL
    SELECT {column}, -count(*) FROM {table}
    WHERE recommendation_id = ANY (
        ARRAY(SELECT id FROM recommendations_recommendation WHERE topic_id = ANY (%s::bigint[]))
    )
    GROUP BY {column}
) all_but_hidden GROUP BY {column}
"""
# In the order of a search and then of the documents, which is looked up for what was found alone.
KEYS = """
UNION ALL SELECT 'found', 'keys', string_agg(
    pk::text, ' ' ORDER BY found.place, topics.place, issues.position, letter, pk
), NULL
FROM found JOIN unnest(%s::bigint[], %s::integer[]) AS topics (id, place) ON topics.id = topic JOIN (
    SELECT id, position FROM recommendations_issue WHERE id = ANY (ARRAY(SELECT issue FROM found))
) issues ON issues.id = issue
"""


@dataclass
class FacetCounts:
    """The number of recommendations that have each value, by the key of the value."""

    topic: Counter = field(default_factory=Counter)
    status: Counter = field(default_factory=Counter)
    priority: Counter = field(default_factory=Counter)
    addressee: Counter = field(default_factory=Counter)
    chapter: Counter = field(default_factory=Counter)
    confidence: Counter = field(default_factory=Counter)
    testability: Counter = field(default_factory=Counter)

    @property
    def open(self) -> Counter:
        counts = Counter()
        for status, number in self.status.items():
            counts[status in OPEN] += number
        return counts

    @property
    def total(self) -> int:
        return self.status.total()

    def by_status(self) -> dict[str, int]:
        """Every status is a key."""
        return dict.fromkeys(Status.values, 0) | self.status


@dataclass
class ListCounts:
    """The counts of what was `found` by all filters, and of what would be without each facet that is chosen.

    `keys` are the primary keys of all that a search found, in their order; None where there was no search.
    """

    found: FacetCounts = field(default_factory=FacetCounts)
    without: dict[str, FacetCounts] = field(default_factory=dict)
    keys: list[int] | None = None

    def for_facet(self, name: str) -> FacetCounts:
        return self.without.get(name, self.found)


def count(filterset) -> ListCounts:
    """Count what a RecommendationFilter, whose form is valid, lets through. One query."""
    chosen = [name for name in filterset.facets if name in filterset.asked]
    is_costly = filterset.asked.keys() & {"q", "as_of"}
    rows, values = _costly_rows(filterset, chosen) if is_costly else _rows(filterset, chosen)
    parts = ["WITH ", ", ".join(rows), COUNT_FOUND]
    for counted, (table, column) in LINKS.items():
        if filterset.asked:
            parts.append(COUNT_LINKS.format(rows="found", counted=counted, table=table, column=column))
        else:
            parts.append(COUNT_ALL_LINKS.format(counted=counted, table=table, column=column))
            values += [filterset.options.hidden_topics]
    for name in chosen:
        counted = filterset.facets[name].counted
        if counted in LINKS:
            table, column = LINKS[counted]
            parts.append(COUNT_LINKS.format(rows=f"without_{name}", counted=counted, table=table, column=column))
        else:
            column = "status" if counted == "open" else counted
            parts.append(COUNT.format(rows=f"without_{name}", column=column))
    if "q" in filterset.asked:
        parts.append(KEYS)
        values += _places(filterset.options.topics)
    with connection.cursor() as cursor:
        cursor.execute("".join(parts), values)
        return _read(cursor)


def _rows(filterset, chosen) -> tuple[list[str], list]:
    """Return the common table expressions `found` and `without_…` for each of `chosen`, with their parameters.

    PostgreSQL reads each from an index, as often as it is asked for.
    """
    asked = {"found": filterset.asked}
    for name in chosen:
        asked[f"without_{name}"] = {other: value for other, value in filterset.asked.items() if other != name}
    expressions, values = [], []
    for name, filters in asked.items():
        sql, parameters = filterset.narrow(filters).values_list(*COLUMNS.values()).query.sql_with_params()
        expressions.append(f"{name} ({', '.join(COLUMNS)}) AS NOT MATERIALIZED ({sql})")
        values += parameters
    return expressions, values


def _costly_rows(filterset, chosen) -> tuple[list[str], list]:
    """Return the same where a search or a past day makes each row costly: worked out once, with more columns.

    `fits_…` for each of `chosen` says whether a row has it, and `place` where in the order of a search it comes.
    """
    columns = {f"fits_{name}": filterset.facets[name].condition(filterset.asked[name]) for name in chosen}
    fits = list(columns)
    base = filterset.narrow({name: value for name, value in filterset.asked.items() if name not in chosen})
    if "q" in filterset.asked:
        order = filterset.order(base)
        if chosen and order == ["-rank"]:  # to rank what does not fit would take most of the time
            order = [Case(When(**dict.fromkeys(fits, True), then="rank")).desc()]
        columns["place"] = Window(Rank(), order_by=order) if order else Value(1)
    base = base.annotate(**columns)
    sql, values = base.values_list(*COLUMNS.values(), "issue_id", "letter", *columns).query.sql_with_params()
    expressions = [f"base ({', '.join([*COLUMNS, 'issue', 'letter', *columns])}) AS MATERIALIZED ({sql})"]
    for name, left_out in [("found", None), *((f"without_{name}", f"fits_{name}") for name in chosen)]:
        conditions = " AND ".join(column for column in fits if column != left_out) or "true"
        expressions.append(f"{name} AS NOT MATERIALIZED (SELECT * FROM base WHERE {conditions})")
    return expressions, list(values)


def _places(topics) -> list[list[int]]:
    """Return the primary keys of topics, and of each its place in the order of the documents, which several may share."""
    places = [place for place, (_key, group) in enumerate(groupby(topics, key=attrgetter("place"))) for _topic in group]
    return [[topic.pk for topic in topics], places]


def _read(rows) -> ListCounts:
    """Return what the statement's rows say: (which rows were counted, by what, a value as text, how many)."""
    result = ListCounts()
    for name, counted, value, number in rows:
        if counted == "keys":
            result.keys = [int(key) for key in value.split()] if value else []
            continue
        counts = (
            result.found if name == "found" else result.without.setdefault(name.removeprefix("without_"), FacetCounts())
        )
        key = value if counted in TEXTS else value == "true" if counted == "priority" else int(value)
        getattr(counts, counted)[key] = int(number or 0)
    result.found.priority[False] = result.found.total - result.found.priority[True]
    return result
