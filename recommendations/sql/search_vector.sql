-- One word of search_words() as one: "k12" for "k-12".
CREATE OR REPLACE FUNCTION search_joined(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(word, '-.', '')
$$;

-- The parts of all words, in their order; and after them those that have parts, each as one.
CREATE OR REPLACE FUNCTION search_run(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT replace(words, '-', ' ') || coalesce(
            (SELECT string_agg(' ' || search_joined(part[1]), '') FROM regexp_matches(words, '\S+-\S+', 'g') part), ''
        )
    );
END
$$;

-- Stems with their places. The Spanish stemmer wants the accent of "-ción", which readers often leave out.
CREATE OR REPLACE FUNCTION search_stems(configuration regconfig, run text) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_tsvector(configuration, CASE configuration::text WHEN 'tracker_spanish'
        THEN regexp_replace(run, '([cs])ion\M', '\1ión', 'g') ELSE run END)
$$;

-- The singular of acronyms and other short words whose plural the stemmer takes for a stem: "pyme" for "pymes".
CREATE OR REPLACE FUNCTION search_singulars(run text, stems tsvector) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT array(
            SELECT left(stem, -1) FROM unnest(tsvector_to_array(stems)) stem
                WHERE stem ~ '^[a-z]{{1,6}}[a-rt-z]s$' AND stem = ANY (string_to_array(run, ' '))
        )
    );
END
$$;

-- All that a word is looked for by, in either language; each of them is enough.
CREATE OR REPLACE FUNCTION search_lexemes(word text) RETURNS text[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT array(SELECT DISTINCT unnest(tsvector_to_array(stems) || search_singulars(word, stems)) ORDER BY 1)
            FROM (SELECT search_stems('tracker_english', word) || search_stems('tracker_spanish', word) AS stems) both_languages
    );
END
$$;

-- Whether a word is in every text of one of the languages.
CREATE OR REPLACE FUNCTION search_is_common(word text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ts_lexize('english_stem', word) = '{{}}' OR ts_lexize('spanish_stem', word) = '{{}}'
$$;

-- The acronyms in a plain text that would otherwise be taken for common words: SE, UN, IT.
CREATE OR REPLACE FUNCTION search_acronyms(plain text) RETURNS text[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT array(
            SELECT DISTINCT acronym[1] FROM regexp_matches(plain, '\m[A-Z]{{2,5}}\M', 'g') acronym
                WHERE search_is_common(lower(acronym[1])) ORDER BY 1
        )
    );
END
$$;

-- What a text is found by: the stems of its words with their places; after the text, those of the words that its names
-- consist of. An acronym has no place.
CREATE OR REPLACE FUNCTION search_vector(configuration regconfig, original text) RETURNS tsvector
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := search_plain(original);
    named text := search_names(plain);
    of_names text := CASE WHEN named <> plain THEN search_cut(search_printed_names(plain)) END;
    run text := concat_ws(' ', search_run(search_cut(named)), search_run(of_names));
    stems tsvector := search_stems(configuration, run);
BEGIN
    RETURN stems
        || to_tsvector('simple', array_to_string(search_singulars(run, stems), ' '))
        || array_to_tsvector(search_acronyms(plain));
END
$$;

-- The same lexemes with a mark before them and a slash: where a match with all of them says how good it is. The index
-- knows it then, and nobody has to fetch the vectors of all that is found.
CREATE OR REPLACE FUNCTION search_marked(mark text, vector tsvector) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT array_to_tsvector(array(SELECT mark || '/' || lexeme FROM unnest(tsvector_to_array(vector)) lexeme))
    );
END
$$;
