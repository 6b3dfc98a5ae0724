"""How many recommendations there are of each kind, kept beside them, so that no page has to count all of them.

A row is a change: by how much a count of one topic went up or down. A count is the sum of its rows. Writers only add
rows, and so never wait for each other; now and then the rows of a count are folded into one. What a topic's own
columns and its document's say (group, visibility) is not copied here but joined, and so is always as it is there.
"""

from collections import Counter, defaultdict

import pgtrigger
from django.db import connection, models, transaction
from django.db.models import Subquery, Sum
from django.db.models.functions import Coalesce

from core.visibility import Visibility

from .models.status import OPEN, Status


class Counts(defaultdict):
    """{facet: {value: number}}: how many of some recommendations have each value, which is text but for a topic's."""

    def __init__(self, rows):
        """Take (facet, value, number) of the facets topic, status, priority, addressee and chapter; add those of open."""
        super().__init__(Counter)
        for facet, value, number in rows:
            self[facet][int(value) if facet == "topic" else value] += number
        for status, number in self["status"].items():
            self["open"]["true" if status in OPEN else "false"] += number

    @property
    def total(self) -> int:
        return self["status"].total()

    def by_status(self) -> dict[str, int]:
        """Every status is a key."""
        return dict.fromkeys(Status.values, 0) | self["status"]


LET_NOBODY_WRITE = """
    LOCK TABLE recommendations_issue, recommendations_recommendation, recommendations_addressee,
        recommendations_chapterlink, recommendations_tally IN SHARE ROW EXCLUSIVE MODE
"""
RECOUNT = """
    INSERT INTO recommendations_tally (topic_id, facet, value, number)
        SELECT topic_id, facet, value, coalesce(there.number, 0) - coalesce(kept.number, 0)
        FROM recommendation_tallies() there
        FULL JOIN (
            SELECT topic_id, facet, value, sum(number) AS number FROM recommendations_tally GROUP BY 1, 2, 3
        ) kept USING (topic_id, facet, value)
        WHERE coalesce(there.number, 0) <> coalesce(kept.number, 0)
"""


class TallyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of documents that `user`, signed in or not, may read."""
        return self.filter(topic__document__visibility__in=Visibility.for_user(user))

    def public(self):
        return self.filter(topic__document__visibility=Visibility.PUBLIC)

    def counts(self, by_topic) -> Counts:
        """How many there are of each kind now; `by_topic` is what count_by_topic() gives."""
        rows = self.values_list("facet", "value").annotate(Sum("number"))
        return Counts([*rows, *(("topic", topic, number) for topic, number in by_topic.items())])

    def count_by_topic(self) -> dict[int, int]:
        """How many there are now in each topic that has any."""
        return {
            topic: number
            for topic, number in self.filter(facet="status").values_list("topic").annotate(Sum("number"))
            if number
        }

    def count_by_status(self) -> dict[str, int]:
        """How many stand at each status now; every status is a key."""
        return Counts(self.filter(facet="status").values_list("facet", "value").annotate(Sum("number"))).by_status()

    def count_by_group_and_status(self) -> dict[int, dict[str, int]]:
        """How many stand at each status now in each group: {group pk: {status: count}}."""
        counts = {}
        for group, status, number in (
            self.filter(facet="status").values_list("topic__group", "value").annotate(Sum("number"))
        ):
            counts.setdefault(group, dict.fromkeys(Status.values, 0))[status] = number
        return counts

    def count_by_chapter_and_group(self) -> dict[tuple[int, int], int]:
        """How many of each group touch each chapter now: {(chapter pk, group pk): count}."""
        rows = self.filter(facet="chapter").values_list("value", "topic__group").annotate(Sum("number"))
        return {(int(chapter), group): number for chapter, group, number in rows}

    def recount(self) -> int:
        """Compare with what is there, and mend what differs; give how many counts did.

        The triggers count right whatever Django writes. One SQL statement that writes several of their tables (with
        WITH) can mislead them. Waits for no writer: raises OperationalError where one is at work.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")  # less than it takes to call a deadlock
            cursor.execute(LET_NOBODY_WRITE)
            cursor.execute(RECOUNT)
            return cursor.rowcount

    def of_document(self, document) -> Coalesce:
        """An expression for how many a document makes, whose primary key is `document`."""
        rows = self.filter(facet="status", topic__document=document).order_by().values("topic__document")
        return Coalesce(Subquery(rows.annotate(total=Sum("number")).values("total")), 0)


