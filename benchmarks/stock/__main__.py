"""Make the tables of the stock page, in a schema of their own, and fill them from ours: python -m benchmarks.stock"""

import os

import django
from django.core.management import call_command
from django.db import connection

FILL = """
SET LOCAL session_replication_role = replica;
INSERT INTO stock_group (id, slug, name, position)
    SELECT id, slug, name_en, position FROM public.working_groups_workinggroup;
INSERT INTO stock_organization (id, slug, acronym, name)
    SELECT id, slug, acronym, name_en FROM public.working_groups_organization;
INSERT INTO stock_chapter (id, number, title) SELECT id, number, title_en FROM public.recommendations_chapter;
INSERT INTO stock_document (id, title, published_on, visibility)
    SELECT id, title_en, published_on, visibility FROM public.recommendations_document;
INSERT INTO stock_topic (id, document_id, group_id, title, position)
    SELECT id, document_id, group_id, title_en, position FROM public.recommendations_topic;
INSERT INTO stock_issue (id, topic_id, code, title, position)
    SELECT id, topic_id, code, title_en, position FROM public.recommendations_issue ORDER BY id;
INSERT INTO stock_recommendation (id, issue_id, code, letter, title, summary, success_test, official_wording, priority,
        status, is_open, last_update_id, last_update_on, search)
    SELECT r.id, r.issue_id, r.code, r.letter, r.title_en, r.summary_en, r.success_test_en, r.official_wording,
        r.priority, r.status, r.is_open, r.last_update_id, r.last_update_on,
        setweight(to_tsvector('english', r.title_en), 'A') || setweight(to_tsvector('english', i.title_en), 'B')
        || setweight(to_tsvector('english', r.summary_en), 'C')
        || setweight(to_tsvector('english', r.official_wording || ' ' || coalesce(u.what_en, '')), 'D')
    FROM public.recommendations_recommendation r
    JOIN public.recommendations_issue i ON i.id = r.issue_id
    LEFT JOIN public.recommendations_update u ON u.id = r.last_update_id
    ORDER BY r.id;
INSERT INTO stock_update (id, recommendation_id, status, effective_on, what, basis)
    SELECT id, recommendation_id, status, effective_on, what_en, basis FROM public.recommendations_update ORDER BY id;
INSERT INTO stock_evidence (id, update_id, url)
    SELECT id, update_id, url FROM public.recommendations_evidence ORDER BY id;
INSERT INTO stock_recommendation_addressees (recommendation_id, organization_id)
    SELECT recommendation_id, organization_id FROM public.recommendations_addressee ORDER BY id;
INSERT INTO stock_recommendation_chapters (recommendation_id, chapter_id)
    SELECT recommendation_id, chapter_id FROM public.recommendations_chapterlink ORDER BY id;
"""

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stock.settings"
django.setup()
with connection.cursor() as cursor:
    cursor.execute("CREATE SCHEMA stock")
    call_command("migrate", run_syncdb=True, verbosity=0)
    cursor.execute(f"BEGIN; {FILL} COMMIT")
    cursor.execute("VACUUM ANALYZE")
