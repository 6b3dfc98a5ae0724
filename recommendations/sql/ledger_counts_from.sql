-- The day from which past views count an update: the last day of the period it is known to, or the day on which it was
-- recorded if that came first, because only then had it surely happened.
CREATE OR REPLACE FUNCTION ledger_counts_from(effective_on date, known_to varchar, recorded_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(
        CASE known_to
            WHEN 'day' THEN effective_on
            ELSE (date_trunc(known_to, effective_on::timestamp)
                + CASE known_to WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months'
                    WHEN 'year' THEN interval '1 year' END
                - interval '1 day')::date
        END,
        (recorded_at AT TIME ZONE '{time_zone}')::date
    )
$$;
