"""Made-up recommendations in the number asked for, beside the real ones and in their proportions.

The same on every machine. Written with the triggers off, which would take an hour; the current status and the search
column, which they maintain, are what they would be: one recommendation of each text goes through them.
"""

import random
from itertools import accumulate

import psycopg
from psycopg import sql

TEXTS = 4_000  # different ones: recommendations that are further apart than this share their texts
TOPICS_PER_DOCUMENT = 8
# What is searched for: in no real text, and in so many of the made-up ones. Both rare words are in 15 of 100.
RARE_WORDS = {"lantern": 0.39, "orchard": 0.39}
COMMON_WORDS = {"meadow": 0.62, "willow": 0.62}
VOCABULARY = 4_000

LENGTHS = {"title": 7, "summary": 25, "success_test": 18, "wording": 25, "note": 20, "heading": 5}

# The status that each recommendation ends with, how many of a hundred do, and the steps that led there.
STATUSES = [
    ("issued", 28, []),
    ("under_consideration", 18, ["under_consideration"]),
    ("in_progress", 10, ["under_consideration", "in_progress"]),
    ("partially_implemented", 12, ["under_consideration", "in_progress", "partially_implemented"]),
    ("implemented", 17, ["under_consideration", "in_progress", "partially_implemented", "implemented"]),
    ("not_implemented", 5, ["under_consideration", "not_implemented"]),
    ("overtaken", 4, ["under_consideration", "overtaken"]),
    ("superseded", 3, ["superseded"]),
    ("withdrawn", 3, ["withdrawn"]),
]

TABLES_OF_TEXTS = """
CREATE TEMP TABLE text_pool (
    n integer PRIMARY KEY,
    title_en text, summary_en text, success_test_en text, wording_en text, note_en text, heading_en text,
    title_es text, summary_es text, success_test_es text, wording_es text, note_es text, heading_es text
) ON COMMIT DROP;
CREATE TEMP TABLE outcome (low integer, high integer, steps text[]) ON COMMIT DROP;
"""

# A number below `n` that looks random and is always the same for one thing `k` and one question `salt`.
PICK = """
CREATE FUNCTION pg_temp.pick(k bigint, salt integer, n bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT ((hashint8extended(k, salt) & 2147483647) % n)::integer
$$;
"""

