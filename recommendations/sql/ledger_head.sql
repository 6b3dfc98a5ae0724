-- The row that decides a recommendation's status: the latest public one that no later row corrects.
CREATE OR REPLACE FUNCTION ledger_head(recommendation bigint) RETURNS SETOF recommendations_update
LANGUAGE sql STABLE AS $$
    SELECT u.*
        FROM recommendations_update u
        WHERE u.recommendation_id = recommendation
            AND u.visibility = '{public}'
            AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
        ORDER BY u.counts_from DESC, u.id DESC
        LIMIT 1
$$;
