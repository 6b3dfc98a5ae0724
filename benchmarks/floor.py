"""The floor: the list as psycopg and f-strings make it, over a schema that was made for this one list.

    gunicorn benchmarks.bare:application

It has one language, three facets, no accounts and no cache. `/all-facets/` counts the nine facets that our list has;
`/materialized/` reads the counts of the whole list from a table, which somebody would have to keep current.
"""

import os
from functools import cache
from html import escape
from urllib.parse import parse_qs

import psycopg

STATUSES = [
    "issued",
    "under_consideration",
    "in_progress",
    "partially_implemented",
    "implemented",
    "not_implemented",
    "overtaken",
    "superseded",
    "withdrawn",
]
CSV_PART = 64 * 1024  # bytes that are sent at once
LAST_OPEN = STATUSES.index("partially_implemented")

# What is filtered, counted and searched in one table, in the order of the documents; what is shown in another.
SCHEMA = """
CREATE SCHEMA floor;
CREATE TABLE floor.recommendation (
    id integer PRIMARY KEY, group_id smallint, status smallint, priority boolean, topic_id integer,
    last_update_on date, chapters smallint[], organizations smallint[], search tsvector
);
CREATE TABLE floor.chapter (chapter smallint, id integer, PRIMARY KEY (chapter, id));
CREATE TABLE floor.addressee (organization smallint, id integer, PRIMARY KEY (organization, id));
CREATE TABLE floor.shown (
    id integer PRIMARY KEY, code text, title text, priority boolean, status text, group_name text,
    addressee_slugs text[], addressees text[], chapters smallint[], chapter_titles text[], last_update_on date,
    note text, basis text, summary text, success_test text, issue_code text, issue_title text, topic_title text,
    document_title text, published_on date, evidence text
);
CREATE TABLE floor.label (facet text, id integer, value text, label text, PRIMARY KEY (facet, id));
CREATE TABLE floor.topic (id integer PRIMARY KEY, document_id integer, group_id smallint);
CREATE TABLE floor.series (series smallint, document_id integer, PRIMARY KEY (document_id, series));
CREATE TABLE floor.counted (facet text, value integer, number integer, PRIMARY KEY (facet, value));
"""

