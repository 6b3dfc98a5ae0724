-- The name of its group is part of a record. The trigger stands here as that of organizations does.
CREATE OR REPLACE FUNCTION record_changes_with_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_record_changes(ARRAY(
        SELECT r.id FROM recommendations_recommendation r
            JOIN recommendations_topic t ON t.id = r.topic_id WHERE t.group_id = NEW.id
    ));
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS record_changes_with_group ON working_groups_workinggroup;
CREATE CONSTRAINT TRIGGER record_changes_with_group
    AFTER UPDATE OF slug, name_en, name_es ON working_groups_workinggroup
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION record_changes_with_group();
