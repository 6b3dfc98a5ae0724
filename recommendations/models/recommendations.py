"""What is asked. Its status changes only through the ledger."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import F, GeneratedField, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.text.bilingual import Bilingual
from core.text.dates import Precision
from recommendations.browse.search.index import SEARCH_IS_CURRENT, search_follows_links
from recommendations.browse.search.query import AFTER_YEAR
from recommendations.codes import validate_code
from recommendations.confidence import Confidence
from recommendations.ledger.publication import publication_comes_first, require_publication_first
from recommendations.ledger.succession import require_no_loop
from recommendations.ledger.triggers import (
    BELONGS_TO_ITS_TRANSACTION,
    NEVER_CHANGED,
    NEVER_EMPTIED,
    SUCCESSOR_IS_ANOTHER,
)
from recommendations.querysets import RecommendationQuerySet
from working_groups.models import Organization, WorkingGroup

from .chapters import Chapter
from .documents import CODE_NEVER_CHANGES, Document, Issue, Topic, code_order_field, ledger_of
from .evidence import Evidence
from .record_changes import RECORD_IS_REMOVED, record_changes
from .status import OPEN, Status
from .updates import Basis, Update


class Recommendation(models.Model):
    """What is asked. Its status changes only through `record_update()`."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="recommendations", verbose_name=_("issue"))
    # The issue's, so that lists need no join to filter by it. The foreign key recommendation_is_under_its_issues_topic
    # (issue, topic), which moves recommendations along when an issue moves, is in a migration: Django knows of none
    # with two columns.
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        blank=True,
        editable=False,
        related_name="recommendations",
        verbose_name=_("topic"),
    )
    code = models.CharField(_("code"), max_length=30, unique=True, validators=[validate_code])
    code_order = code_order_field()
    letter = models.CharField(
        _("letter"), max_length=10, blank=True, help_text=_("If the issue asks for more than one thing.")
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(_("title in Spanish"), max_length=200)
    title = Bilingual()
    summary_en = models.TextField(_("summary in English"), help_text=_("What is asked, in our own plain words."))
    summary_es = models.TextField(_("summary in Spanish"))
    summary = Bilingual()
    success_test_en = models.TextField(
        _("success test in English"),
        help_text=_(
            "“Implemented when …”: written in advance, so that closing a recommendation is a matter of checking."
        ),
    )
    success_test_es = models.TextField(_("success test in Spanish"))
    success_test = Bilingual()
    official_wording = models.TextField(
        _("official wording"), blank=True, editable=False, help_text=_("The document's own, word for word.")
    )
    priority = models.BooleanField(_("priority"), default=False)
    chapters = models.ManyToManyField(Chapter, through="ChapterLink", related_name="recommendations")
    mentions = models.ManyToManyField(
        Organization,
        blank=True,
        related_name="mentioned_in",
        verbose_name=_("mentions"),
        help_text=_(
            "Organizations that it names, or that took part in what has happened since, without being asked to act."
        ),
    )

    # Kept by the ledger's triggers; see ledger_triggers.py.
    status = models.CharField(_("status"), max_length=30, choices=Status, default=Status.ISSUED, editable=False)
    is_open = GeneratedField(
        expression=Q(status__in=[status.value for status in OPEN]),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    last_update = models.ForeignKey(
        Update, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("last update")
    )
    last_update_on = models.DateField(_("last update"), null=True, editable=False)
    # How well its status is supported, without the age of the evidence; see confidence.py.
    evidence_grade = models.CharField(
        max_length=10, choices=Confidence, default=Confidence.LOW, db_default=Confidence.LOW, editable=False
    )
    search = SearchVectorField(null=True, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["code_order", "code"]
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        indexes = [
            GinIndex(fields=["search"], name="recommendation_search"),  # the list asks: which hold these words?
            # the list asks: which stand here, latest update first? And staff: which are stale?
            models.Index(F("status"), F("last_update_on").desc(nulls_last=True), name="recommendation_by_status"),
            # the list asks: which had the latest update?
            models.Index(F("last_update_on").desc(nulls_last=True), name="recommendation_by_update"),
            # the facets ask: how many stand where in these topics? Answered without a look at the rows, which are long.
            models.Index(
                fields=["topic", "status"],
                include=["id", "priority", "is_open", "last_update_on", "evidence_grade"],
                name="recommendation_counted",
            ),
            # the search asks: whose code begins so?
            models.Index(OpClass(Upper("code"), name="text_pattern_ops"), name="recommendation_code_begins"),
            models.Index(OpClass(AFTER_YEAR, name="text_pattern_ops"), name="recommendation_code_after_year"),
            # a search that found nothing asks: which titles have a word like this one?
            GistIndex(fields=["title_en"], opclasses=["gist_trgm_ops"], name="recommendation_title_en_like"),
            GistIndex(fields=["title_es"], opclasses=["gist_trgm_ops"], name="recommendation_title_es_like"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="recommendation_status_is_known"),
            models.UniqueConstraint(
                fields=["issue", "letter"],
                name="one_recommendation_per_letter",
                violation_error_message=_("This issue already has a recommendation with this letter."),
            ),
        ]
        triggers = [
            CODE_NEVER_CHANGES,
            CONTENT_CHANGED,
            RECORD_IS_REMOVED,
            record_changes(
                "SELECT NEW.id",
                pgtrigger.Insert
                | pgtrigger.UpdateOf(
                    *("issue_id", "topic_id", "letter", "title_en", "title_es", "summary_en", "summary_es"),
                    *("success_test_en", "success_test_es", "official_wording", "priority"),
                ),
            ),
            publication_comes_first("recommendation", "issue_id"),
            pgtrigger.Trigger(
                name="status_comes_from_ledger",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("id", "status", "last_update_id", "last_update_on", "evidence_grade"),
                declare=[("head", "recommendations_update%ROWTYPE"), ("earned", "varchar")],
                func=f"""
                    SELECT * INTO head FROM ledger_head(NEW.id);
                    SELECT grade INTO earned FROM ledger_grounds(NEW.id);
                    IF (NEW.status, NEW.last_update_id, NEW.last_update_on, NEW.evidence_grade) IS DISTINCT FROM
                        (coalesce(head.status, '{Status.ISSUED.value}'), head.id, head.counts_from, earned)
                    THEN
                        RAISE EXCEPTION 'The status of a recommendation comes from its ledger; record an update.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'status_comes_from_ledger';
                    END IF;
                    RETURN NEW;
                """,
            ),
            SEARCH_IS_CURRENT,
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    def save(self, *, update_fields=None, **kwargs):
        """Store it under the topic of its issue, as the database has it: the issue may have moved since it was read."""
        if update_fields is None or {"issue", "issue_id"} & set(update_fields):
            self.topic_id = Issue.objects.values_list("topic_id", flat=True).get(pk=self.issue_id)
            update_fields = update_fields and {*update_fields, "topic"}
        super().save(update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        return reverse("recommendation", args=[self.code])

    def clean(self):
        if self.pk and self.issue_id:
            ledger = ledger_of(pk=self.pk)
            require_publication_first(ledger, self.issue.document.published_on, "issue")

    @property
    def group(self) -> WorkingGroup:
        return self.topic.group

    @property
    def document(self) -> Document:
        return self.topic.document

    @transaction.atomic
    def record_update(
        self,
        *,
        what_en,
        effective_on,
        status=None,
        precision=Precision.DAY,
        basis=Basis.VERIFIED,
        evidence=(),
        successors=(),
        recorded_by=None,
        **fields,
    ) -> Update:
        """Write one row of the ledger and, with it, the current status. The one door for both.

        Takes the resulting `status` (the current one if not given), the date `effective_on` with its `precision`,
        what happened (`what_en`, `what_es`), `reason_en`/`reason_es` where the status goes back, `visibility`,
        `corrects` (an earlier Update), `successors` (for "superseded"), and `evidence`: dicts with title, publisher,
        url and, where known, published_on, kind, quotation and quotation_language. Gives the stored Update; `self` then
        has its new status.
        Raises ValidationError with messages a person can act on; nothing is stored then.
        """
        self.__class__.objects.select_for_update(of=["self"]).get(pk=self.pk)
        self.refresh_from_db(fields=["status", "last_update", "last_update_on"])
        update = Update(
            recommendation=self,
            status=status or self.status,
            what_en=what_en,
            effective_on=effective_on,
            precision=precision,
            basis=basis,
            recorded_by=recorded_by,
            **fields,
        )
        update.named_successors = list(successors)
        update.full_clean()
        update.require(evidence)
        update.save(force_insert=True)
        for source in evidence:
            row = Evidence(update=update, **source)
            row.full_clean()
            row.save(force_insert=True)
        for successor in update.named_successors:
            Succession.objects.create(update=update, successor=successor)
        self.refresh_from_db(fields=["status", "is_open", "last_update", "last_update_on", "evidence_grade"])
        require_no_loop(self)
        return update


class Succession(models.Model):
    """That a recommendation takes the place of the one that an update of status "superseded" is about."""

    update = models.ForeignKey(Update, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Recommendation, models.PROTECT, related_name="successions")

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        triggers = [
            BELONGS_TO_ITS_TRANSACTION,
            CONTENT_CHANGED,
            NEVER_CHANGED,
            NEVER_EMPTIED,
            SUCCESSOR_IS_ANOTHER,
        ]
        constraints = [
            models.UniqueConstraint(fields=["update", "successor"], name="one_succession_per_successor"),
        ]

    def __str__(self):
        return f"{self.update_id} → {self.successor_id}"


class Mention(Recommendation.mentions.through):
    """That a recommendation mentions an organization; here for its triggers alone."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [CONTENT_CHANGED, search_follows_links("organization_id")]
