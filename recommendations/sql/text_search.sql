-- How a word becomes what is compared: by its stem, in English and in Spanish, and no word is left out as too common.
-- The words come from search_words(), in small letters and without accents. Dictionaries and configurations cannot be
-- created "or replaced", so they are asked for first.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_ts_dict WHERE dictname = 'tracker_english_stem') THEN
        CREATE TEXT SEARCH DICTIONARY tracker_english_stem (TEMPLATE = snowball, LANGUAGE = english);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_ts_dict WHERE dictname = 'tracker_spanish_stem') THEN
        CREATE TEXT SEARCH DICTIONARY tracker_spanish_stem (TEMPLATE = snowball, LANGUAGE = spanish);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'tracker_english') THEN
        CREATE TEXT SEARCH CONFIGURATION tracker_english (COPY = simple);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'tracker_spanish') THEN
        CREATE TEXT SEARCH CONFIGURATION tracker_spanish (COPY = simple);
    END IF;
END
$$;
-- Those that an earlier release made are changed.
ALTER TEXT SEARCH CONFIGURATION tracker_english ALTER MAPPING FOR asciiword, word WITH tracker_english_stem;
ALTER TEXT SEARCH CONFIGURATION tracker_spanish ALTER MAPPING FOR asciiword, word WITH tracker_spanish_stem;
