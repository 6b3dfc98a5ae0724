-- Notes that records changed, in the order in which transactions commit: it is called at commit, and the lock is held
-- until the commit is seen. So whoever has read up to a number misses nothing below it. A record that is not public
-- leaves one note when it ceases to be public, and none before or after.
-- SECURITY DEFINER: whoever may change a record need not be able to write here by themselves.
CREATE OR REPLACE FUNCTION note_record_changes(recommendations bigint[], ledger_row bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('note_record_changes'));
    INSERT INTO recommendations_recordchange (code, is_public, update_id, noted_at)
        SELECT r.code, d.visibility = '{public}', ledger_row, clock_timestamp()
            FROM recommendations_recommendation r
            JOIN recommendations_topic t ON t.id = r.topic_id
            JOIN recommendations_document d ON d.id = t.document_id
            WHERE r.id = ANY (recommendations)
                AND (d.visibility = '{public}' OR record_was_public(r.code))
            ORDER BY r.id;
END
$$;

CREATE OR REPLACE FUNCTION note_record_removal(record text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('note_record_changes'));
    INSERT INTO recommendations_recordchange (code, is_public, noted_at)
        SELECT record, false, clock_timestamp() WHERE record_was_public(record);
END
$$;

-- Whether the last note of a record says that it was public.
CREATE OR REPLACE FUNCTION record_was_public(record text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT c.is_public FROM recommendations_recordchange c WHERE c.code = record ORDER BY c.id DESC LIMIT 1),
        false
    )
$$;
