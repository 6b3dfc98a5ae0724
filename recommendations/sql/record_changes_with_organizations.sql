-- The names of the organizations that it asks are part of a record. The trigger stands here and not beside the model,
-- because organizations know nothing of recommendations.
CREATE OR REPLACE FUNCTION record_changes_with_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_record_changes(
        ARRAY(SELECT recommendation_id FROM recommendations_addressee WHERE organization_id = NEW.id)
    );
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS record_changes_with_organization ON working_groups_organization;
CREATE CONSTRAINT TRIGGER record_changes_with_organization
    AFTER UPDATE OF slug, acronym, name_en, name_es ON working_groups_organization
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION record_changes_with_organization();
