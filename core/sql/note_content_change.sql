-- Each connection has a row of its own, so that writers never wait for each other, and notes there the time of its last
-- transaction that changed something. It is seen when the change itself is: with the commit. So two readers who find
-- the same rows here see the same content. A new connection takes the place of those that have ended: their changes are
-- known to it, and its own row is new.
-- SECURITY DEFINER: whoever may change content need not be able to write here by themselves.
CREATE OR REPLACE FUNCTION note_content_change() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Once in each transaction: many versions of one row would make the next one slow.
    UPDATE content_change SET changed_at = now() WHERE connection = pg_backend_pid() AND changed_at <> now();
    IF NOT FOUND AND NOT EXISTS (SELECT FROM content_change WHERE connection = pg_backend_pid()) THEN
        -- In a stricter transaction, a row that somebody else has just removed would be an error.
        IF current_setting('transaction_isolation') = 'read committed' THEN
            PERFORM pg_stat_clear_snapshot();  -- which may be older than some connections
            DELETE FROM content_change WHERE connection IN (
                SELECT connection FROM content_change WHERE connection NOT IN (SELECT pid FROM pg_stat_activity)
                    FOR UPDATE SKIP LOCKED
            );
        END IF;
        INSERT INTO content_change VALUES (pg_backend_pid(), now());
    END IF;
END
$$;
