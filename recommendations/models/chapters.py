"""The chapters of the treaty, and our mapping of recommendations to them."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from core.text.bilingual import Bilingual
from recommendations.browse.search.index import search_follows, search_follows_links

from .record_changes import LINK_CHANGES_RECORD, record_changes


class Chapter(models.Model):
    """A chapter of the USMCA / T-MEC."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(34)]
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(_("title in Spanish"), max_length=200)
    title = Bilingual()
    text_url = models.URLField(_("link to the text"), max_length=500, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        constraints = [
            models.CheckConstraint(condition=Q(number__range=(1, 34)), name="treaty_has_34_chapters"),
            is_web_address("text_url", name="chapter_text_is_a_web_address"),
        ]
        triggers = [
            CONTENT_CHANGED,
            record_changes(
                "SELECT recommendation_id FROM recommendations_chapterlink WHERE chapter_id = NEW.id",
                pgtrigger.UpdateOf("title_en", "title_es"),
            ),
            search_follows(
                "id IN (SELECT recommendation_id FROM recommendations_chapterlink WHERE chapter_id = NEW.id)",
                *("title_en", "title_es"),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        return reverse("chapter", args=[self.number])


class Seen(models.TextChoices):
    """The extent to which somebody has read an article."""

    FULL = "full", _("Its wording was read, though perhaps not every paragraph")
    PART = "part", _("A heading, a fragment, or a description under its number was read")
    DESCRIBED = "described", _("What it says is described on a page that does not give its number")
    UNSEEN = "unseen", _("Not seen: its number and heading are from general knowledge")


class ArticleQuerySet(models.QuerySet):
    def seen(self):
        """Return those that were read under their number, in whole or in part."""
        return self.filter(seen__in=[Seen.FULL, Seen.PART])


class Article(models.Model):
    """An article that the mapping refers to, or that was read beside one, and what was seen of it."""

    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="articles", verbose_name=_("chapter"))
    number = models.CharField(
        _("number"), max_length=10, unique=True, validators=[RegexValidator(r"^\d{1,2}\.\d{1,3}\Z")]
    )
    title_en = models.CharField(_("title in English"), max_length=200)
    title_es = models.CharField(
        _("title in Spanish"), max_length=200, blank=True, help_text=_("Only if the Spanish heading was seen.")
    )
    title = Bilingual()
    gist_en = models.TextField(_("what it says, in English"), blank=True, help_text=_("In our own words."))
    gist_es = models.TextField(_("what it says, in Spanish"), blank=True)
    gist = Bilingual()
    seen = models.CharField(_("what was seen of it"), max_length=10, choices=Seen, default=Seen.UNSEEN)
    source_url = models.URLField(_("link to the source"), max_length=500, blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        # By chapter and then by the number after the point: 7.9 comes before 7.10.
        ordering = ["chapter", Length("number"), "number"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.CheckConstraint(condition=Q(seen__in=Seen.values), name="article_seen_is_known"),
            is_web_address("source_url", name="article_source_is_a_web_address"),
            models.CheckConstraint(
                condition=~Q(seen="unseen") | Q(gist_en="", gist_es=""),
                name="unseen_article_has_no_gist",
                violation_error_message=_("Leave what the article says blank if no one has read it."),
            ),
            models.CheckConstraint(
                condition=Q(seen="unseen") | ~Q(source_url=""),
                name="seen_article_names_its_source",
                violation_error_message=_("Enter the address at which it was read."),
            ),
        ]
        triggers = [CONTENT_CHANGED]

    def __str__(self):
        return f"{self.number} {self.title}"


class ChapterLink(models.Model):
    """Our mapping of a recommendation to a chapter, with its reason."""

    recommendation = models.ForeignKey(
        "Recommendation", models.CASCADE, related_name="chapter_links", verbose_name=_("recommendation")
    )
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="links", verbose_name=_("chapter"))
    articles = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("articles"))
    articles_seen = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        verbose_name=_("articles checked"),
        help_text=_(
            "Those that were read under their number, in whole or in part; the others are shown as not checked."
        ),
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
        triggers = [CONTENT_CHANGED, LINK_CHANGES_RECORD, search_follows_links("chapter_id")]

    def __str__(self):
        return str(self.chapter)

    @property
    def articles_in_words(self) -> str:
        """The articles, those that nobody has read marked as such: "7.21, 7.9 (not checked)"; empty where there are none."""
        return ", ".join(
            number if number in self.articles_seen else gettext("%(article)s (not checked)") % {"article": number}
            for number in self.articles
        )
