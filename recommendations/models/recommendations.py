"""What is asked: the recommendations, whom they ask, and the treaty's chapters that they touch."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import GeneratedField, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.bilingual import Bilingual
from core.dates import Precision
from recommendations.publication import publication_comes_first, require_publication_first
from recommendations.querysets import RecommendationQuerySet
from recommendations.search import AFTER_YEAR
from recommendations.search_index import SEARCH_IS_CURRENT, search_follows_links, search_follows_titles
from recommendations.tallies import TALLY_RECOMMENDATIONS, Tally, tally_links
from working_groups.models import Organization, WorkingGroup

from .documents import CODE, CODE_NEVER_CHANGES, Document, Issue, Topic
from .status import OPEN, Status
from .updates import Basis, Evidence, Update

__all__ = [
    "Addressee",
    "Chapter",
    "ChapterLink",
    "Document",
    "Evidence",
    "Issue",
    "Recommendation",
    "Tally",
    "Topic",
    "Update",
]


class Chapter(models.Model):
    """A chapter of the USMCA / T-MEC."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(34)]
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(_("title in Spanish"), max_length=200)
    title = Bilingual()
    text_url = models.URLField(_("address of the text"), max_length=500, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        constraints = [
            models.CheckConstraint(condition=Q(number__range=(1, 34)), name="treaty_has_34_chapters"),
        ]
        triggers = [
            search_follows_titles(
                "id IN (SELECT recommendation_id FROM recommendations_chapterlink WHERE chapter_id = NEW.id)"
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        return reverse("chapter", args=[self.number])


class Recommendation(models.Model):
    """What is asked. Its status changes only through `record_update()`."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="recommendations", verbose_name=_("issue"))
    code = models.CharField(_("code"), max_length=30, unique=True, validators=[CODE])
    letter = models.CharField(
        _("letter"), max_length=2, blank=True, help_text=_("Where the issue asks more than one thing.")
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(_("title in Spanish"), max_length=200)
    title = Bilingual()
    summary_en = models.TextField(_("summary in English"), help_text=_("What is asked, in our own plain words."))
    summary_es = models.TextField(_("summary in Spanish"))
    summary = Bilingual()
    success_test_en = models.TextField(
        _("success test in English"),
        help_text=_("“Implemented when …”: written beforehand, so that closing is a check."),
    )
    success_test_es = models.TextField(_("success test in Spanish"))
    success_test = Bilingual()
    official_wording = models.TextField(
        _("official wording"), blank=True, editable=False, help_text=_("The document's own, word for word.")
    )
    priority = models.BooleanField(_("priority"), default=False)
    chapters = models.ManyToManyField(Chapter, through="ChapterLink", related_name="recommendations")

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
    search = SearchVectorField(null=True, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        indexes = [
            GinIndex(fields=["search"], name="recommendation_search"),  # the list asks: which hold these words?
            models.Index(fields=["status"], name="recommendation_status"),  # the list asks: which stand here?
            models.Index(fields=["last_update_on"], name="recommendation_last_update"),  # staff ask: which are stale?
            # the facets ask: how many of each kind are in each topic? Answered without a look at the rows, which are long.
            models.Index(
                fields=["issue", "letter", "id"],
                include=["status", "is_open", "priority", "last_update_on"],
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
                violation_error_message=_("This issue has a recommendation with this letter already."),
            ),
        ]
        triggers = [
            CODE_NEVER_CHANGES,
            publication_comes_first("recommendation", "issue_id"),
            pgtrigger.Trigger(
                name="status_comes_from_ledger",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("id", "status", "last_update_id", "last_update_on"),
                declare=[("head", "recommendations_update%ROWTYPE")],
                func="""
                    SELECT * INTO head FROM ledger_head(NEW.id);
                    IF (NEW.status, NEW.last_update_id, NEW.last_update_on)
                        IS DISTINCT FROM (coalesce(head.status, 'issued'), head.id, head.counts_from)
                    THEN
                        RAISE EXCEPTION 'The status of a recommendation comes from its ledger; record an update.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'status_comes_from_ledger';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *TALLY_RECOMMENDATIONS,
            SEARCH_IS_CURRENT,
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    def get_absolute_url(self):
        return reverse("recommendation", args=[self.code])

    def clean(self):
        if self.pk and self.issue_id:
            updates = Update.objects.filter(recommendation=self.pk)
            require_publication_first(updates, self.document.published_on, "issue")

    @property
    def group(self) -> WorkingGroup:
        return self.issue.topic.group

    @property
    def document(self) -> Document:
        return self.issue.topic.document

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
        recorded_by=None,
        **fields,
    ) -> Update:
        """Write one row of the ledger and, with it, the current status. The one door for both.

        Takes the resulting `status` (the current one if not given), the date `effective_on` with its `precision`,
        what happened (`what_en`, `what_es`), `reason_en`/`reason_es` where the status goes back, `visibility`,
        `corrects` (an earlier Update), `successor` (for "superseded"), and `evidence`: dicts with title, publisher,
        url and, where known, published_on. Gives the stored Update; `self` then has its new status.
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
        update.full_clean()
        update.require(evidence)
        update.save(force_insert=True)
        for source in evidence:
            row = Evidence(update=update, **source)
            row.full_clean()
            row.save(force_insert=True)
        self.refresh_from_db(fields=["status", "is_open", "last_update", "last_update_on"])
        return update


class Response(models.TextChoices):
    AWAITING = "awaiting", _("Awaiting response")
    ACCEPTED = "accepted", _("Accepted")
    PARTIALLY_ACCEPTED = "partially_accepted", _("Partially accepted")
    NOTED = "noted", _("Noted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")


class Addressee(models.Model):
    """An organization that a recommendation asks to act, and what it answered."""

    recommendation = models.ForeignKey(
        Recommendation, models.CASCADE, related_name="addressees", verbose_name=_("recommendation")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="addressed", verbose_name=_("organization")
    )
    is_named = models.BooleanField(
        _("named in the document"),
        default=True,
        help_text=_("Not ticked: the document does not name it; that it is asked to act is our reading."),
    )
    response = models.CharField(_("response"), max_length=20, choices=Response, default=Response.AWAITING)
    responded_on = models.DateField(_("responded"), null=True, blank=True)
    response_title = models.CharField(_("title of the source"), max_length=300, blank=True)
    response_url = models.URLField(_("address of the source"), max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "organization"],
                name="one_addressee_per_organization",
                violation_error_message=_("This organization is an addressee already."),
            ),
            models.CheckConstraint(condition=Q(response__in=Response.values), name="response_is_known"),
            models.CheckConstraint(
                condition=Q(response="awaiting", responded_on=None)
                | (~Q(response="awaiting") & Q(responded_on__isnull=False) & ~Q(response_url="")),
                name="response_has_date_and_source",
                violation_error_message=_("A response needs its date and the address of its source."),
            ),
        ]
        triggers = [search_follows_links("organization_id"), *tally_links("addressee", "organization_id")]

    def __str__(self):
        return f"{self.organization.short_name}: {self.get_response_display()}"

    @property
    def has_responded(self) -> bool:
        return self.response != Response.AWAITING

    def set_back_to(self, day):
        """Leave out, in memory, an answer that had not come by `day`: a page as of that day shows it as awaited."""
        if self.responded_on and self.responded_on > day:
            self.response, self.responded_on = Response.AWAITING, None
            self.response_title = self.response_url = ""


class ChapterLink(models.Model):
    """Our mapping of a recommendation to a chapter, with its reason."""

    recommendation = models.ForeignKey(
        Recommendation, models.CASCADE, related_name="chapter_links", verbose_name=_("recommendation")
    )
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="links", verbose_name=_("chapter"))
    articles = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("articles"))
    articles_seen = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        verbose_name=_("articles checked"),
        help_text=_("Those of the articles that were checked against a page of the text."),
    )
    is_loose = models.BooleanField(_("loose link"), default=False)
    reason_en = models.TextField(_("reason in English"), blank=True)
    reason_es = models.TextField(_("reason in Spanish"), blank=True)
    reason = Bilingual()

    class Meta:
        ordering = ["chapter"]
        verbose_name = _("chapter link")
        verbose_name_plural = _("chapter links")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "chapter"], name="one_link_per_chapter"),
            models.CheckConstraint(
                condition=Q(articles_seen__contained_by=models.F("articles")), name="checked_articles_are_linked"
            ),
        ]
        triggers = [search_follows_links("chapter_id"), *tally_links("chapter", "chapter_id")]

    def __str__(self):
        return str(self.chapter)