FILL = """
CREATE TEMP TABLE placed AS
    SELECT (row_number() OVER (ORDER BY d.published_on DESC, g.position, t.position, i.position, r.letter, r.id))::integer
            AS place, r.id, g.id AS group_id, t.id AS topic_id
    FROM recommendations_recommendation r
    JOIN recommendations_issue i ON i.id = r.issue_id
    JOIN recommendations_topic t ON t.id = i.topic_id
    JOIN recommendations_document d ON d.id = t.document_id
    JOIN working_groups_workinggroup g ON g.id = t.group_id
    WHERE d.visibility = 'public';
CREATE UNIQUE INDEX ON placed (id);
ANALYZE placed;
INSERT INTO floor.chapter
    SELECT c.number, p.place FROM recommendations_chapterlink l
    JOIN recommendations_chapter c ON c.id = l.chapter_id JOIN placed p ON p.id = l.recommendation_id ORDER BY 1, 2;
INSERT INTO floor.addressee
    SELECT a.organization_id, p.place FROM recommendations_addressee a
    JOIN placed p ON p.id = a.recommendation_id ORDER BY 1, 2;
INSERT INTO floor.recommendation
    SELECT p.place, p.group_id, array_position(%(statuses)s, r.status::text) - 1, r.priority, p.topic_id,
        r.last_update_on, coalesce(c.chapters, '{}'), coalesce(a.organizations, '{}'),
        setweight(to_tsvector('english', r.title_en), 'A') || setweight(to_tsvector('english', i.title_en), 'B')
        || setweight(to_tsvector('english', r.summary_en), 'C')
        || setweight(to_tsvector('english', r.official_wording || ' ' || coalesce(u.what_en, '')), 'D')
    FROM placed p
    JOIN recommendations_recommendation r ON r.id = p.id
    JOIN recommendations_issue i ON i.id = r.issue_id
    LEFT JOIN recommendations_update u ON u.id = r.last_update_id
    LEFT JOIN (SELECT id, array_agg(chapter ORDER BY chapter) AS chapters FROM floor.chapter GROUP BY 1) c
        ON c.id = p.place
    LEFT JOIN (SELECT id, array_agg(organization) AS organizations FROM floor.addressee GROUP BY 1) a ON a.id = p.place
    ORDER BY p.place;
INSERT INTO floor.shown
    SELECT p.place, r.code, r.title_en, r.priority, r.status, g.name_en, a.slugs, a.names, c.numbers, c.titles,
        r.last_update_on, u.what_en, u.basis, r.summary_en, r.success_test_en, i.code, i.title_en, t.title_en,
        d.title_en, d.published_on, e.urls
    FROM placed p
    JOIN recommendations_recommendation r ON r.id = p.id
    JOIN recommendations_issue i ON i.id = r.issue_id
    JOIN recommendations_topic t ON t.id = i.topic_id
    JOIN recommendations_document d ON d.id = t.document_id
    JOIN working_groups_workinggroup g ON g.id = t.group_id
    LEFT JOIN recommendations_update u ON u.id = r.last_update_id
    LEFT JOIN (SELECT update_id, string_agg(url, '; ' ORDER BY id) AS urls FROM recommendations_evidence GROUP BY 1) e
        ON e.update_id = u.id
    LEFT JOIN (
        SELECT a.recommendation_id, array_agg(o.slug ORDER BY a.id) AS slugs,
            array_agg(coalesce(nullif(o.acronym, ''), o.name_en) ORDER BY a.id) AS names
        FROM recommendations_addressee a JOIN working_groups_organization o ON o.id = a.organization_id GROUP BY 1
    ) a ON a.recommendation_id = p.id
    LEFT JOIN (
        SELECT l.recommendation_id, array_agg(c.number ORDER BY c.number) AS numbers,
            array_agg(c.title_en ORDER BY c.number) AS titles
        FROM recommendations_chapterlink l JOIN recommendations_chapter c ON c.id = l.chapter_id GROUP BY 1
    ) c ON c.recommendation_id = p.id
    ORDER BY p.place;
INSERT INTO floor.label
    SELECT 'group', id, slug, name_en FROM working_groups_workinggroup
    UNION ALL SELECT 'chapter', number, number::text, title_en FROM recommendations_chapter
    UNION ALL SELECT 'addressee', id, slug, name_en FROM working_groups_organization
    UNION ALL SELECT 'topic', id, slug, title_en FROM recommendations_topic
    UNION ALL SELECT 'document', id, slug, title_en FROM recommendations_document
    UNION ALL SELECT 'series', id, slug, short_name_en FROM reviews_series;
INSERT INTO floor.topic SELECT id, document_id, group_id FROM recommendations_topic;
INSERT INTO floor.series
    SELECT DISTINCT m.series_id, md.document_id
    FROM reviews_milestone_documents md JOIN reviews_milestone m ON m.id = md.milestone_id;
INSERT INTO floor.counted
    SELECT 'status', status, count(*) FROM floor.recommendation GROUP BY 2
    UNION ALL SELECT 'group', group_id, count(*) FROM floor.recommendation GROUP BY 2
    UNION ALL SELECT 'chapter', chapter, count(*) FROM floor.chapter GROUP BY 2;

-- the facets ask: how many are there of each group, status and chapter?
CREATE INDEX ON floor.recommendation (group_id, status);
CREATE INDEX ON floor.recommendation (status, group_id);
CREATE INDEX ON floor.recommendation (topic_id, status, priority);
-- the list asks: which of these come first, and which chapters do they touch?
CREATE INDEX ON floor.recommendation (group_id, status, id) INCLUDE (chapters);
CREATE INDEX ON floor.recommendation (status, id) INCLUDE (group_id, chapters);
CREATE INDEX ON floor.recommendation (last_update_on DESC NULLS LAST, id);
-- the search asks: which hold these words?
CREATE INDEX ON floor.recommendation USING gin (search);
"""

# One search for the page and its facets: each row found says which of the other filters it passes.
SEARCH = """
WITH searched AS MATERIALIZED (
    SELECT id, group_id, status, chapters, topic_id, priority, organizations, {group} AS group_fits, {status} AS status_fits,
        CASE WHEN {group} AND {status} THEN ts_rank(search, websearch_to_tsquery('english', %(q)s)) END AS rank
    FROM floor.recommendation r
    WHERE search @@ websearch_to_tsquery('english', %(q)s)
)
SELECT 'status', status, count(*) FROM searched WHERE group_fits GROUP BY 2
UNION ALL SELECT 'group', group_id, count(*) FROM searched WHERE status_fits GROUP BY 2
UNION ALL SELECT 'chapter', c, count(*) FROM searched, unnest(chapters) c WHERE group_fits AND status_fits GROUP BY 2
UNION ALL (
    SELECT 'page', id, row_number() OVER (ORDER BY rank DESC, id) FROM searched WHERE group_fits AND status_fits
    ORDER BY rank DESC, id LIMIT 25
)
"""
NARROWED = """
SELECT 'status', status, count(*) FROM floor.recommendation r WHERE {group} GROUP BY 2
UNION ALL SELECT 'group', group_id, count(*) FROM floor.recommendation r WHERE {status} GROUP BY 2
UNION ALL SELECT 'chapter', c, count(*) FROM floor.recommendation r, unnest(chapters) c WHERE {group} AND {status} GROUP BY 2
"""
WHOLE = """
SELECT * FROM (
    WITH cell AS MATERIALIZED (SELECT group_id, status, count(*) AS n FROM floor.recommendation GROUP BY 1, 2)
    SELECT 'status', status, sum(n) FROM cell GROUP BY 2 UNION ALL SELECT 'group', group_id, sum(n) FROM cell GROUP BY 2
) counted
UNION ALL SELECT 'chapter', chapter, count(*) FROM floor.chapter GROUP BY 2
"""
MATERIALIZED = "SELECT facet, value, number FROM floor.counted"
PAGE = """
UNION ALL (
    SELECT 'page', id, row_number() OVER (ORDER BY {order}) FROM floor.recommendation r WHERE {group} AND {status}
    ORDER BY {order} LIMIT 25
)
"""
ORDERS = {"": "id", "newest": "last_update_on DESC NULLS LAST, id"}

