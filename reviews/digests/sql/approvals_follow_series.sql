-- An approval is given under the series' setting: where that changes, what has not left yet is to be approved anew.
CREATE OR REPLACE FUNCTION approvals_follow_series() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE digests_digest SET approved_at = NULL
        FROM reviews_milestone m
        WHERE m.id = digests_digest.milestone_id AND m.series_id = NEW.id AND digests_digest.approved_at IS NOT NULL
            AND digests_digest.state IN ('planned', 'frozen', 'held');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER approvals_follow_series AFTER UPDATE ON reviews_series
    FOR EACH ROW WHEN (OLD.needs_approval <> NEW.needs_approval)
    EXECUTE FUNCTION approvals_follow_series();
