-- Who took whose place on a day, from the recommendation `first` along the chain of successors, each pair once.
CREATE OR REPLACE FUNCTION ledger_succession(first bigint, on_day date)
    RETURNS TABLE (superseded_id bigint, successor_id bigint)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE link AS (
        SELECT NULL::bigint AS superseded_id, first AS successor_id
        UNION
        SELECT link.successor_id, s.successor_id
            FROM link
            CROSS JOIN LATERAL (
                SELECT u.id
                    FROM recommendations_update u
                    WHERE u.recommendation_id = link.successor_id
                        AND u.visibility = '{public}'
                        AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
                        AND u.counts_from <= on_day
                    ORDER BY u.counts_from DESC, u.id DESC
                    LIMIT 1
            ) head
            JOIN recommendations_succession s ON s.update_id = head.id
    )
    SELECT link.superseded_id, link.successor_id FROM link WHERE link.superseded_id IS NOT NULL
$$;