MAKE = """
SET LOCAL session_replication_role = replica;

-- Of twenty documents one is for staff.
INSERT INTO recommendations_document (slug, title_en, title_es, summary_en, summary_es, publisher_id, published_on,
        published_note_en, published_note_es, language, url, sha256, visibility)
    SELECT 'made-' || n, 'Paper number ' || n, 'Documento número ' || n, '', '',
        (SELECT min(id) FROM working_groups_organization), date '2012-01-01' + n * 4000 / {documents}, '', '', 'en',
        'https://example.org/' || n, '', CASE n % 20 WHEN 7 THEN 'staff' ELSE 'public' END
    FROM generate_series(1, {documents}) n;
INSERT INTO reviews_milestone_documents (milestone_id, document_id)
    SELECT m.id, d.id
    FROM recommendations_document d,
        (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS milestones FROM reviews_milestone) m
    WHERE d.slug LIKE 'made-%' AND m.n = d.id % m.milestones + 1;
INSERT INTO recommendations_topic (document_id, group_id, slug, title_en, title_es, position)
    SELECT d.id, g.id, d.slug || '-' || place, x.heading_en, x.heading_es, place
    FROM recommendations_document d
    CROSS JOIN generate_series(1, {topics_per_document}) place
    JOIN working_groups_workinggroup g ON g.slug =
        (ARRAY['smart-borders', 'smart-borders', 'digital-economy', 'digital-economy', 'digital-economy',
            'innovation-entrepreneurship', 'innovation-entrepreneurship', 'amiti'])[(place - 1) % 8 + 1]
    JOIN text_pool x ON x.n = pg_temp.pick(d.id * 100 + place, 1, {texts})
    WHERE d.slug LIKE 'made-%';

-- Three issues for four recommendations.
CREATE TEMP TABLE made_topic ON COMMIT DROP AS
    SELECT t.id, d.published_on, row_number() OVER (ORDER BY t.id) - 1 AS n
    FROM recommendations_topic t JOIN recommendations_document d ON d.id = t.document_id WHERE d.slug LIKE 'made-%';
CREATE TEMP TABLE made_issue ON COMMIT DROP AS
    SELECT k, (SELECT coalesce(max(id), 0) FROM recommendations_issue) + 1 + k AS id, t.id AS topic_id, t.published_on
    FROM generate_series(0, {issues} - 1) k JOIN made_topic t ON t.n = pg_temp.pick(k, 2, {topics});
CREATE UNIQUE INDEX ON made_issue (k);
INSERT INTO recommendations_issue (id, topic_id, code, number, title_en, title_es, summary_en, summary_es, position)
    SELECT i.id, i.topic_id, '2030-MADE-' || i.k, i.k, x.heading_en, x.heading_es, x.note_en, x.note_es, i.k % 30000
    FROM made_issue i JOIN text_pool x ON x.n = pg_temp.pick(i.k, 3, {texts}) ORDER BY i.k;

CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT number AS k, (SELECT coalesce(max(id), 0) FROM recommendations_recommendation) + 1 + number AS id,
        i.id AS issue_id, i.topic_id, i.published_on,
        -- Every second one that is under way was confirmed to be as it was.
        CASE WHEN o.steps <> '{{}}' AND pg_temp.pick(number, 4, 2) = 0
            THEN o.steps || o.steps[cardinality(o.steps)] ELSE o.steps END AS steps
    FROM generate_series(0, {count} - 1) number
    JOIN made_issue i ON i.k = number % {issues}
    JOIN outcome o ON pg_temp.pick(number, 5, 100) BETWEEN o.low AND o.high;
CREATE UNIQUE INDEX ON made (k);
CREATE UNIQUE INDEX ON made (id);
ANALYZE made;

-- The ledger: from none to five rows each.
CREATE TEMP TABLE made_update ON COMMIT DROP AS
    SELECT m.k, m.id AS recommendation_id, s.status, s.step,
        coalesce(m.steps[s.step - 1], 'issued') AS previous_status,
        m.published_on + pg_temp.pick(m.k, 6, 700) + s.step::integer * 60 AS effective_on,
        (SELECT coalesce(max(id), 0) FROM recommendations_update)
            + row_number() OVER (ORDER BY m.k, s.step) AS id,
        s.step = cardinality(m.steps) AS is_last
    FROM made m, unnest(m.steps) WITH ORDINALITY s (status, step);
CREATE UNIQUE INDEX ON made_update (k) WHERE is_last;
ANALYZE made_update;
INSERT INTO recommendations_update (id, recommendation_id, status, previous_status, effective_on, precision, what_en,
        what_es, reason_en, reason_es, basis, visibility, recorded_at)
    SELECT u.id, u.recommendation_id, u.status, u.previous_status, u.effective_on, 'day', x.note_en, x.note_es,
        'A reason.', '', 'public_source', 'public', (u.effective_on + time '18:00') AT TIME ZONE 'UTC'
    FROM made_update u
    JOIN text_pool x ON x.n = pg_temp.pick(u.id, 7, {texts})
    ORDER BY u.id;
INSERT INTO recommendations_succession (update_id, successor_id)
    SELECT u.id, successor.id
    FROM made_update u
    JOIN made successor ON successor.k = (u.k + 1) % {count}
    WHERE u.status = 'superseded'
    ORDER BY u.id;
INSERT INTO recommendations_evidence (update_id, title, publisher, url)
    SELECT id, 'A source', 'A gazette', 'https://example.org/source/' || id FROM made_update ORDER BY id;

-- Whom they ask, one to five; and the chapters, one or two. Some are linked far more often than others.
INSERT INTO recommendations_addressee (recommendation_id, organization_id, is_named)
    SELECT DISTINCT m.id, o.id, true
    FROM made m
    CROSS JOIN generate_series(0, pg_temp.pick(m.k, 9, 5)) place
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS number FROM working_groups_organization) o
        ON o.n = floor(o.number * power(pg_temp.pick(m.k * 10 + place, 10, 1000) / 1000.0::float8, 2))::bigint
    ORDER BY m.id;
INSERT INTO recommendations_chapterlink (recommendation_id, chapter_id, articles, articles_seen, is_loose, reason_en,
        reason_es)
    SELECT DISTINCT m.id, c.id, ARRAY[]::varchar[], ARRAY[]::varchar[], false, 'A reason.', ''
    FROM made m
    CROSS JOIN generate_series(0, pg_temp.pick(m.k, 11, 2)) place
    JOIN recommendations_chapter c
        ON c.number = 1 + floor(34 * power(pg_temp.pick(m.k * 10 + place, 12, 1000) / 1000.0::float8, 2))::integer
    ORDER BY m.id;

SELECT setval(pg_get_serial_sequence(name, 'id'), 10000000)
    FROM unnest(ARRAY['recommendations_issue', 'recommendations_recommendation', 'recommendations_update']) name;
"""

