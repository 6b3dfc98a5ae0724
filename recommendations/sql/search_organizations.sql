-- The names by which an organization is found, those that it had before among them, as texts.
CREATE OR REPLACE FUNCTION search_organization_names(organization bigint, OUT names_en text, OUT names_es text)
LANGUAGE sql STABLE AS $$
    SELECT string_agg(concat_ws(' ', acronym, name_en), ' '), string_agg(concat_ws(' ', acronym, name_es), ' ')
        FROM organization_names(organization)
$$;

-- An organization that is renamed is found under its new name too. The trigger stands here and not beside the model,
-- because organizations know nothing of recommendations. Its argument is the column that has the organization.
CREATE OR REPLACE FUNCTION recommendation_search_follows_organization() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    renamed bigint[] := ARRAY[to_jsonb(OLD) ->> TG_ARGV[0], to_jsonb(NEW) ->> TG_ARGV[0]];
BEGIN
    PERFORM recompute_search(ARRAY(
        SELECT recommendation_id FROM recommendations_addressee WHERE organization_id = ANY (renamed)
        UNION
        SELECT recommendation_id FROM recommendations_recommendation_mentions WHERE organization_id = ANY (renamed)
    ));
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER recommendation_search_follows_organization
    AFTER UPDATE OF acronym, name_en, name_es ON working_groups_organization
    FOR EACH ROW EXECUTE FUNCTION recommendation_search_follows_organization('id');
