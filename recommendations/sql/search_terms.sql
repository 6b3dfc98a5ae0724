-- What the terms of a search are looked for by: for each term, word by word and part by part, the lexemes of which any
-- is enough. Part 0 is a word that has parts, as one; word 0 is a term that is an acronym and a common word. A star after
-- a term makes what it ends with a beginning.
CREATE OR REPLACE FUNCTION search_terms(terms text[])
RETURNS TABLE (
    term bigint, word bigint, part bigint, written text, lexemes text[], is_beginning boolean, is_common boolean
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT t.place, w.place, p.place, p.written,
            search_lexemes(p.written)
                || CASE WHEN p.is_beginning AND p.written !~ '[^a-z]' THEN search_beginning(p.written) END,
            p.is_beginning, search_is_common(p.written)
        FROM unnest(terms) WITH ORDINALITY t (original, place),
            LATERAL (SELECT string_to_array(search_words(t.original), ' ') AS words) cut,
            unnest(cut.words) WITH ORDINALITY w (written, place),
            LATERAL (SELECT string_to_array(w.written, '-') AS parts) split,
            LATERAL (
                SELECT part, place, place = cardinality(parts) FROM unnest(parts) WITH ORDINALITY one (part, place)
                UNION ALL SELECT search_joined(w.written), 0, true WHERE cardinality(parts) > 1
            ) every (written, place, is_last),
            LATERAL (
                SELECT every.written, every.place,
                    t.original LIKE '%*' AND w.place = cardinality(cut.words) AND every.is_last AS is_beginning
            ) p
    UNION ALL
    SELECT t.place, 0, 1, t.original, ARRAY[t.original], false, false
        FROM unnest(terms) WITH ORDINALITY t (original, place)
        WHERE t.original = ANY (search_acronyms(search_plain(t.original)))
    ORDER BY 1, 2, 3
$$;

-- What words that begin so are looked for by, beyond what begins so itself: "digit" for "digitaliz", since
-- "digitalization" is looked for by it. A word goes on from its beginning with an ending that a stemmer takes off, or
-- with the rest of one.
CREATE OR REPLACE FUNCTION search_beginning(beginning text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array(
        SELECT DISTINCT stem FROM unnest(
            tsvector_to_array(search_stems('tracker_english', words)) || tsvector_to_array(search_stems('tracker_spanish', words))
        ) stem
            WHERE NOT starts_with(stem, beginning) ORDER BY 1
    )
        FROM (SELECT replace(' {endings}', ' ', ' ' || beginning) AS words) that_begin_so
$$;
