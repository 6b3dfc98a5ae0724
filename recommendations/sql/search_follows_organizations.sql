-- An organization that is renamed is found under its new name. The trigger stands here and not beside the model,
-- because organizations know nothing of recommendations.
CREATE OR REPLACE FUNCTION recommendation_search_follows_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE recommendations_recommendation SET search = NULL
        WHERE id IN (SELECT recommendation_id FROM recommendations_addressee WHERE organization_id = NEW.id);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER recommendation_search_follows_organization
    AFTER UPDATE OF acronym, name_en, name_es ON working_groups_organization
    FOR EACH ROW EXECUTE FUNCTION recommendation_search_follows_organization();
