from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from core.models import ContentChange
from recommendations.ledger.triggers import NEVER_CHANGED


class Command(BaseCommand):
    help = (
        "Gives a role of PostgreSQL what web, worker and beat need, and withholds the rest: it can change no table and "
        "switch no trigger off. Run it as the owner of the tables, after each migrate; it can be run again at any time."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the role, which is there already (CREATE ROLE … LOGIN PASSWORD …)")

    @transaction.atomic
    def handle(self, name, **options):
        with connection.cursor() as cursor:
            _require_weak(cursor, name)
            for statement in _statements(connection.ops.quote_name(name)):
                cursor.execute(statement)
            cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [name])
            if cursor.fetchone()[0]:
                raise CommandError(
                    f"{name} can make tables in the schema public. As its owner: REVOKE CREATE ON SCHEMA public FROM PUBLIC"
                )
        self.stdout.write(f"{name} reads and writes what the application does.")


def _require_weak(cursor, name):
    """Refuse a role from which nothing can be withheld. Raises CommandError."""
    cursor.execute(
        "SELECT rolsuper, pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s", [name]
    )
    found = cursor.fetchone()
    if not found:
        raise CommandError(f"There is no role {name}. As the owner: CREATE ROLE {name} LOGIN PASSWORD '…'")
    if any(found):
        raise CommandError(f"{name} is a superuser or an owner of the tables: nothing can be withheld from it.")


def _statements(role) -> list[str]:
    quote = connection.ops.quote_name
    append_only = [
        quote(model._meta.db_table)
        for model in apps.get_models()
        if NEVER_CHANGED.name in [trigger.name for trigger in getattr(model._meta, "triggers", [])]
    ]
    # Written by migrate, and by a function that runs with its owner's rights.
    read_only = [quote("django_migrations"), quote(ContentChange._meta.db_table)]
    return [
        f"GRANT CONNECT ON DATABASE {quote(connection.settings_dict['NAME'])} TO {role}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON SCHEMA past TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA past TO {role}",
        f"REVOKE UPDATE, DELETE ON {', '.join(append_only)} FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(read_only)} FROM {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        # For tables that later migrations make; which of them is append-only, the next run of this command says.
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA past GRANT SELECT ON TABLES TO {role}",
    ]