# The other facets of our list: from one look at the topics of {found}, and one at its addressees.
OTHERS = """
UNION ALL SELECT * FROM (
    WITH cell AS MATERIALIZED (SELECT topic_id, status, priority, count(*) AS n FROM {found} GROUP BY 1, 2, 3),
    by_document AS (SELECT t.document_id, sum(n) AS n FROM cell JOIN floor.topic t ON t.id = cell.topic_id GROUP BY 1)
    SELECT 'open', (status <= {last_open})::integer, sum(n) FROM cell GROUP BY 2
    UNION ALL SELECT 'priority', priority::integer, sum(n) FROM cell GROUP BY 2
    UNION ALL (SELECT 'topic', topic_id, sum(n) FROM cell GROUP BY 2 ORDER BY 3 DESC LIMIT 50)
    UNION ALL (SELECT 'document', document_id, n FROM by_document ORDER BY 3 DESC LIMIT 50)
    UNION ALL SELECT 'series', series, sum(n) FROM by_document JOIN floor.series USING (document_id) GROUP BY 2
) others
UNION ALL ({addressees} GROUP BY 2 ORDER BY 3 DESC LIMIT 50)
"""

LABELS = "SELECT facet, id, value, label FROM floor.label WHERE facet = ANY(%s)"
ROWS = """
SELECT id, code, title, priority, status, group_name, addressee_slugs, addressees, chapters, chapter_titles,
    last_update_on, note
FROM floor.shown WHERE id = ANY(%s)
"""
COPY = """
COPY (
    SELECT s.code, s.title, s.summary, s.status, r.status <= {last_open}, s.group_name, s.issue_code, s.issue_title,
        array_to_string(s.chapters, '; '), array_to_string(s.addressees, '; '), s.document_title, s.priority,
        s.last_update_on, s.note, s.evidence, 'https://tracker.example/recommendations/' || s.code || '/', s.status,
        s.basis, s.success_test, s.topic_title, s.published_on, current_date
    FROM floor.shown s JOIN floor.recommendation r USING (id) WHERE {group} AND {status} ORDER BY id
) TO STDOUT (FORMAT csv, HEADER)
"""

LINKS = ["recommendations", "changes", "groups", "organizations", "chapters", "milestones", "documents", "digests"]
HEAD = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Recommendations</title>"
    '<link rel=stylesheet href="/static/site.css"></head><body><header>'
    + "".join(f'<a href="/{link}/">{link.title()}</a>' for link in LINKS)
    + "</header><main>"
)
FOOT = "</main><footer>Published by the C26+ program of the U.S.-Mexico Foundation.</footer></body></html>"


