"""Triggers that were installed before core/triggers.py hold like those that come after it."""

from django.db import migrations

TRIGGERS_HOLD = r"""
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RETURN false; END; $$;

DO $$
DECLARE
    installed regprocedure;
BEGIN
    FOR installed IN
        SELECT oid FROM pg_proc
            WHERE proname LIKE 'pgtrigger\_%' AND prorettype = 'trigger'::regtype
                AND pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', installed);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0005_nearest_titles_and_latest_updates")]

    operations = [migrations.RunSQL(TRIGGERS_HOLD, migrations.RunSQL.noop)]
