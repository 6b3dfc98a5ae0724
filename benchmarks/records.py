"""Synthetic recommendations in the numbers asked for, beside the real ones, in the proportions of the real ones.

Written with the triggers off, which would take an hour; what they keep (current status, search, tallies) is written
as they would.
"""

DOCUMENTS = 40
TOPICS_PER_DOCUMENT = 8
TEXTS = 5_000  # different ones; the words of the real texts, the common ones more often

MAKE = f"""
SET LOCAL session_replication_role = replica;
SELECT setseed(0.42);

CREATE TEMP TABLE word ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY count(*) DESC, word) AS place, word
    FROM recommendations_recommendation r,
        regexp_split_to_table(lower(r.title_en || ' ' || r.summary_en || ' ' || r.success_test_en), '[^a-z]+') word
    WHERE length(word) > 2 GROUP BY word;
CREATE INDEX ON word (place);
CREATE FUNCTION pg_temp.words(count integer, salt bigint) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(w.word, ' ')
        FROM (SELECT 1 + floor((SELECT count(*) FROM word) * random() ^ 2.5 + 0 * salt)::bigint AS place
            FROM generate_series(1, count)) chosen
        JOIN word w USING (place)
$$;
CREATE TEMP TABLE text_pool ON COMMIT DROP AS
    SELECT n, initcap(pg_temp.words(8, n)) AS title, pg_temp.words(35, n) AS summary, pg_temp.words(70, n) AS wording
    FROM generate_series(0, {TEXTS} - 1) n;
ALTER TABLE text_pool ADD search tsvector;
UPDATE text_pool SET search =
    setweight(to_tsvector('tracker_english', title), 'A') || setweight(to_tsvector('spanish', title), 'A')
    || setweight(to_tsvector('tracker_english', summary), 'C') || setweight(to_tsvector('spanish', summary), 'C')
    || setweight(to_tsvector('tracker_english', wording), 'D');
CREATE INDEX ON text_pool (n);

-- One in twenty of the documents is for staff, one for members.
INSERT INTO recommendations_document (slug, title_en, title_es, summary_en, summary_es, publisher_id, published_on,
        published_note_en, published_note_es, language, url, sha256, visibility)
    SELECT 'made-' || n, 'Paper number ' || n, 'Documento número ' || n, '', '',
        (SELECT min(id) FROM working_groups_organization), date '2015-01-01' + n * 90, '', '', 'en',
        'https://example.org/' || n, '', CASE n %% 20 WHEN 7 THEN 'staff' WHEN 13 THEN 'members' ELSE 'public' END
    FROM generate_series(1, {DOCUMENTS}) n;
INSERT INTO reviews_milestone_documents (milestone_id, document_id)
    SELECT m.id, d.id FROM recommendations_document d, (SELECT id, row_number() OVER () AS n FROM reviews_milestone) m
    WHERE d.slug LIKE 'made-%%' AND m.n = d.id %% 25 + 1;
INSERT INTO recommendations_topic (document_id, group_id, slug, title_en, title_es, position)
    SELECT d.id, g.id, d.slug || '-' || n, initcap(pg_temp.words(3, n)), initcap(pg_temp.words(3, n)), n
    FROM recommendations_document d, generate_series(1, {TOPICS_PER_DOCUMENT}) n,
        (SELECT id, row_number() OVER (ORDER BY position) AS place, count(*) OVER () AS groups
            FROM working_groups_workinggroup) g
    WHERE d.slug LIKE 'made-%%' AND g.place = n * g.groups / {TOPICS_PER_DOCUMENT + 1} + 1;
CREATE TEMP TABLE place ON COMMIT DROP AS
    SELECT t.id AS topic, row_number() OVER (ORDER BY t.id) - 1 AS n, d.published_on
    FROM recommendations_topic t JOIN recommendations_document d ON d.id = t.document_id WHERE d.slug LIKE 'made-%%';

-- Three issues for four recommendations.
INSERT INTO recommendations_issue (topic_id, code, number, title_en, title_es, summary_en, summary_es, position)
    SELECT p.topic, '2030-MADE-' || k, k, x.title, x.title, x.summary, x.summary, k %% 30000
    FROM generate_series(1, %(count)s * 3 / 4) k
    JOIN place p ON p.n = k %% (SELECT count(*) FROM place) JOIN text_pool x ON x.n = k %% {TEXTS};
CREATE TEMP TABLE made_issue ON COMMIT DROP AS
    SELECT i.id, row_number() OVER (ORDER BY i.id) AS n, p.published_on
    FROM recommendations_issue i JOIN place p ON p.topic = i.topic_id;
CREATE INDEX ON made_issue (n);
INSERT INTO recommendations_recommendation (issue_id, code, letter, title_en, title_es, summary_en, summary_es,
        success_test_en, success_test_es, official_wording, priority, status, search)
    SELECT i.id, '2030-MADE-' || k, chr(97 + k / (%(count)s * 3 / 4)), x.title, x.title, x.summary,
        x.summary, x.title, x.title, x.wording, k %% 7 = 0, 'issued', x.search
    FROM generate_series(0, %(count)s - 1) k
    JOIN made_issue i ON i.n = k %% (%(count)s * 3 / 4) + 1 JOIN text_pool x ON x.n = k * 7 %% {TEXTS};
CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT r.id, row_number() OVER (ORDER BY r.id) AS n, i.published_on
    FROM recommendations_recommendation r JOIN made_issue i ON i.id = r.issue_id;

-- The ledger: none, one, two, three or four rows each.
INSERT INTO recommendations_update (recommendation_id, status, previous_status, effective_on, precision, what_en,
        what_es, reason_en, reason_es, basis, visibility, recorded_at)
    SELECT m.id, (ARRAY['under_consideration', 'in_progress', 'in_progress', 'partially_implemented', 'implemented',
            'not_implemented'])[1 + (m.n * 7 + step) %% 6], 'issued',
        m.published_on + step * 60 + (m.n * 31 %% 700)::integer, 'day', x.summary, x.summary, 'A reason.', '',
        'public_source', 'public', now()
    FROM made m, generate_series(1, 4) step, text_pool x
    WHERE step <= m.n %% 5 AND x.n = (m.n * 11 + step) %% {TEXTS};
UPDATE recommendations_recommendation r
    SET status = head.status, last_update_id = head.id, last_update_on = head.counts_from
    FROM (SELECT DISTINCT ON (u.recommendation_id) u.* FROM recommendations_update u JOIN made m ON m.id = u.recommendation_id
        ORDER BY u.recommendation_id, u.counts_from DESC, u.id DESC) head
    WHERE r.id = head.recommendation_id;
INSERT INTO recommendations_evidence (update_id, title, publisher, url)
    SELECT u.id, 'A source', 'A gazette', 'https://example.org/source'
    FROM recommendations_update u JOIN made m ON m.id = u.recommendation_id;

-- Whom they ask, and the chapters: one to three of each, some far more often than others.
CREATE TEMP TABLE link ON COMMIT DROP AS
    SELECT m.id, k, power((m.n * 17 + k * 5) %% 97 / 97.0, 2) AS skew
    FROM made m, generate_series(0, 2) k WHERE k <= m.n %% 3;
INSERT INTO recommendations_addressee (recommendation_id, organization_id, is_named, response, response_title,
        response_url)
    SELECT link.id, o.id, true, 'awaiting', '', ''
    FROM link
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM working_groups_organization) o
        ON o.n = k * 15 + floor(15 * skew);
INSERT INTO recommendations_chapterlink (recommendation_id, chapter_id, articles, articles_seen, is_loose, reason_en,
        reason_es)
    SELECT link.id, c.id, '{{}}', '{{}}', false, 'A reason.', ''
    FROM link JOIN recommendations_chapter c ON c.number = 1 + k * 11 + floor(11 * skew);
"""


def make(connection, count):
    """Add so many to those in the database, and let PostgreSQL look at them as autovacuum does."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(MAKE, {"count": count})
        cursor.execute("TRUNCATE recommendations_tally")
        cursor.execute(
            "INSERT INTO recommendations_tally (topic_id, facet, value, number) SELECT * FROM recommendation_tallies()"
        )
        cursor.execute("COMMIT")
        cursor.execute("VACUUM ANALYZE")
