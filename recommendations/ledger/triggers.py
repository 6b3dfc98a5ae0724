"""The rules of the ledger that no constraint can hold, as triggers: they hold for SQL too."""

import pgtrigger
from django.conf import settings

from core.visibility import Visibility
from recommendations.models.status import NEEDS_EVIDENCE, Status

NEED_EVIDENCE = ", ".join(f"'{status.value}'" for status in NEEDS_EVIDENCE)

# A row is a fact at the time it was entered. To change it would change what people have been told.
NEVER_CHANGED = pgtrigger.Trigger(
    name="never_changed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        RAISE EXCEPTION 'A row of the ledger is never changed or removed; record a correction instead.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_rows_never_change', TABLE = TG_TABLE_NAME;
    """,
)
# The same for evidence, but that what it left open is filled in once: kinds and quotations came later than the first rows.
# The rows are compared as JSON. To change a copy of OLD and to compare that crashes PL/pgSQL (PostgreSQL 18) where OLD is
# older than one of its columns.
FILLED_IN_ONCE = pgtrigger.Trigger(
    name="never_changed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    declare=[("left_open", "text[] := ARRAY['kind', 'quotation', 'quotation_language']")],
    func="""
        IF TG_OP = 'UPDATE'
            AND to_jsonb(NEW) - left_open = to_jsonb(OLD) - left_open
            AND OLD.kind IN ('', NEW.kind)
            AND (OLD.quotation = ''
                OR (NEW.quotation, NEW.quotation_language) = (OLD.quotation, OLD.quotation_language))
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'A row of the ledger is never changed or removed; record a correction instead.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_rows_never_change', TABLE = TG_TABLE_NAME;
    """,
)
NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="""
        RAISE EXCEPTION 'The ledger is never emptied.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_is_never_emptied', TABLE = TG_TABLE_NAME;
    """,
)

# Fills in what the writer has no say in, and checks what no constraint of one row can see.
CHECK_AGAINST_THE_REST = pgtrigger.Trigger(
    name="check_against_the_rest",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[
        ("published", "date"),
        ("corrected", "recommendations_update%ROWTYPE"),
        ("today", "date"),
    ],
    func=f"""
        -- One writer at a time for each recommendation: the next one sees this row.
        PERFORM FROM recommendations_recommendation WHERE id = NEW.recommendation_id FOR NO KEY UPDATE;
        -- Only now: the recommendation may have moved to another document while this one waited.
        SELECT d.published_on INTO published
            FROM recommendations_recommendation r
            JOIN recommendations_issue i ON i.id = r.issue_id
            JOIN recommendations_topic t ON t.id = i.topic_id
            JOIN recommendations_document d ON d.id = t.document_id
            WHERE r.id = NEW.recommendation_id;

        NEW.recorded_at := clock_timestamp();
        NEW.recorded_in := pg_current_xact_id()::text::bigint;
        today := (NEW.recorded_at AT TIME ZONE '{settings.TIME_ZONE}')::date;
        IF NEW.effective_on > today THEN
            RAISE EXCEPTION 'An update cannot take effect in the future.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'update_is_not_in_the_future';
        END IF;
        IF ledger_counts_from(NEW.effective_on, NEW.precision, NEW.recorded_at) < published THEN
            RAISE EXCEPTION 'An update cannot come before the document that makes the recommendation.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'update_follows_publication';
        END IF;

        IF NEW.corrects_id IS NOT NULL THEN
            SELECT * INTO corrected FROM recommendations_update WHERE id = NEW.corrects_id;
            -- Not found is the row itself, and one that the same statement stores after it.
            IF NOT FOUND
                OR corrected.recommendation_id <> NEW.recommendation_id OR corrected.visibility <> NEW.visibility
            THEN
                RAISE EXCEPTION
                    'A correction belongs to the same recommendation and the same readers as the row it corrects.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'correction_matches_what_it_corrects';
            END IF;
        END IF;

        SELECT u.status INTO NEW.previous_status
            FROM recommendations_update u
            WHERE u.recommendation_id = NEW.recommendation_id
                AND u.visibility = '{Visibility.PUBLIC.value}'
                AND u.id IS DISTINCT FROM NEW.corrects_id
                AND NOT EXISTS (SELECT FROM recommendations_update c WHERE c.corrects_id = u.id)
                AND u.counts_from <= ledger_counts_from(NEW.effective_on, NEW.precision, NEW.recorded_at)
            ORDER BY u.counts_from DESC, u.id DESC
            LIMIT 1;
        NEW.previous_status := coalesce(NEW.previous_status, '{Status.ISSUED.value}');
        RETURN NEW;
    """,
)

KEEP_STATUS_CURRENT = pgtrigger.Trigger(
    name="keep_status_current",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        -- It is found by what happened, too: emptied, the search column is worked out anew.
        UPDATE recommendations_recommendation r
            SET status = head.status, last_update_id = head.id, last_update_on = head.counts_from, search = NULL,
                evidence_grade = grounds.grade
            FROM ledger_head(NEW.recommendation_id) head, ledger_grounds(NEW.recommendation_id) grounds
            WHERE r.id = NEW.recommendation_id;
        RETURN NULL;
    """,
)

