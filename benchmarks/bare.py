"""The same pages as psycopg and f-strings make them: SQL by hand, HTML by hand, nothing else. What cannot be beaten."""

from html import escape

HEAD = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Recommendations</title>"
    '<link rel=stylesheet href="/static/site.css"></head><body><header>{links}</header><main>'
).format(links="".join(f'<a href="/{each}/">{each}</a>' for each in ["recommendations", "groups", "chapters"]))
FOOT = "</main><footer>Published by the C26+ programme of the U.S.-Mexico Foundation.</footer></body></html>"

FROM = """
    FROM recommendations_recommendation r
    JOIN recommendations_issue i ON i.id = r.issue_id
    JOIN recommendations_topic t ON t.id = i.topic_id
    JOIN recommendations_document d ON d.id = t.document_id AND d.visibility = 'public'
    JOIN working_groups_workinggroup g ON g.id = t.group_id
    WHERE {where}
"""
ORDER = "d.published_on DESC, g.position, t.position, i.position, r.letter, r.id"
QUERY = "to_tsquery('tracker_english', '{0}') || to_tsquery('spanish', '{0}') || to_tsquery('tracker_spanish', '{0}')"

ROWS = f"""
    SELECT r.id, r.code, r.priority, r.title_en, r.status, g.name_en, u.effective_on, u.what_en
    FROM (SELECT r.id, row_number() OVER (ORDER BY {{order}}) AS place {FROM} ORDER BY {{order}} LIMIT 25) page
    JOIN recommendations_recommendation r ON r.id = page.id
    JOIN recommendations_issue i ON i.id = r.issue_id
    JOIN recommendations_topic t ON t.id = i.topic_id
    JOIN working_groups_workinggroup g ON g.id = t.group_id
    LEFT JOIN recommendations_update u ON u.id = r.last_update_id
    ORDER BY page.place
"""
ADDRESSEES = """
    SELECT a.recommendation_id, o.slug, coalesce(nullif(o.acronym, ''), o.name_en)
    FROM recommendations_addressee a JOIN working_groups_organization o ON o.id = a.organization_id
    WHERE a.recommendation_id = ANY(%s) ORDER BY a.id
"""
CHAPTERS = """
    SELECT l.recommendation_id, c.number, c.title_en
    FROM recommendations_chapterlink l JOIN recommendations_chapter c ON c.id = l.chapter_id
    WHERE l.recommendation_id = ANY(%s) ORDER BY c.number
"""

# Every facet in one look; those that are chosen are counted by themselves, without their own condition.
FACETS = f"""
    WITH found AS MATERIALIZED (
        SELECT r.id, r.status, r.is_open, r.priority, t.id AS topic, t.group_id, t.document_id {FROM}
    )
    SELECT 'status', status, '', count(*) FROM found GROUP BY status
    UNION ALL SELECT 'open', is_open::text, '', count(*) FROM found GROUP BY is_open
    UNION ALL SELECT 'priority', priority::text, '', count(*) FROM found GROUP BY priority
    UNION ALL SELECT 'group', g.slug, g.name_en, n FROM working_groups_workinggroup g
        JOIN (SELECT group_id, count(*) AS n FROM found GROUP BY group_id) c ON c.group_id = g.id
    UNION ALL SELECT 'document', d.slug, d.title_en, n FROM recommendations_document d
        JOIN (SELECT document_id, count(*) AS n FROM found GROUP BY document_id) c ON c.document_id = d.id
    UNION ALL SELECT 'topic', t.slug, t.title_en, n FROM recommendations_topic t
        JOIN (SELECT topic, count(*) AS n FROM found GROUP BY topic) c ON c.topic = t.id
    UNION ALL SELECT 'series', s.slug, s.short_name_en, sum(n) FROM reviews_series s
        JOIN (SELECT DISTINCT m.series_id, md.document_id FROM reviews_milestone m
            JOIN reviews_milestone_documents md ON md.milestone_id = m.id) p ON p.series_id = s.id
        JOIN (SELECT document_id, count(*) AS n FROM found GROUP BY document_id) c ON c.document_id = p.document_id
        GROUP BY s.id
    UNION ALL SELECT 'addressee', o.slug, o.name_en, n FROM working_groups_organization o
        JOIN (SELECT a.organization_id, count(*) AS n FROM recommendations_addressee a
            JOIN found ON found.id = a.recommendation_id GROUP BY a.organization_id) c ON c.organization_id = o.id
    UNION ALL SELECT 'chapter', c.number::text, c.title_en, n FROM recommendations_chapter c
        JOIN (SELECT l.chapter_id, count(*) AS n FROM recommendations_chapterlink l
            JOIN found ON found.id = l.recommendation_id GROUP BY l.chapter_id) k ON k.chapter_id = c.id
"""
CHOSEN = {
    "group": f"SELECT g.slug, g.name_en, count(*) {FROM} GROUP BY g.id",
    "status": f"SELECT r.status, '', count(*) {FROM} GROUP BY r.status",
}