RECOMMENDATIONS = """
INSERT INTO recommendations_recommendation (id, issue_id, {topic_column} code, letter, title_en, title_es, summary_en,
        summary_es, success_test_en, success_test_es, official_wording, priority, status, last_update_id,
        last_update_on, search)
    SELECT m.id, m.issue_id, {topic_value} '2030-MADE-' || m.k, chr(97 + (m.k / {issues})::integer), x.title_en,
        x.title_es, x.summary_en, x.summary_es, x.success_test_en, x.success_test_es, x.wording_en,
        pg_temp.pick(m.k, 8, 7) = 0, coalesce(u.status, 'issued'), u.id, u.effective_on, of_same_text.search
    FROM made m
    JOIN text_pool x ON x.n = m.k % {texts}
    LEFT JOIN made_update u ON u.k = m.k AND u.is_last
    LEFT JOIN made first ON first.k = m.k % {texts}
    LEFT JOIN recommendations_recommendation of_same_text ON of_same_text.id = first.id
    WHERE m.k {which} {texts}
    ORDER BY m.k;
"""

# With its triggers on, the database works the search column out, and refuses a status that is not what it reads in the
# ledger.
LET_TRIGGERS_WORK = """
SET LOCAL session_replication_role = origin;
UPDATE recommendations_recommendation r SET search = NULL, status = r.status FROM made m WHERE m.id = r.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL session_replication_role = replica;
"""

# To fill an index row by row takes several times as long as to build it.
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename = 'recommendations_recommendation'
        AND format('%I', indexname)::regclass NOT IN (SELECT conindid FROM pg_constraint)
"""

# Counts that an earlier version of the product keeps in a table.


def make(connection: psycopg.Connection, count: int):
    """Add `count` recommendations in one transaction, and let PostgreSQL look at them as autovacuum does."""
    documents = 40 + count // 1000
    [(has_topic,)] = connection.execute(
        "SELECT EXISTS (SELECT FROM information_schema.columns"
        " WHERE table_name = 'recommendations_recommendation' AND column_name = 'topic_id')"
    )
    numbers = {
        "count": count,
        "texts": TEXTS,
        "documents": documents,
        "topics": documents * TOPICS_PER_DOCUMENT,
        "topics_per_document": TOPICS_PER_DOCUMENT,
        "issues": count * 3 // 4,
        "topic_column": "topic_id," if has_topic else "",
        "topic_value": "m.topic_id," if has_topic else "",
    }
    with connection.transaction():
        connection.execute(TABLES_OF_TEXTS)
        connection.execute(PICK)
        with connection.cursor() as cursor:
            with cursor.copy("COPY text_pool FROM STDIN") as copy:
                for row in _texts():
                    copy.write_row(row)
            with cursor.copy("COPY outcome FROM STDIN") as copy:
                low = 0
                for _status, share, steps in STATUSES:
                    copy.write_row([low, low + share - 1, steps])
                    low += share
        indexes = connection.execute(INDEXES).fetchall()
        for name, _definition in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        connection.execute(MAKE.format(**numbers))
        # One of each text first; the others have its search column.
        connection.execute(RECOMMENDATIONS.format(which="<", **numbers))
        connection.execute(LET_TRIGGERS_WORK)
        connection.execute(RECOMMENDATIONS.format(which=">=", **numbers))
        for _name, definition in indexes:
            connection.execute(definition)
    connection.execute("VACUUM ANALYZE")


def rename_group(connection: psycopg.Connection, number: int) -> str:
    """Commit a change that every list shows, the cheapest there is, and return the name that they show."""
    name = f"Smart Borders {number}"
    connection.execute("UPDATE working_groups_workinggroup SET name_en = %s WHERE slug = 'smart-borders'", [name])
    return name


def _texts():
    """Rows of text_pool. Words are as frequent as in a real text, those after the first few each a little less."""
    chance = random.Random(42)
    english = _vocabulary(chance, ["ba", "ke", "tri", "mon", "ler", "sta", "ving", "dor", "pel", "sho", "wick", "un"])
    spanish = _vocabulary(chance, ["ña", "que", "tri", "mo", "lle", "ción", "do", "per", "za", "gue", "sa", "len"])
    weights = list(accumulate(1 / (rank + 5) for rank in range(VOCABULARY)))

    def text(words, length):
        return " ".join(chance.choices(words, cum_weights=weights, k=length)).capitalize()

    for n in range(TEXTS):
        texts = {
            f"{name}_{language}": text(words, length)
            for language, words in [("en", english), ("es", spanish)]
            for name, length in LENGTHS.items()
        }
        for word, share in [*RARE_WORDS.items(), *COMMON_WORDS.items()]:
            if chance.random() < share:
                place = chance.choice(["title_en", "summary_en", "summary_en", "wording_en", "wording_en"])
                texts[place] += f" {word}"
        yield [n, *texts.values()]


def _vocabulary(chance, syllables) -> list[str]:
    words = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = True
    return list(words)
