-- What the words of a search are looked for in: titles weigh most, then the issue and those who are asked, then texts.
CREATE OR REPLACE FUNCTION recommendation_search(r recommendations_recommendation) RETURNS tsvector
LANGUAGE sql STABLE AS $$
    SELECT
        setweight(to_tsvector('tracker_english', r.title_en), 'A')
        || setweight(to_tsvector('spanish', r.title_es), 'A')
        || setweight(to_tsvector('tracker_spanish', r.title_es), 'A')
        || setweight(to_tsvector('tracker_english', i.title_en), 'B')
        || setweight(to_tsvector('spanish', i.title_es), 'B')
        || setweight(to_tsvector('tracker_spanish', i.title_es), 'B')
        || setweight(to_tsvector('tracker_english', o.names_en), 'B')
        || setweight(to_tsvector('spanish', o.names_es), 'B')
        || setweight(to_tsvector('tracker_spanish', o.names_es), 'B')
        || setweight(to_tsvector('tracker_english', r.summary_en), 'C')
        || setweight(to_tsvector('spanish', r.summary_es), 'C')
        || setweight(to_tsvector('tracker_spanish', r.summary_es), 'C')
        || setweight(to_tsvector('tracker_english', r.official_wording), 'D')
        || setweight(to_tsvector('tracker_english', h.what_en || ' ' || c.titles_en), 'D')
        || setweight(to_tsvector('spanish', h.what_es || ' ' || c.titles_es), 'D')
        || setweight(to_tsvector('tracker_spanish', h.what_es || ' ' || c.titles_es), 'D')
        FROM recommendations_issue i,
            (
                SELECT
                    coalesce(string_agg(g.acronym || ' ' || g.name_en, ' '), '') AS names_en,
                    coalesce(string_agg(g.acronym || ' ' || g.name_es, ' '), '') AS names_es
                FROM recommendations_addressee a
                JOIN working_groups_organization g ON g.id = a.organization_id
                WHERE a.recommendation_id = r.id
            ) o,
            (
                SELECT
                    coalesce(string_agg(u.what_en, ' '), '') AS what_en,
                    coalesce(string_agg(u.what_es, ' '), '') AS what_es
                FROM recommendations_update u
                WHERE u.recommendation_id = r.id
                    AND u.visibility = '{public}'
                    AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
            ) h,
            (
                SELECT
                    coalesce(string_agg(t.title_en, ' '), '') AS titles_en,
                    coalesce(string_agg(t.title_es, ' '), '') AS titles_es
                FROM recommendations_chapterlink l
                JOIN recommendations_chapter t ON t.id = l.chapter_id
                WHERE l.recommendation_id = r.id
            ) c
        WHERE i.id = r.issue_id
$$;
