"""Documents, the topics in them, and the issues under these."""

from datetime import date

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, Func, GeneratedField, Min, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from core.text.bilingual import Bilingual
from core.text.dates import Precision, last_day, write_date
from core.visibility import Visibility
from recommendations.browse.search.index import search_follows
from recommendations.codes import validate_code
from recommendations.ledger.publication import publication_comes_first, require_publication_first
from working_groups.models import Organization, WorkingGroup

from .answers import Answer
from .record_changes import record_changes
from .updates import Update

# A code is a public address, cited in print.
CODE_NEVER_CHANGES = pgtrigger.ReadOnly(name="code_never_changes", fields=["code"])


def code_order_field() -> GeneratedField:
    """Return the column by which codes sort as people count: 2 before 10."""
    return GeneratedField(
        expression=Func("code", function="code_order"),
        output_field=models.CharField(max_length=100, db_collation="C"),
        db_persist=True,
    )


def ledger_of(**recommendation) -> list[models.QuerySet]:
    """Return the updates and the answers of the recommendations that the lookups find."""
    return [
        model.objects.filter(**{f"{path}__{lookup}": value for lookup, value in recommendation.items()})
        for model, path in [(Update, "recommendation"), (Answer, "addressee__recommendation")]
    ]


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Limit to those that `user`, signed in or not, may read."""
        return self.filter(visibility__in=Visibility.for_user(user))

    def sources_read_on(self) -> date | None:
        """Return the day up to which sources were read for each of them; None where that is not known of one."""
        found = self.aggregate(day=Min("sources_read_on"), unknown=Count("pk", filter=Q(sources_read_on=None)))
        return None if found["unknown"] else found["day"]


class Document(models.Model):
    """A published paper or statement that makes recommendations."""

    slug = models.SlugField(unique=True)
    title_en = models.CharField(_("title in English"), max_length=300)
    title_es = models.CharField(_("title in Spanish"), max_length=300)
    title = Bilingual()
    summary_en = models.TextField(_("summary in English"), blank=True)
    summary_es = models.TextField(_("summary in Spanish"), blank=True)
    summary = Bilingual()
    publisher = models.ForeignKey(Organization, models.PROTECT, related_name="documents", verbose_name=_("publisher"))
    published_on = models.DateField(
        _("published"),
        help_text=_("For a month, a quarter or a year, its last day: only then is it certain to have appeared."),
    )
    published_precision = models.CharField(
        _("date precision"), max_length=10, choices=Precision, default=Precision.DAY, db_default=Precision.DAY
    )
    published_note_en = models.CharField(_("note on the date, in English"), max_length=300, blank=True)
    published_note_es = models.CharField(_("note on the date, in Spanish"), max_length=300, blank=True)
    published_note = Bilingual()
    language = models.CharField(_("language"), max_length=2, choices=[("en", _("English")), ("es", _("Spanish"))])
    url = models.URLField(_("address"), max_length=500)
    sha256 = models.CharField(
        _("SHA-256 of the file"),
        max_length=64,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{64}\Z")],
        help_text=_("Of the file it was loaded from."),
    )
    visibility = models.CharField(_("visible to"), max_length=10, choices=Visibility, default=Visibility.STAFF)
    sources_read_on = models.DateField(
        _("sources read through"),
        null=True,
        blank=True,
        help_text=_("The day through which public sources on what became of its recommendations were read."),
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "slug"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="document_visibility_is_known"),
            models.CheckConstraint(
                condition=Q(published_precision__in=Precision.values), name="document_precision_is_known"
            ),
            is_web_address("url", name="document_url_is_a_web_address"),
        ]
        triggers = [
            CONTENT_CHANGED,
            publication_comes_first("document", "published_on"),
            search_follows(
                "topic_id IN (SELECT id FROM recommendations_topic WHERE document_id = NEW.id)", "title_en", "title_es"
            ),
            record_changes(
                """
                SELECT r.id FROM recommendations_recommendation r
                    JOIN recommendations_topic t ON t.id = r.topic_id WHERE t.document_id = NEW.id
                """,
                pgtrigger.UpdateOf("slug", "title_en", "title_es", "published_on", "published_precision", "visibility"),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("document", args=[self.slug])

    @property
    def published(self) -> str:
        """The date of publication in words, no finer than it is known."""
        return write_date(self.published_on, self.published_precision)

    @property
    def published_iso(self) -> str:
        """The date of publication as ISO 8601 writes it, no finer than it is known; of a quarter, the year."""
        length = {Precision.DAY: 10, Precision.MONTH: 7}.get(self.published_precision, 4)
        return self.published_on.isoformat()[:length]

    def clean(self):
        if self.published_on and self.published_precision in Precision.values:
            self.published_on = last_day(self.published_on, self.published_precision)
        if self.pk and self.published_on:
            ledger = ledger_of(topic__document=self.pk)
            require_publication_first(ledger, self.published_on, "published_on")


class Topic(models.Model):
    """A heading inside a group's part of a document."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="topics", verbose_name=_("document"))
    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="topics", verbose_name=_("group"))
    slug = models.SlugField(unique=True)
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(_("title in Spanish"), max_length=200)
    title = Bilingual()
    summary_en = models.TextField(_("summary in English"), blank=True, db_default="")
    summary_es = models.TextField(_("summary in Spanish"), blank=True, db_default="")
    summary = Bilingual()
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["document", "group", "position", "pk"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        triggers = [
            CONTENT_CHANGED,
            publication_comes_first("topic", "document_id"),
            search_follows("topic_id = NEW.id", "title_en", "title_es", "document_id"),
            record_changes(
                "SELECT id FROM recommendations_recommendation WHERE topic_id = NEW.id",
                pgtrigger.UpdateOf("slug", "title_en", "title_es", "group_id", "document_id"),
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        if self.pk and self.document_id:
            ledger = ledger_of(topic=self.pk)
            require_publication_first(ledger, self.document.published_on, "document")


class IssueQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Limit to those in documents that `user`, signed in or not, may read."""
        return self.filter(topic__document__visibility__in=Visibility.for_user(user))


class Issue(models.Model):
    """The problem under a topic that one or more recommendations answer."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="issues", verbose_name=_("topic"))
    code = models.CharField(_("code"), max_length=30, unique=True, validators=[validate_code])
    code_order = code_order_field()
    number = models.CharField(
        _("number as printed"), max_length=30, blank=True, help_text=_("Leave blank if the document gives none.")
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(_("title in Spanish"), max_length=200)
    title = Bilingual()
    summary_en = models.TextField(_("summary in English"))
    summary_es = models.TextField(_("summary in Spanish"))
    summary = Bilingual()
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "position", "pk"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            # What a recommendation refers to: its issue, and with it the topic. Its position is there for sorting.
            models.UniqueConstraint(fields=["id", "topic"], include=["position"], name="issue_is_under_one_topic"),
        ]
        triggers = [
            CODE_NEVER_CHANGES,
            CONTENT_CHANGED,
            publication_comes_first("issue", "topic_id"),
            record_changes(
                "SELECT id FROM recommendations_recommendation WHERE issue_id = NEW.id",
                pgtrigger.UpdateOf("title_en", "title_es", "summary_en", "summary_es"),
            ),
            search_follows("issue_id = NEW.id", "title_en", "title_es", "summary_en", "summary_es", "topic_id"),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    def get_absolute_url(self):
        return reverse("issue", args=[self.code])

    def clean(self):
        if self.pk and self.topic_id:
            ledger = ledger_of(issue=self.pk)
            require_publication_first(ledger, self.document.published_on, "topic")

    @property
    def document(self) -> Document:
        return self.topic.document
