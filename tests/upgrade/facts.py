"""What an upgrade must neither lose nor alter, as queries.

The dump never changes, so neither do the queries of BEFORE. Where a later migration gives something another table or
column, say in AFTER how an upgraded database is asked for the same rows: this module is the one place to change.
"""

BEFORE = {
    # The ledger, to the last column.
    "updates": """
        SELECT id, recommendation_id, status, previous_status, effective_on, precision, counts_from, what_en, what_es,
            reason_en, reason_es, basis, visibility, corrects_id, successor_id, recorded_by_id, recorded_at,
            recorded_in, import_key
        FROM recommendations_update ORDER BY id
    """,
    "evidence": """
        SELECT id, update_id, title, publisher, url, published_on FROM recommendations_evidence ORDER BY id
    """,
    "recommendations": """
        SELECT r.id, r.code, r.letter, r.title_en, r.title_es, r.summary_en, r.summary_es, r.success_test_en,
            r.success_test_es, r.official_wording, r.priority, r.status, r.is_open, r.last_update_id, r.last_update_on,
            i.code, t.slug, g.slug, d.slug, d.visibility
        FROM recommendations_recommendation r
        JOIN recommendations_issue i ON i.id = r.issue_id
        JOIN recommendations_topic t ON t.id = i.topic_id
        JOIN working_groups_workinggroup g ON g.id = t.group_id
        JOIN recommendations_document d ON d.id = t.document_id
        ORDER BY r.id
    """,
    "addressees": """
        SELECT r.code, o.slug, a.is_named
        FROM recommendations_addressee a
        JOIN recommendations_recommendation r ON r.id = a.recommendation_id
        JOIN working_groups_organization o ON o.id = a.organization_id
        ORDER BY r.code, o.slug
    """,
    "answers of addressees": """
        SELECT r.code, o.slug, a.response, a.responded_on, a.response_title, a.response_url
        FROM recommendations_addressee a
        JOIN recommendations_recommendation r ON r.id = a.recommendation_id
        JOIN working_groups_organization o ON o.id = a.organization_id
        WHERE a.response <> 'awaiting' ORDER BY r.code, o.slug
    """,
    "links to chapters": """
        SELECT r.code, c.number, l.articles, l.articles_seen, l.is_loose, l.reason_en, l.reason_es
        FROM recommendations_chapterlink l
        JOIN recommendations_recommendation r ON r.id = l.recommendation_id
        JOIN recommendations_chapter c ON c.id = l.chapter_id
        ORDER BY r.code, c.number
    """,
    "organizations": """
        SELECT id, slug, acronym, name_en, name_es, kind, country, website FROM working_groups_organization ORDER BY id
    """,
    "members of groups": """
        SELECT g.slug, p.name, m.affiliation, m.is_co_chair
        FROM working_groups_membership m
        JOIN working_groups_workinggroup g ON g.id = m.group_id
        JOIN working_groups_person p ON p.id = m.person_id
        ORDER BY g.slug, p.name
    """,
    "what was loaded": "SELECT model, key, values FROM working_groups_loadedrecord ORDER BY model, key",
    "accounts": """
        SELECT u.id, u.username, u.email, u.password, u.is_superuser, u.is_staff, u.is_active,
            array(
                SELECT g.name::text FROM working_groups_user_groups ug JOIN auth_group g ON g.id = ug.group_id
                WHERE ug.user_id = u.id ORDER BY g.name
            )
        FROM working_groups_user u ORDER BY u.id
    """,
    "history of the admin": """
        SELECT id, action_time, user_id, object_id, object_repr, action_flag, change_message
        FROM django_admin_log ORDER BY id
    """,
    "series": """
        SELECT id, slug, name_en, name_es, lead_days, send_hour, needs_approval, sends_when_unchanged
        FROM reviews_series ORDER BY id
    """,
    "milestones": """
        SELECT id, series_id, slug, kind, name_en, name_es, starts_on, ends_on, precision, state, date_reason_en,
            date_reason_es, place_en, place_es, time_zone, note_en, note_es, source_url, checked_on, revision
        FROM reviews_milestone ORDER BY id
    """,
    "dates that milestones had": """
        SELECT milestone_id, revision, starts_on, ends_on, precision, state, reason_en, reason_es, set_on
        FROM reviews_milestonedate ORDER BY milestone_id, revision
    """,
    "digests": """
        SELECT id, milestone_id, kind, lead_days, edition, replaces_id, due_at, state, state_reason,
            milestone_revision, approved_at, frozen_at, sent_at, content
        FROM digests_digest ORDER BY id
    """,
    "bodies of digests": """
        SELECT digest_id, language, groups, subject, text, html FROM digests_rendering ORDER BY 1, 2, 3
    """,
    "news of digests": "SELECT series_id, update_id, digest_id FROM digests_digestnews ORDER BY 1, 2, 3",
    "messages of digests": """
        SELECT d.message_id, d.digest_id, s.email, r.language, r.groups, d.state, d.attempts, d.unknowns, d.smtp_code,
            d.note, d.finished_at
        FROM digests_delivery d
        JOIN digests_rendering r ON r.id = d.rendering_id
        LEFT JOIN digests_subscription s ON s.id = d.subscription_id  -- none where the reader has erased it
        ORDER BY d.message_id
    """,
    "subscriptions": """
        SELECT s.id, s.key, s.email, s.language, s.state, s.consent_origin, s.consent_version, s.consent_proof,
            s.created_at, s.confirmed_at, s.unsubscribed_at,
            array(
                SELECT x.slug::text FROM digests_subscription_series l JOIN reviews_series x ON x.id = l.series_id
                WHERE l.subscription_id = s.id ORDER BY x.slug
            ),
            array(
                SELECT x.slug::text FROM digests_subscription_groups l
                JOIN working_groups_workinggroup x ON x.id = l.workinggroup_id
                WHERE l.subscription_id = s.id ORDER BY x.slug
            )
        FROM digests_subscription s ORDER BY s.id
    """,
    "messages about subscriptions that wait": """
        SELECT email, letter FROM digests_subscription WHERE letter <> '' ORDER BY email
    """,
    "suppressed addresses": "SELECT lower(email), reason, created_at FROM digests_suppression ORDER BY 1",
    "events of mail providers": "SELECT event_id, received_at FROM digests_mailevent ORDER BY event_id",
}

