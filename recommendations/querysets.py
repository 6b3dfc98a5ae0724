"""Verbs on sets of recommendations, shared by pages, filters, exports and digests."""

from datetime import date

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Case, Count, F, OuterRef, Prefetch, Q, Subquery, Value, When

from core.visibility import Visibility

from .models.status import OPEN, Status
from .models.updates import Update
from .tallies import Counts

# One look at the recommendations for all of the counts; each facet by itself would look again.
FOUND = "WITH found (id, topic, status, priority) AS MATERIALIZED ({found}) {counts}"
COUNTS = {
    "topic": "SELECT 'topic', topic::text, count(*) FROM found GROUP BY topic",
    "status": "SELECT 'status', status, count(*) FROM found GROUP BY status",
    "priority": "SELECT 'priority', priority::text, count(*) FROM found GROUP BY priority",
    "addressee": """
        SELECT 'addressee', organization_id::text, count(*)
        FROM recommendations_addressee JOIN found ON found.id = recommendation_id GROUP BY organization_id
    """,
    "chapter": """
        SELECT 'chapter', chapter_id::text, count(*)
        FROM recommendations_chapterlink JOIN found ON found.id = recommendation_id GROUP BY chapter_id
    """,
}


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those in documents that `user`, signed in or not, may read."""
        return self.filter(issue__topic__document__visibility__in=Visibility.for_user(user))

    def public(self):
        return self.filter(issue__topic__document__visibility=Visibility.PUBLIC)

    def open(self):
        return self.filter(is_open=True)

    def for_groups(self, groups):
        """Those of the groups given; all of them where none is given."""
        return self.filter(issue__topic__group__in=groups) if groups else self

    def stale(self, on, days):
        """Open ones (`shown_*`) of which nothing was heard in the `days` before the date `on`."""
        since = date.fromordinal(max(on.toordinal() - days, 1))  # not before the first day that a date can be
        return self.filter(effective_is_open=True).filter(
            Q(effective_update_on__lt=since)
            | Q(effective_update_on=None, issue__topic__document__published_on__lt=since)
        )

    def as_of(self, day):
        """Those published by `day`, with `shown_*` as it stood on that day."""
        from_ledger = Update.objects.filter(recommendation=OuterRef("pk"))
        in_force = from_ledger.in_force().as_of(day).newest_first()
        return (
            self.filter(issue__topic__document__published_on__lte=day)
            .annotate(
                effective_update_id=Subquery(in_force.values("pk")[:1]),
                effective_update_on=Subquery(in_force.values("counts_from")[:1]),
                effective_status=Subquery(in_force.values("status")[:1]),
            )
            .annotate(
                effective_status=Case(
                    When(effective_status=None, then=Value(Status.ISSUED.value)),
                    default=F("effective_status"),
                    output_field=models.CharField(),
                ),
            )
            .annotate(effective_is_open=Q(effective_status__in=OPEN))
        )

    def current(self):
        """All of them, with `shown_*` as it stands now: from the columns that the ledger keeps current."""
        return self.annotate(
            effective_update_id=F("last_update_id"),
            effective_update_on=F("last_update_on"),
            effective_status=F("status"),
            effective_is_open=F("is_open"),
        )

    def at(self, day):
        """As of `day`; for None as it stands now."""
        return self.as_of(day) if day else self.current()

    def in_document_order(self, after=()):
        """In the order of the documents, after the expressions given."""
        topic = "issue__topic__"
        return self.order_by(
            *after,
            f"-{topic}document__published_on",
            f"{topic}group__position",
            f"{topic}position",
            "issue__position",
            "letter",
            "pk",
        )

    def for_list(self):
        """With all that a row of a list shows, and without the long texts that it does not."""
        addressees = self.model.addressees.rel.related_model.objects.select_related("organization")
        chapter_links = self.model.chapter_links.rel.related_model.objects.select_related("chapter")
        return (
            self.select_related("issue__topic__group", "issue__topic__document")
            # As lists: to fill the managers of so many rows takes longer than the queries.
            .prefetch_related(
                Prefetch("addressees", addressees, to_attr="listed_addressees"),
                Prefetch("chapter_links", chapter_links, to_attr="listed_chapter_links"),
            )
            .defer("search", "official_wording", "success_test_en", "success_test_es")
        )

    def for_brief(self):
        """With all that a brief says of each: what a row of a list shows, and the success test."""
        return self.for_list().defer(None).defer("search", "official_wording")

    def for_citing(self):
        """With all that a citation says."""
        return self.select_related("issue__topic__group", "issue__topic__document__publisher", "last_update")

    def count_by_status(self) -> dict[str, int]:
        """How many stand at each `effective_status`; every status is a key."""
        counts = dict.fromkeys(Status.values, 0)
        counts.update(self.order_by().values_list("effective_status").annotate(Count("pk")))
        return counts

    def count_by_facet(self, facets=COUNTS) -> Counts:
        """How many there are of each kind, by what is shown of them; `facets` are those that are wanted."""
        found = self.order_by().values_list("pk", "issue__topic", "effective_status", "priority")
        try:
            sql, values = found.query.sql_with_params()
        except EmptyResultSet:
            return Counts([])
        with connection.cursor() as cursor:
            counts = " UNION ALL ".join(COUNTS[facet] for facet in facets)
            cursor.execute(FOUND.format(found=sql, counts=counts), values)
            return Counts(cursor.fetchall())

    def count_by_group_and_status(self) -> dict[int, dict[str, int]]:
        """How many stand at each `effective_status` in each group: {group pk: {status: count}}."""
        counts = {}
        for group, status, count in (
            self.order_by().values_list("issue__topic__group", "effective_status").annotate(Count("pk"))
        ):
            counts.setdefault(group, dict.fromkeys(Status.values, 0))[status] = count
        return counts

    def count_by_chapter_and_group(self) -> dict[tuple[int, int], int]:
        """How many of each group touch each chapter: {(chapter pk, group pk): count}."""
        rows = self.order_by().values_list("chapters", "issue__topic__group").annotate(Count("pk"))
        return {(chapter, group): count for chapter, group, count in rows}


def attach_updates(recommendations: list) -> list:
    """Set `effective_update`, an Update or None, on each of `recommendations` by its `effective_update_id`. One query."""
    wanted = [each.effective_update_id for each in recommendations if each.effective_update_id]
    updates = Update.objects.in_bulk(wanted) if wanted else {}
    for each in recommendations:
        each.effective_update = updates.get(each.effective_update_id)
    return recommendations