HOME = f"SELECT g.name_en, r.status, count(*) {FROM} GROUP BY g.id, r.status".format(where="true")

COPY = """
    COPY (
        SELECT r.code, r.title_en, r.summary_en, r.status, r.is_open, g.name_en, i.code, i.title_en,
            (SELECT string_agg(c.number::text, '; ' ORDER BY c.number) FROM recommendations_chapterlink l
                JOIN recommendations_chapter c ON c.id = l.chapter_id WHERE l.recommendation_id = r.id),
            (SELECT string_agg(coalesce(nullif(o.acronym, ''), o.name_en), '; ' ORDER BY a.id)
                FROM recommendations_addressee a JOIN working_groups_organization o ON o.id = a.organization_id
                WHERE a.recommendation_id = r.id),
            d.title_en, r.priority, r.last_update_on, u.what_en,
            'https://tracker.example/recommendations/' || r.code || '/',
            r.status, u.basis, r.success_test_en, t.title_en, d.published_on, current_date
        FROM recommendations_recommendation r
        JOIN recommendations_issue i ON i.id = r.issue_id
        JOIN recommendations_topic t ON t.id = i.topic_id
        JOIN recommendations_document d ON d.id = t.document_id AND d.visibility = 'public'
        JOIN working_groups_workinggroup g ON g.id = t.group_id
        LEFT JOIN recommendations_update u ON u.id = r.last_update_id
        ORDER BY d.published_on DESC, g.position, t.position, i.position, r.letter, r.id
    ) TO STDOUT (FORMAT csv, HEADER)
"""


def page_of(connection, conditions, order=ORDER) -> str:
    """A list by {facet: condition}, with its facets."""
    where = " AND ".join(conditions.values()) or "true"
    facets = {}
    for facet, value, label, count in connection.execute(FACETS.format(where=where)):
        facets.setdefault(facet, []).append((value, label, count))
    counts = facets.get("status", [])
    for facet in conditions.keys() & CHOSEN.keys():
        others = " AND ".join(each for name, each in conditions.items() if name != facet) or "true"
        facets[facet] = connection.execute(CHOSEN[facet].format(where=others)).fetchall()
    rows = connection.execute(ROWS.format(where=where, order=order)).fetchall()
    pks = [row[0] for row in rows]
    addressees, chapters = {}, {}
    for pk, slug, name in connection.execute(ADDRESSEES, [pks]):
        addressees.setdefault(pk, []).append(f'<a href="/organizations/{slug}/">{escape(name)}</a>')
    for pk, number, title in connection.execute(CHAPTERS, [pks]):
        chapters.setdefault(pk, []).append(f'<a href="/chapters/{number}/" title="{escape(title)}">{number}</a>')
    return "".join(
        [
            HEAD,
            "<h1>Recommendations</h1><form>",
            *(_facet(facet, choices) for facet, choices in facets.items()),
            f"</form><h2>{sum(count for _value, _label, count in counts)} recommendations</h2><table><tr>",
            *(f'<td><a href="?status={status}">{status} {count}</a></td>' for status, _label, count in counts),
            "</tr></table><ol>",
            *(_row(row, addressees.get(row[0], []), chapters.get(row[0], [])) for row in rows),
            '</ol><a href="?page=2">Next</a>',
            FOOT,
        ]
    )


def _facet(facet, choices) -> str:
    boxes = (
        f'<label><input type=checkbox name="{facet}" value="{escape(value)}"> {escape(label or value)} '
        f"<span>{count}</span></label>"
        for value, label, count in choices
    )
    return f"<details><summary>{facet}</summary>{''.join(boxes)}</details>"


def _row(row, addressees, chapters) -> str:
    _pk, code, priority, title, status, group, day, what = row
    note = f"<b>{day:%-d %B %Y}</b> {escape(' '.join(what.split()[:34]))}" if day else "No update is recorded yet."
    return (
        f"<li><p>{code}{' Priority' if priority else ''} {escape(group)}</p>"
        f'<h3><a href="/recommendations/{code}/">{escape(title)}</a></h3><span class="{status}">{status}</span>'
        f"<p>Asked: {', '.join(addressees)} USMCA chapters: {', '.join(chapters)}</p><p>{note}</p></li>"
    )


def home(connection) -> str:
    """The state of play of each group."""
    cells = (
        f"<li>{escape(group)}: {status} {count}</li>" for group, status, count in connection.execute(HOME).fetchall()
    )
    return HEAD + "".join(cells) + FOOT


def csv_of_everything(connection) -> int:
    """Its bytes, thrown away as they come."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        return sum(len(part) for part in copy)
