-- The moment up to which the views of the schema `past` look back: the end of the day of a past view.
CREATE OR REPLACE FUNCTION past_until() RETURNS timestamptz
LANGUAGE sql STABLE AS $$ SELECT current_setting('tracker.past_until')::timestamptz $$;
