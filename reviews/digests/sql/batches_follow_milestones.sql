-- What was frozen for one date of a milestone does not leave once it has another, from that commit on, whoever writes.
CREATE OR REPLACE FUNCTION batches_follow_milestones() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE mail_batch SET state = 'stopped'
        FROM digests_digest d
        WHERE d.batch_id = mail_batch.id AND d.milestone_id = NEW.id AND d.milestone_revision <> NEW.revision
            AND mail_batch.state <> 'stopped';
    -- At another place its day ends at another moment.
    BEGIN
        UPDATE mail_batch SET expires_at = (NEW.starts_on + 1)::timestamp AT TIME ZONE NEW.time_zone
            FROM digests_digest d
            WHERE d.batch_id = mail_batch.id AND d.milestone_id = NEW.id AND d.milestone_revision = NEW.revision
                AND d.kind = 'digest';
    EXCEPTION WHEN invalid_parameter_value THEN
        NULL;  -- a time zone that is none keeps nobody from saving a milestone
    END;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER batches_follow_milestones AFTER UPDATE ON reviews_milestone
    FOR EACH ROW WHEN (OLD.revision <> NEW.revision OR OLD.time_zone <> NEW.time_zone)
    EXECUTE FUNCTION batches_follow_milestones();
