-- On what the current status of a recommendation rests: the rows in force from the one that led to it on, and their
-- evidence, counted and graded by the rule in recommendations/confidence.py. Their age is left to the reader of the grade.
CREATE OR REPLACE FUNCTION ledger_grounds(
    recommendation bigint,
    OUT since date, OUT rows_verified bigint, OUT rows_reported bigint,
    OUT sources bigint, OUT publishers bigint, OUT first_hand bigint, OUT grade varchar
)
LANGUAGE sql STABLE AS $$
    WITH in_force AS (
        SELECT u.*, first_value(u.status) OVER (ORDER BY u.counts_from DESC, u.id DESC) AS current
            FROM recommendations_update u
            WHERE u.recommendation_id = recommendation
                AND u.visibility = '{public}'
                AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
    ), compared AS (
        SELECT *, bool_or(status <> current) OVER (ORDER BY counts_from DESC, id DESC) AS is_of_earlier_status
            FROM in_force
    ), deciding AS (
        SELECT min(counts_from) AS since, array_agg(id) AS ids,
            count(*) FILTER (WHERE basis = 'verified') AS verified,
            count(*) FILTER (WHERE basis = 'reported') AS reported
            FROM compared WHERE NOT is_of_earlier_status
    ), source AS (
        SELECT count(DISTINCT e.url) AS sources, count(DISTINCT lower(e.publisher)) AS publishers,
            count(DISTINCT e.url) FILTER (WHERE e.kind IN ('law', 'official', 'data')) AS first_hand
            FROM recommendations_evidence e WHERE e.update_id = ANY((SELECT ids FROM deciding)::bigint[])
    )
    SELECT d.since, d.verified, d.reported, s.sources, s.publishers, s.first_hand,
        CASE
            WHEN d.verified > 0 AND s.first_hand > 0 THEN 'high'
            WHEN d.verified > 0 OR s.first_hand > 0 OR s.publishers + sign(d.reported) >= 2 THEN 'medium'
            ELSE 'low'
        END
        FROM deciding d, source s
$$;
