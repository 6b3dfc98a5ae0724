-- All names of an organization, those that it had before among them: it is found under each.
CREATE OR REPLACE FUNCTION organization_names(organization bigint)
RETURNS TABLE (acronym varchar, name_en varchar, name_es varchar)
LANGUAGE sql STABLE AS $$
    SELECT o.acronym, o.name_en, o.name_es FROM working_groups_organization o WHERE o.id = organization
    UNION
    SELECT v.acronym, v.name_en, v.name_es FROM working_groups_organizationversion v
        WHERE v.pgh_obj_id = organization AND v.pgh_label = 'update'
$$;