def create():
    """Make the schema and fill it with what is public."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(SCHEMA)
        statuses = ", ".join(f"'{status}'" for status in STATUSES)
        connection.execute(FILL.replace("%(statuses)s", f"ARRAY[{statuses}]"))
        connection.execute("VACUUM ANALYZE")


@cache
def connect() -> psycopg.Connection:
    """The connection of this process; psycopg prepares what it is asked often, and each search is planned anew."""
    options = "-c plan_cache_mode=force_custom_plan"
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, options=options)


def application(environ, start_response):
    query = parse_qs(environ["QUERY_STRING"])
    variant, _, path = environ["PATH_INFO"].strip("/").rpartition("/")
    is_csv = path == "export.csv"
    start_response("200 OK", [("Content-Type", f"text/{'csv' if is_csv else 'html'}; charset=utf-8")])
    return csv(query) if is_csv else [page(query, variant).encode()]


def conditions_and_values(query, labels) -> tuple[dict, dict]:
    """The conditions of the filters, for str.format(), and their values."""
    groups = [pk for facet, pk in labels if facet == "group" and labels[facet, pk][0] in query.get("group", [])]
    statuses = [STATUSES.index(status) for status in query.get("status", [])]
    conditions = {
        "group": "group_id = ANY(%(group)s)" if "group" in query else "true",
        "status": "r.status = ANY(%(status)s)" if "status" in query else "true",
    }
    return conditions, {"group": groups, "status": statuses, "q": query.get("q", [""])[0]}


def read_labels(facets) -> dict[tuple[str, int], tuple[str, str]]:
    """The value in addresses and the name of what can be chosen, by facet and key."""
    return {(facet, pk): (value, label) for facet, pk, value, label in connect().execute(LABELS, [facets])}


def csv(query):
    conditions, values = conditions_and_values(query, read_labels(["group"]))
    part = bytearray()
    with connect().cursor() as cursor, cursor.copy(COPY.format(last_open=LAST_OPEN, **conditions), values) as copy:
        for line in copy:
            part += line
            if len(part) > CSV_PART:
                yield bytes(part)
                part.clear()
    yield bytes(part)


def page(query, variant) -> str:
    """The list by a parsed `query`, with its facets; each chosen one is counted as if it were not."""
    names = ["group", "chapter"]
    if variant == "all-facets":
        names += ["topic", "document", "series", "addressee"]
    labels = read_labels(names)
    conditions, values = conditions_and_values(query, labels)
    facets = {"status": {}, "group": {}, "chapter": {}, "page": {}}
    for facet, value, count in connect().execute(page_sql(query, conditions, variant), values):
        facets.setdefault(facet, {})[value] = count
    page = facets.pop("page")
    total = sum(
        count for status, count in facets["status"].items() if status in values["status"] or not values["status"]
    )
    rows = sorted(connect().execute(ROWS, [list(page)]), key=lambda row: page[row[0]])
    return "".join(
        [
            HEAD,
            f'<h1>Recommendations</h1><form><input type=search name=q value="{escape(values["q"])}">',
            *(facet_html(facet, counts, labels, query.get(facet, [])) for facet, counts in facets.items()),
            f"<button>Apply</button></form><h2>{total} recommendations</h2><ol>",
            *(row_html(*row) for row in rows),
            '</ol><a href="?page=2">Next</a>',
            FOOT,
        ]
    )


def page_sql(query, conditions, variant) -> str:
    """The one query for the counts and for the keys of the page."""
    is_whole = not query.keys() & {"group", "status", "q"}
    if "q" in query:
        parts = [SEARCH]
        found = "searched WHERE group_fits AND status_fits"
    else:
        parts = [(MATERIALIZED if variant == "materialized" else WHOLE) if is_whole else NARROWED, PAGE]
        found = "floor.recommendation r WHERE {group} AND {status}"
    if variant == "all-facets":
        addressees = (
            "SELECT 'addressee', organization, count(*) FROM floor.addressee"
            if is_whole
            else f"SELECT 'addressee', o, count(*) FROM (SELECT * FROM {found}) f, unnest(organizations) o"
        )
        parts.append(OTHERS.replace("{found}", found).replace("{addressees}", addressees))
    return "".join(parts).format(order=ORDERS[query.get("sort", [""])[0]], last_open=LAST_OPEN, **conditions)


def facet_html(facet, counts, labels, chosen) -> str:
    boxes = []
    for pk, count in counts.items():
        value, label = labels.get((facet, pk)) or (STATUSES[pk], STATUSES[pk].replace("_", " ").capitalize())
        checked = " checked" if value in chosen else ""
        boxes.append(
            f'<label><input type=checkbox name="{facet}" value="{value}"{checked}> {escape(label)} <i>{count}</i></label>'
        )
    return f"<fieldset><legend>{facet.capitalize()}</legend>{''.join(boxes)}</fieldset>"


def row_html(_pk, code, title, priority, status, group, slugs, names, chapters, chapter_titles, day, note) -> str:
    asked = ", ".join(
        f'<a href="/organizations/{slug}/">{escape(name)}</a>'
        for slug, name in zip(slugs or [], names or [], strict=True)
    )
    touched = ", ".join(
        f'<a href="/chapters/{number}/" title="{escape(name)}">{number}</a>'
        for number, name in zip(chapters or [], chapter_titles or [], strict=True)
    )
    last = (
        f"<b>{day:%B %-d, %Y}.</b> {escape(' '.join(note.split()[:34]))}"
        if day
        else "No updates have been recorded yet."
    )
    return (
        f"<li><p>{code}{' Priority' if priority else ''} {escape(group)}</p>"
        f'<h3><a href="/recommendations/{code}/">{escape(title)}</a></h3>'
        f'<span class="{status}">{status.replace("_", " ").capitalize()}</span>'
        f"<p>Asked to act: {asked} USMCA chapters: {touched}</p><p>{last}</p></li>"
    )
