"""When did something change that public pages show? The database notes it, whoever writes; caching.py asks.

Each connection has a row of its own, so that writers never wait for each other, and notes there the time of its last
transaction that changed something. It is seen when the change itself is: with the commit. So two readers who find the
same rows here see the same content. A new connection takes the place of those that have ended: their changes are
known to it, and its own row is new.

A later migration has a new table watched with RunSQL("SELECT watch_content('reviews_something')").
"""

from django.db import migrations

NOTE = """
CREATE TABLE IF NOT EXISTS content_change (connection integer PRIMARY KEY, changed_at timestamptz NOT NULL);

CREATE FUNCTION content_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- Once in each transaction: many versions of one row would make the next one slow.
    UPDATE content_change SET changed_at = now() WHERE connection = pg_backend_pid() AND changed_at <> now();
    IF NOT FOUND AND NOT EXISTS (SELECT FROM content_change WHERE connection = pg_backend_pid()) THEN
        -- In a stricter transaction, a row that somebody else has just removed would be an error.
        IF current_setting('transaction_isolation') = 'read committed' THEN
            PERFORM pg_stat_clear_snapshot();  -- which may be older than some connections
            DELETE FROM content_change WHERE connection IN (
                SELECT connection FROM content_change WHERE connection NOT IN (SELECT pid FROM pg_stat_activity)
                    FOR UPDATE SKIP LOCKED
            );
        END IF;
        INSERT INTO content_change VALUES (pg_backend_pid(), now());
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION watch_content(watched regclass) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION content_changed()', watched
    );
END
$$;
"""

FORGET = """
DROP FUNCTION watch_content(regclass);
DROP FUNCTION content_changed() CASCADE;
DROP TABLE IF EXISTS content_change;
"""

WATCHED = [
    "working_groups_membership",
    "working_groups_organization",
    "working_groups_person",
    "working_groups_workinggroup",
    "working_groups_workinggroup_partners",
    "recommendations_addressee",
    "recommendations_chapter",
    "recommendations_chapterlink",
    "recommendations_document",
    "recommendations_evidence",
    "recommendations_issue",
    "recommendations_recommendation",
    "recommendations_topic",
    "recommendations_update",
    "reviews_milestone",
    "reviews_milestone_documents",
    "reviews_milestonedate",
    "reviews_series",
    "digests_digest",
]

# A digest that was stopped stays public where readers have it, or may have it.
WATCH_DELIVERIES = """
CREATE TRIGGER content_changed_on_update AFTER UPDATE ON digests_delivery
    FOR EACH ROW WHEN (
        OLD.state IN ('accepted', 'sending', 'unknown') AND NEW.state NOT IN ('accepted', 'sending', 'unknown')
    )
    EXECUTE FUNCTION content_changed();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("working_groups", "0001_initial"),
        ("recommendations", "0010_count_what_is_there"),
        ("reviews", "0002_bounded_dates_and_series_count"),
        ("digests", "0006_not_public_and_long_subjects"),
    ]

    operations = [
        migrations.RunSQL(NOTE, FORGET),
        *[migrations.RunSQL(f"SELECT watch_content('{table}')", migrations.RunSQL.noop) for table in WATCHED],
        migrations.RunSQL(WATCH_DELIVERIES, migrations.RunSQL.noop),
    ]
