"""What the tables' columns are made with: dates of the ledger, and text search that ignores accents."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

COUNTS_FROM = """
CREATE FUNCTION ledger_counts_from(effective_on date, known_to varchar, recorded_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(
        CASE known_to
            WHEN 'day' THEN effective_on
            ELSE (date_trunc(known_to, effective_on::timestamp)
                + CASE known_to WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months'
                    WHEN 'year' THEN interval '1 year' END
                - interval '1 day')::date
        END,
        (recorded_at AT TIME ZONE 'America/Mexico_City')::date
    )
$$
"""

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION tracker_{language} (COPY = {language});
ALTER TEXT SEARCH CONFIGURATION tracker_{language}
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {language}_stem;
"""


class Migration(migrations.Migration):
    initial = True

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        *[
            migrations.RunSQL(
                CONFIGURATION.format(language=language),
                f"DROP TEXT SEARCH CONFIGURATION tracker_{language}",
            )
            for language in ("english", "spanish")
        ],
        migrations.RunSQL(COUNTS_FROM, "DROP FUNCTION ledger_counts_from(date, varchar, timestamptz)"),
    ]
