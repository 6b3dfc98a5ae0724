-- On what the current status of a recommendation rests: the rows in force from the one that led to it on, and their
-- evidence, counted and graded by the rule in recommendations/confidence.py. Their age is left to the reader of the grade.
CREATE OR REPLACE FUNCTION ledger_grounds(
    recommendation bigint,
    OUT since date, OUT rows_verified bigint, OUT rows_reported bigint, OUT rows_corroborated bigint,
    OUT sources bigint, OUT first_hand bigint, OUT grade varchar
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
        SELECT d.id, d.counts_from, d.basis, count(DISTINCT lower(e.publisher)) AS publishers
            FROM compared d LEFT JOIN recommendations_evidence e ON e.update_id = d.id
            WHERE NOT d.is_of_earlier_status
            GROUP BY d.id, d.counts_from, d.basis
    ), row_counts AS (
        SELECT min(counts_from) AS since,
            count(*) FILTER (WHERE basis = 'verified') AS verified,
            count(*) FILTER (WHERE basis = 'reported') AS reported,
            count(*) FILTER (WHERE publishers >= 2 OR publishers = 1 AND basis = 'reported') AS corroborated
            FROM deciding
    ), source_counts AS (
        SELECT count(DISTINCT e.url) AS sources,
            count(DISTINCT e.url) FILTER (WHERE e.kind IN ('law', 'official', 'data')) AS first_hand
            FROM recommendations_evidence e JOIN deciding d ON d.id = e.update_id
    )
    SELECT r.since, r.verified, r.reported, r.corroborated, s.sources, s.first_hand,
        CASE
            WHEN r.verified > 0 AND s.first_hand > 0 THEN 'high'
            WHEN r.verified > 0 OR s.first_hand > 0 OR r.corroborated > 0 THEN 'medium'
            ELSE 'low'
        END
        FROM row_counts r, source_counts s
$$;
