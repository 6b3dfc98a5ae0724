"""Verbs on sets of recommendations, shared by pages, filters, exports and digests."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from core.visibility import Visibility

from .confidence import confidence_on
from .models.record_changes import RecordChange
from .models.status import OPEN, Status
from .models.updates import Basis, Update


class IsOneOf(Func):
    """The condition that an integer column is one of `keys`: one parameter, where `__in` has one for each key."""

    output_field = models.BooleanField()

    def __init__(self, column: str, keys: Iterable[int]):
        super().__init__(F(column))
        self.keys = ",".join(map(str, keys))

    def as_sql(self, compiler, connection, **extra):
        sql, parameters = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::bigint[])", [*parameters, f"{{{self.keys}}}"]


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Limit to those in documents that `user`, signed in or not, may read."""
        return self.filter(topic__document__visibility__in=Visibility.for_user(user))

    def public(self):
        return self.filter(topic__document__visibility=Visibility.PUBLIC)

    def open(self):
        return self.filter(is_open=True)

    def for_groups(self, groups):
        """Limit to those of the groups given; all of them where none is given."""
        return self.filter(topic__group__in=groups) if groups else self

    def stale(self, on, days):
        """Open ones (`effective_*`) of which nothing was heard in the `days` before the date `on`."""
        since = date.fromordinal(max(on.toordinal() - days, 1))  # not before the first day that a date can be
        return self.filter(effective_is_open=True).filter(
            Q(effective_update_on__lt=since) | Q(effective_update_on=None, topic__document__published_on__lt=since)
        )

    def as_of(self, day):
        """Limit to those published by `day`, with `effective_*` as it stood on that day, as far as is known now."""
        return self._with_head(day, Update.objects.in_force().as_of(day))

    def as_recorded(self, day):
        """Limit to those that stood here on `day`, with `effective_*` as the ledger had it at the end of that day.

        A recommendation stood here from its first public row on, or from the first note that it is public.
        """
        public = Update.objects.filter(visibility=Visibility.PUBLIC)
        has_row = Exists(public.recorded_by(day).filter(recommendation=OuterRef("pk")))
        is_noted = Exists(RecordChange.objects.filter(code=OuterRef("code"), is_public=True, noted_at__date__lte=day))
        return self.filter(has_row | is_noted)._with_head(day, public.uncorrected_by(day))

    def _with_head(self, day, ledger):
        in_force = ledger.filter(recommendation=OuterRef("pk")).newest_first()
        return (
            self.filter(topic__document__published_on__lte=day)
            .annotate(
                effective_update_id=Subquery(in_force.values("pk")[:1]),
                effective_update_on=Subquery(in_force.values("counts_from")[:1]),
                effective_status=Coalesce(Subquery(in_force.values("status")[:1]), Value(Status.ISSUED.value)),
            )
            .annotate(effective_is_open=Q(effective_status__in=OPEN))
        )

    def current(self):
        """All of them, with `effective_*` as it stands now: from the columns that the ledger keeps current."""
        return self.annotate(
            effective_update_id=F("last_update_id"),
            effective_update_on=F("last_update_on"),
            effective_status=F("status"),
            effective_is_open=F("is_open"),
        )

    def at(self, day):
        """As of `day`; for None as it stands now."""
        return self.as_of(day) if day else self.current()

    def with_confidence(self, on):
        """With `confidence` on the day `on`, which is today; none, an empty text, for None: a past view has none."""
        return self.annotate(
            confidence=confidence_on(on) if on else Value("", output_field=models.CharField()),
        )

    def with_last_heard(self):
        """With `last_heard_on`, when an addressee was last heard: by an update that it reported, or by its answer."""
        reported = Update.objects.filter(recommendation=OuterRef("pk"), basis=Basis.REPORTED).in_force().newest_first()
        addressee = self.model.addressees.rel.related_model
        answers = addressee.answers.rel.related_model.objects.filter(addressee__recommendation=OuterRef("pk"))
        answered = answers.in_force().newest_first().values("counts_from")
        return self.annotate(
            last_heard_on=Greatest(
                Subquery(reported.values("counts_from")[:1]), Subquery(answered[:1]), output_field=models.DateField()
            )
        )

    def in_document_order(self, after=()):
        """In the order of the documents, after the expressions given."""
        return self.order_by(*after, *DOCUMENT_ORDER)

    def for_list(self, day=None):
        """With all that a row of a list shows, and without the long texts that it does not.

        Those whom it asks come with their answers as of `day`; for None with those of now.
        """
        addressees = self.model.addressees.rel.related_model.objects.with_answers(day)
        chapter_links = self.model.chapter_links.rel.related_model.objects.select_related("chapter")
        return (
            self.select_related("issue", "topic__group", "topic__document")
            # As lists: to fill the managers of so many rows takes longer than the queries.
            .prefetch_related(
                Prefetch("addressees", addressees, to_attr="listed_addressees"),
                Prefetch("chapter_links", chapter_links, to_attr="listed_chapter_links"),
            )
            .defer("search", "official_wording", "success_test_en", "success_test_es")
        )

    def for_brief(self, day=None):
        """With all that a brief says of each: what a row of a list shows, and the success test."""
        return self.for_list(day).defer(None).defer("search", "official_wording")

    def for_citing(self):
        """With all that a citation says."""
        return self.select_related("issue", "topic__group", "topic__document__publisher", "last_update")

    def count_by_status(self) -> dict[str, int]:
        """Return how many stand at each `effective_status`; every status is a key."""
        counts = dict.fromkeys(Status.values, 0)
        counts.update(self.order_by().values_list("effective_status").annotate(Count("pk")))
        return counts

    def count_by_group_and_status(self) -> dict[int, dict[str, int]]:
        """Return how many stand at each `effective_status` in each group: {group pk: {status: count}}."""
        counts = {}
        for group, status, count in (
            self.order_by().values_list("topic__group", "effective_status").annotate(Count("pk"))
        ):
            counts.setdefault(group, dict.fromkeys(Status.values, 0))[status] = count
        return counts

    def count_by_chapter_and_group(self) -> dict[tuple[int, int], int]:
        """Return how many of each group touch each chapter: {(chapter pk, group pk): count}."""
        rows = self.order_by().values_list("chapters", "topic__group").annotate(Count("pk"))
        return {(chapter, group): count for chapter, group, count in rows}


DOCUMENT_ORDER = [
    "-topic__document__published_on",
    "topic__group__position",
    "topic__position",
    "issue__position",
    "code_order",
    "pk",  # breaks ties: pages must not repeat rows
]


def attach_updates(recommendations: list) -> list:
    """Set `effective_update`, an Update or None, on each of `recommendations` by its `effective_update_id`. One query."""
    wanted = [recommendation.effective_update_id for recommendation in recommendations]
    updates = Update.objects.in_bulk(filter(None, wanted)) if any(wanted) else {}
    for recommendation, update in zip(recommendations, wanted, strict=True):
        recommendation.effective_update = updates.get(update)
    return recommendations
