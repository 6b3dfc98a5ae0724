"""Triggers that hold whatever a session sets.

django-pgtrigger's ask the setting `pgtrigger.ignore` first, and any trigger looks for its tables along `search_path`,
where a temporary table comes first. Everyone may set the one and make the other, so either would switch the rules off.
"""

from pgtrigger import compiler

NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RETURN false; END; $$;
"""
OWN_TABLES_ONLY = "ALTER FUNCTION {function}() SET search_path = public, pg_temp;\n"


def harden_triggers():
    """Have everything that installs a trigger, be it a migration or `pgtrigger install`, install one that holds.

    The library has no setting for this, and each of its triggers brings the function that asks anew.
    """
    as_the_library_does = compiler.Trigger.install_sql.fget

    def install_sql(trigger):
        return as_the_library_does(trigger) + NEVER_IGNORED + OWN_TABLES_ONLY.format(function=trigger.sql.pgid)

    compiler.Trigger.install_sql = property(install_sql)