FOLD = pgtrigger.Trigger(
    name="folded_now_and_then",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        -- In a stricter transaction, a row that somebody else has just folded would be an error.
        IF current_setting('transaction_isolation') = 'read committed'
            AND EXISTS (SELECT FROM new_rows WHERE id % 1000 = 0)
        THEN
            WITH split AS (
                SELECT topic_id, facet, value FROM recommendations_tally
                    GROUP BY topic_id, facet, value HAVING count(*) > 1
            ), ours AS (
                SELECT t.* FROM recommendations_tally t JOIN split USING (topic_id, facet, value)
                    FOR UPDATE OF t SKIP LOCKED
            ), folded AS (
                SELECT topic_id, facet, value, min(id) AS id, sum(number) AS number FROM ours
                    GROUP BY topic_id, facet, value
            ), gone AS (
                DELETE FROM recommendations_tally t USING ours JOIN folded USING (topic_id, facet, value)
                    WHERE t.id = ours.id AND (t.id <> folded.id OR folded.number = 0)
            )
            UPDATE recommendations_tally t SET number = folded.number FROM folded
                WHERE t.id = folded.id AND folded.number <> 0;
        END IF;
        RETURN NULL;
    """,
)


class Tally(models.Model):
    """By how much a count went up or down: the recommendations of a topic that have one value of one facet."""

    # No constraint: rows that add up to nothing may outlive their topic.
    topic = models.ForeignKey("Topic", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    facet = models.CharField(max_length=10)  # status, priority, addressee or chapter
    value = models.CharField(max_length=30)  # of an addressee the organization's primary key, of a chapter its own
    number = models.IntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        indexes = [
            # every page asks: how many are there? And the folding: which rows are of one count?
            models.Index(fields=["topic", "facet", "value"], include=["number"], name="tally_of_a_count"),
        ]
        triggers = [FOLD]

    def __str__(self):
        return f"{self.topic_id} {self.facet} {self.value}: {self.number:+d}"


# What one recommendation r counts for: by itself, and with its links, which move with it.
ITS_OWN = "VALUES ('status', r.status), ('priority', r.priority::text)"
ALL_OF_IT = f"""
    {ITS_OWN}
    UNION ALL SELECT 'addressee', organization_id::text FROM recommendations_addressee WHERE recommendation_id = r.id
    UNION ALL SELECT 'chapter', chapter_id::text FROM recommendations_chapterlink WHERE recommendation_id = r.id
"""

# The rows that a statement has written, and those that it has replaced or removed, which count less.
CHANGED = {
    "insert": "(SELECT *, 1 AS sign FROM new_rows)",
    "delete": "(SELECT *, -1 AS sign FROM old_rows)",
    "update": "(SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 FROM old_rows)",
}


# In a stricter transaction, what moves may have links that it does not see.
REQUIRE_READ_COMMITTED = """
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'This changes counts, and needs a transaction that is READ COMMITTED.'
            USING ERRCODE = 'feature_not_supported', TABLE = TG_TABLE_NAME;
    END IF;
"""


def _triggers(columns, tally, operations=CHANGED) -> list[pgtrigger.Trigger]:
    """One trigger for each of `operations`, since PostgreSQL wants it so where a trigger sees the rows of a statement.

    `tally` is SQL with {changed} for these rows; nothing is done where an UPDATE leaves the `columns` as they are.
    """
    unchanged = f"""
        IF NOT EXISTS (SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows) THEN
            RETURN NULL;
        END IF;
    """
    return [
        pgtrigger.Trigger(
            name=f"tallied_on_{operation}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=getattr(pgtrigger, operation.title()),
            referencing=pgtrigger.Referencing(
                old=None if operation == "insert" else "old_rows", new=None if operation == "delete" else "new_rows"
            ),
            func=(unchanged if operation == "update" else "")
            + tally.format(changed=CHANGED[operation])
            + "RETURN NULL;",
        )
        for operation in operations
    ]


# The locks hold in place what the counts are worked out from, until this is committed: nobody can move the
# recommendation or its issue meanwhile (their places are in unique indexes, and so part of their keys); everything else
# can be written. A row whose recommendation or issue is not there has no topic, which is refused: what hangs together
# is removed from the leaves on, in statements of their own, as Django does.

TALLY_OWN = """
    PERFORM FROM recommendations_issue WHERE id IN (SELECT issue_id FROM {{changed}} r) ORDER BY id FOR KEY SHARE;
    INSERT INTO recommendations_tally (topic_id, facet, value, number)
        SELECT i.topic_id, v.facet, v.value, sum(r.sign)
        FROM {{changed}} r LEFT JOIN recommendations_issue i ON i.id = r.issue_id,
            LATERAL ({values}) v (facet, value)
        GROUP BY 1, 2, 3 HAVING sum(r.sign) <> 0;
"""
IF_ANY_MOVED = "IF EXISTS (SELECT id, issue_id FROM new_rows EXCEPT SELECT id, issue_id FROM old_rows) THEN"

TALLY_RECOMMENDATIONS = [
    # Their links are counted when they are written.
    *_triggers("", TALLY_OWN.format(values=ITS_OWN), operations=["insert", "delete"]),
    *_triggers(
        "id, issue_id, status, priority",
        f"{IF_ANY_MOVED} {REQUIRE_READ_COMMITTED} END IF;" + TALLY_OWN.format(values=ALL_OF_IT),
        operations=["update"],
    ),
]

TALLY_MOVES_OF_ISSUES = _triggers(
    "id, topic_id",
    f"""
        {REQUIRE_READ_COMMITTED}
        INSERT INTO recommendations_tally (topic_id, facet, value, number)
            SELECT i.topic_id, v.facet, v.value, sum(i.sign)
            FROM {{changed}} i JOIN recommendations_recommendation r ON r.issue_id = i.id,
                LATERAL ({ALL_OF_IT}) v (facet, value)
            GROUP BY 1, 2, 3 HAVING sum(i.sign) <> 0;
    """,
    operations=["update"],
)


def tally_links(facet: str, column: str) -> list[pgtrigger.Trigger]:
    """The triggers of a table of links from a recommendation to what its `column` names."""
    return [
        *_triggers(
            f"recommendation_id, {column}",
            f"""
                PERFORM FROM recommendations_recommendation
                    WHERE id IN (SELECT recommendation_id FROM {{changed}} l) ORDER BY id FOR KEY SHARE;
                PERFORM FROM recommendations_issue
                    WHERE id IN (
                        SELECT r.issue_id FROM recommendations_recommendation r
                            WHERE r.id IN (SELECT recommendation_id FROM {{changed}} l)
                    ) ORDER BY id FOR KEY SHARE;
                INSERT INTO recommendations_tally (topic_id, facet, value, number)
                    SELECT i.topic_id, '{facet}', l.{column}, sum(l.sign)
                    FROM {{changed}} l
                        LEFT JOIN recommendations_recommendation r ON r.id = l.recommendation_id
                        LEFT JOIN recommendations_issue i ON i.id = r.issue_id
                    GROUP BY 1, 2, 3 HAVING sum(l.sign) <> 0;
            """,
        ),
        pgtrigger.Trigger(
            name="tallied_on_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Truncate,
            func=f"""
                {REQUIRE_READ_COMMITTED}
                INSERT INTO recommendations_tally (topic_id, facet, value, number)
                    SELECT topic_id, facet, value, -sum(number) FROM recommendations_tally WHERE facet = '{facet}'
                    GROUP BY 1, 2, 3 HAVING sum(number) <> 0;
                RETURN NULL;
            """,
        ),
    ]
