-- Has the search column of recommendations worked out anew. They are locked in the order of their keys, so that two
-- writers whose changes concern the same recommendations never wait for each other.
CREATE OR REPLACE FUNCTION recompute_search(recommendations bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM recommendations_recommendation WHERE id = ANY (recommendations) ORDER BY id FOR NO KEY UPDATE;
    UPDATE recommendations_recommendation SET search = NULL WHERE id = ANY (recommendations);
END
$$;
