-- Text search that ignores accents. A configuration cannot be created "or replaced", so it is asked for first.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'tracker_english') THEN
        CREATE TEXT SEARCH CONFIGURATION tracker_english (COPY = english);
        ALTER TEXT SEARCH CONFIGURATION tracker_english
            ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'tracker_spanish') THEN
        CREATE TEXT SEARCH CONFIGURATION tracker_spanish (COPY = spanish);
        ALTER TEXT SEARCH CONFIGURATION tracker_spanish
            ALTER MAPPING FOR hword, hword_part, word WITH unaccent, spanish_stem;
    END IF;
END
$$;
