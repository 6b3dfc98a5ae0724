-- A text with its accents, and the letters that are not seen, gone; a dash between two parts of a sentence is none within
-- a word.
CREATE OR REPLACE FUNCTION search_plain(original text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT unaccent(translate(
        normalize(original, NFKC), U&'—‐‑‒–−’\00AD\200B\200C\200D\2060\FEFF', ' -----'''
    ))
$$;

-- A plain text with the one name that stands for all of them in the place of each name of a country or the agreement.
CREATE OR REPLACE FUNCTION search_names(plain text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(plain, $re${agreement}$re$, 'usmca', 'gi'),
            $re${mexico}$re$, 'mexico', 'gi'
        ),
        $re${united_states}$re$, 'usa', 'gi'
    )
$$;

-- The names in a plain text, as they are printed and with what is joined to them (México-EE. UU.); null where there are
-- none.
CREATE OR REPLACE FUNCTION search_printed_names(plain text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT string_agg(DISTINCT name[1], ' ')
            FROM regexp_matches(plain, $re$(\S*(?:{agreement}|{mexico}|{united_states})\S*)$re$, 'gi') name
    );
END
$$;

-- A plain text cut into words, in small letters and with one space between them. What is printed as one is one word with
-- hyphens: "e.firma" and "K-12" become "e-firma" and "k-12".
CREATE OR REPLACE FUNCTION search_cut(plain text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    words text := plain;
BEGIN
    -- Mexico's, SMEs, C.B.P.
    words := regexp_replace(words, '''(s\M)?', '', 'gi');
    words := regexp_replace(words, '\m([A-Z]{{2,}})s\M', '\1', 'g');
    words := lower(regexp_replace(words, '\m([[:alpha:]])\.(?=[[:alpha:]]\M)', '\1', 'g'));
    -- A stop is kept in a number (17.18) and joins in a word (e.firma, gob.mx), as a comma does in a number (1,500).
    words := regexp_replace(
        words,
        '(?<=[0-9]),(?=[0-9])|(?<=[[:alnum:]])[&_](?=[[:alnum:]])'
        '|(?<=[[:alnum:]])\.(?=[[:alpha:]])|(?<=[[:alpha:]])\.(?=[[:alnum:]])',
        '-', 'g'
    );
    -- v2.0 and 1.5bn have two parts each.
    IF words ~ '[0-9]\.[0-9]' THEN
        words := regexp_replace(words, '(?<=[[:alpha:]])([0-9]+\.[0-9])', '-\1', 'g');
        words := regexp_replace(words, '([0-9]\.[0-9]+)(?=[[:alpha:]])', '\1-', 'g');
    END IF;
    -- All else is between words.
    words := regexp_replace(words, '[^[:alnum:].-]+', ' ', 'g');
    words := regexp_replace(words, '[.-]* [ .-]*', ' ', 'g');
    RETURN trim(regexp_replace(words, '[.-]{{2,}}', '-', 'g'), ' .-');
END
$$;

-- The one rule by which a text is cut into words, whether it is searched or searched for.
CREATE OR REPLACE FUNCTION search_words(original text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT search_cut(search_names(search_plain(original)))
$$;
