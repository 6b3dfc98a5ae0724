-- What the words of a search are looked for in. A match in the title ({title}) is the best, then one in the title, the
-- issue and those who are asked ({heading}), then one that needs the summary too ({summary}).
CREATE OR REPLACE FUNCTION recommendation_search(r recommendations_recommendation) RETURNS tsvector
LANGUAGE plpgsql STABLE AS $$
DECLARE
    title tsvector := search_vector('tracker_english', r.title_en) || search_vector('tracker_spanish', r.title_es);
    heading tsvector;
    summary tsvector := search_vector('tracker_english', r.summary_en) || search_vector('tracker_spanish', r.summary_es);
    other tsvector;
BEGIN
    SELECT
            title || search_vector('tracker_english', concat_ws(' ', i.title_en, o.names_en))
                || search_vector('tracker_spanish', concat_ws(' ', i.title_es, o.names_es)),
            search_vector('tracker_english', r.official_wording)
                || search_vector('tracker_english', concat_ws(
                    ' ', r.success_test_en, i.summary_en, t.title_en, d.title_en, h.what_en, c.titles_en, m.names_en
                ))
                || search_vector('tracker_spanish', concat_ws(
                    ' ', r.success_test_es, i.summary_es, t.title_es, d.title_es, h.what_es, c.titles_es, m.names_es
                ))
        INTO heading, other
        FROM recommendations_issue i
            JOIN recommendations_topic t ON t.id = i.topic_id
            JOIN recommendations_document d ON d.id = t.document_id,
            (
                SELECT string_agg(g.names_en, ' ') AS names_en, string_agg(g.names_es, ' ') AS names_es
                FROM recommendations_addressee a, search_organization_names(a.organization_id) g
                WHERE a.recommendation_id = r.id
            ) o,
            (
                SELECT string_agg(g.names_en, ' ') AS names_en, string_agg(g.names_es, ' ') AS names_es
                FROM recommendations_recommendation_mentions a, search_organization_names(a.organization_id) g
                WHERE a.recommendation_id = r.id
            ) m,
            (
                SELECT string_agg(u.what_en, ' ') AS what_en, string_agg(u.what_es, ' ') AS what_es
                FROM recommendations_update u
                WHERE u.recommendation_id = r.id
                    AND u.visibility = '{public}'
                    AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
            ) h,
            (
                SELECT string_agg(t.title_en, ' ') AS titles_en, string_agg(t.title_es, ' ') AS titles_es
                FROM recommendations_chapterlink l
                JOIN recommendations_chapter t ON t.id = l.chapter_id
                WHERE l.recommendation_id = r.id
            ) c
        WHERE i.id = r.issue_id;
    RETURN heading || summary || other
        || search_marked('{title}', title)
        || search_marked('{heading}', heading)
        || search_marked('{summary}', heading || summary);
END
$$;
