-- A text by which codes sort as people count, byte by byte: 2 before 10, IV before V, z before aa, 4-a between 4 and 5.
-- After a hyphen i, v, x and what is made of them are Roman numbers, as in 4-a-ii; other small letters are letters.
CREATE OR REPLACE FUNCTION code_order(code text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    parts text[] := string_to_array(code, '-');
    sorted text := parts[1] || '-' || coalesce(parts[2], '');
    token text;
    letter text;
    worth integer;
    greatest_so_far integer;
    value integer;
BEGIN
    FOR place IN 3 .. cardinality(parts) LOOP
        sorted := sorted || '-';
        FOR token IN
            -- Dots keep 3.2 apart from 32.
            SELECT matched[1]
                FROM regexp_matches(
                    parts[place],
                    CASE WHEN parts[place] ~ '^[ivx]+$' THEN '.+' ELSE '\d+|[IVXLCDM]+|\.|[^IVXLCDM.\d]+' END,
                    'g'
                ) matched
        LOOP
            IF token ~ '^\d+$' THEN
                sorted := sorted || lpad(token, 6, '0');
            ELSIF token ~ '^[IVXLCDM]+$' OR parts[place] ~ '^[ivx]+$' THEN
                value := 0;
                greatest_so_far := 0;
                FOREACH letter IN ARRAY string_to_array(reverse(upper(token)), NULL) LOOP
                    worth := CASE letter
                        WHEN 'I' THEN 1 WHEN 'V' THEN 5 WHEN 'X' THEN 10 WHEN 'L' THEN 50
                        WHEN 'C' THEN 100 WHEN 'D' THEN 500 ELSE 1000
                    END;
                    value := value + CASE WHEN worth < greatest_so_far THEN -worth ELSE worth END;
                    greatest_so_far := greatest(greatest_so_far, worth);
                END LOOP;
                sorted := sorted || lpad(value::text, 6, '0');
            ELSIF token = '.' THEN
                sorted := sorted || token;
            ELSE
                sorted := sorted || length(token) || token;
            END IF;
        END LOOP;
    END LOOP;
    RETURN sorted;
END
$$;