# Evidence is stored after its row, and its kind may be filled in later.
GRADE_FOLLOWS = pgtrigger.Trigger(
    name="grade_follows",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind"),
    func="""
        UPDATE recommendations_recommendation r
            SET evidence_grade = grounds.grade
            FROM recommendations_update u, ledger_grounds(u.recommendation_id) grounds
            WHERE u.id = NEW.update_id AND r.id = u.recommendation_id AND r.evidence_grade <> grounds.grade;
        RETURN NULL;
    """,
)

# At commit, when the evidence of the row has had its chance to be stored.
EVIDENCE_IS_GIVEN = pgtrigger.Trigger(
    name="evidence_is_given",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.visibility = '{Visibility.PUBLIC.value}'
            AND NEW.status IN ({NEED_EVIDENCE})
            AND NOT EXISTS (SELECT FROM recommendations_evidence e WHERE e.update_id = NEW.id)
        THEN
            RAISE EXCEPTION 'The status "%" needs evidence.', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'status_needs_evidence';
        END IF;
        RETURN NULL;
    """,
)

# At commit, when the successors have had their chance to be stored, and whoever else records one has been waited for.
SUCCESSION_HOLDS = pgtrigger.Trigger(
    name="succession_holds",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.status = '{Status.SUPERSEDED.value}'
            AND NOT EXISTS (SELECT FROM recommendations_succession s WHERE s.update_id = NEW.id)
        THEN
            RAISE EXCEPTION 'What is superseded names its successors.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'superseded_names_its_successor';
        END IF;
        -- A correction of another row can bring an earlier succession into force, too.
        IF EXISTS (
            SELECT FROM recommendations_recommendation r
                WHERE r.id = NEW.recommendation_id AND r.status = '{Status.SUPERSEDED.value}'
        ) THEN
            -- Two who record at once do not see each other's rows: the second one waits here until it does.
            PERFORM pg_advisory_xact_lock('recommendations_succession'::regclass::oid::bigint);
            IF EXISTS (
                SELECT FROM ledger_succession(NEW.recommendation_id, 'infinity') link
                    WHERE link.successor_id = NEW.recommendation_id
            ) THEN
                RAISE EXCEPTION 'What takes the place of a recommendation is not itself superseded by it.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'succession_has_no_loop';
            END IF;
        END IF;
        RETURN NULL;
    """,
)

SUCCESSOR_IS_ANOTHER = pgtrigger.Trigger(
    name="successor_is_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("superseded", "recommendations_update%ROWTYPE")],
    func=f"""
        SELECT * INTO superseded FROM recommendations_update WHERE id = NEW.update_id;
        IF superseded.recommendation_id = NEW.successor_id THEN
            RAISE EXCEPTION 'A recommendation cannot take its own place.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_supersedes_itself';
        END IF;
        IF superseded.status <> '{Status.SUPERSEDED.value}' THEN
            RAISE EXCEPTION 'Only what is superseded has successors.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_superseded_has_successors';
        END IF;
        RETURN NEW;
    """,
)

BELONGS_TO_ITS_TRANSACTION = pgtrigger.Trigger(
    name="comes_with_its_update",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        -- By its time as well: a database that was restored elsewhere counts its transactions anew.
        IF NOT EXISTS (
            SELECT FROM recommendations_update u
                WHERE u.id = NEW.update_id
                    AND u.recorded_in = pg_current_xact_id()::text::bigint
                    AND u.recorded_at >= transaction_timestamp()
        ) THEN
            RAISE EXCEPTION 'Evidence and successors are stored together with their update; record a correction.'
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_comes_with_its_update';
        END IF;
        RETURN NEW;
    """,
)

# As CHECK_AGAINST_THE_REST does for updates.
CHECK_ANSWER_AGAINST_THE_REST = pgtrigger.Trigger(
    name="check_against_the_rest",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[
        ("asked", "bigint"),
        ("published", "date"),
        ("corrected", "recommendations_answer%ROWTYPE"),
    ],
    func=f"""
        -- One writer at a time for each addressee, and none while its recommendation moves to another document.
        SELECT recommendation_id INTO asked
            FROM recommendations_addressee WHERE id = NEW.addressee_id FOR NO KEY UPDATE;
        PERFORM FROM recommendations_recommendation WHERE id = asked FOR NO KEY UPDATE;
        SELECT d.published_on INTO published
            FROM recommendations_recommendation r
            JOIN recommendations_issue i ON i.id = r.issue_id
            JOIN recommendations_topic t ON t.id = i.topic_id
            JOIN recommendations_document d ON d.id = t.document_id
            WHERE r.id = asked;

        NEW.recorded_at := clock_timestamp();
        IF NEW.effective_on > (NEW.recorded_at AT TIME ZONE '{settings.TIME_ZONE}')::date THEN
            RAISE EXCEPTION 'An answer cannot come from the future.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_is_not_in_the_future';
        END IF;
        IF ledger_counts_from(NEW.effective_on, NEW.precision, NEW.recorded_at) < published THEN
            RAISE EXCEPTION 'An answer cannot come before the document that makes the recommendation.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_follows_publication';
        END IF;

        IF NEW.corrects_id IS NOT NULL THEN
            SELECT * INTO corrected FROM recommendations_answer WHERE id = NEW.corrects_id;
            IF NOT FOUND
                OR corrected.addressee_id <> NEW.addressee_id OR corrected.visibility <> NEW.visibility
            THEN
                RAISE EXCEPTION
                    'A correction belongs to the same addressee and the same readers as the answer it corrects.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'correction_matches_what_it_corrects';
            END IF;
        END IF;
        RETURN NEW;
    """,
)