# By the same names, for what an upgraded database has elsewhere.
AFTER = BEFORE | {
    # What took the place of a recommendation, and what somebody answered, are rows of their own.
    "updates": """
        SELECT id, recommendation_id, status, previous_status, effective_on, precision, counts_from, what_en, what_es,
            reason_en, reason_es, basis, visibility, corrects_id,
            (SELECT s.successor_id FROM recommendations_succession s WHERE s.update_id = u.id),
            recorded_by_id, recorded_at, recorded_in, import_key
        FROM recommendations_update u ORDER BY id
    """,
    "answers of addressees": """
        SELECT r.code, o.slug, w.kind, w.effective_on,
            CASE WHEN w.source_title <> w.source_url THEN w.source_title ELSE '' END,  -- where it had none
            w.source_url
        FROM recommendations_answer w
        JOIN recommendations_addressee a ON a.id = w.addressee_id
        JOIN recommendations_recommendation r ON r.id = a.recommendation_id
        JOIN working_groups_organization o ON o.id = a.organization_id
        ORDER BY r.code, o.slug
    """,
    # Notes have become codes: each is read back as the sentence that it was made from.
    "messages of digests": """
        SELECT m.message_id, d.digest_id, s.email, r.language, r.groups, m.state, m.attempts, m.unknowns, m.smtp_code,
            CASE m.reason
                WHEN 'address_refused' THEN 'address refused ' || m.enhanced_code
                WHEN 'deferred' THEN 'deferred ' || m.enhanced_code
                WHEN 'connection_lost' THEN 'SMTPServerDisconnected after DATA'
                WHEN 'stopped' THEN g.state_reason
                ELSE m.reason
            END,
            m.finished_at
        FROM digests_delivery d
        JOIN mail_message m ON m.id = d.message_id
        JOIN digests_digest g ON g.id = d.digest_id
        JOIN digests_rendering r ON r.id = d.rendering_id
        LEFT JOIN digests_subscription s ON s.id = d.subscription_id
        ORDER BY m.message_id
    """,
    "messages about subscriptions that wait": """
        SELECT m.address, CASE m.kind WHEN 'confirmation' THEN 'confirm' WHEN 'preferences' THEN 'manage' END
        FROM digests_subscriptionemail e JOIN mail_message m ON m.id = e.message_id
        WHERE m.state = 'queued' ORDER BY m.address
    """,
    "suppressed addresses": "SELECT lower(address), reason, since FROM mail_suppression ORDER BY 1",
    "events of mail providers": "SELECT event_id, received_at FROM mail_mailevent ORDER BY event_id",
    # Filed under what does not change, no longer under the titles and names that were loaded.
    "what was loaded": """
        SELECT l.model,
            CASE l.model
                WHEN 'working_groups.Membership' THEN g.values->>'name_en' || '/' || split_part(l.key, '/', 2)
                WHEN 'recommendations.Addressee' THEN
                    concat(r.key, ' ', r.values->>'title_en', '/', o.values->>'name_en')
                WHEN 'recommendations.ChapterLink' THEN
                    concat(r.key, ' ', r.values->>'title_en', '/', c.key, '. ', c.values->>'title_en')
                ELSE l.key
            END AS key,
            l.values
        FROM working_groups_loadedrecord l
        LEFT JOIN working_groups_loadedrecord g
            ON g.model = 'working_groups.WorkingGroup' AND g.key = split_part(l.key, '/', 1)
        LEFT JOIN working_groups_loadedrecord r
            ON r.model = 'recommendations.Recommendation' AND r.key = split_part(l.key, '/', 1)
        LEFT JOIN working_groups_loadedrecord o
            ON o.model = 'working_groups.Organization' AND o.key = split_part(l.key, '/', 2)
        LEFT JOIN working_groups_loadedrecord c
            ON c.model = 'recommendations.Chapter' AND c.key = split_part(l.key, '/', 2)
        ORDER BY model, key
    """,
}

# The definition of everything that migrations make, but for the order of columns and the names of sequences.
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, is_generated,
            generation_expression
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2
    """,
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid)
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')  -- an extension's
        ORDER BY 1, 2
    """,
    "extensions": "SELECT extname FROM pg_extension ORDER BY 1",
}
