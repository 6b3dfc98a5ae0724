"""The chapters of the treaty, and our mapping of recommendations to them."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.bilingual import Bilingual
from core.caching.content_change import CONTENT_CHANGED
from recommendations.browse.search.index import search_follows_links, search_follows_titles


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
            CONTENT_CHANGED,
            search_follows_titles(
                "id IN (SELECT recommendation_id FROM recommendations_chapterlink WHERE chapter_id = NEW.id)"
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        return reverse("chapter", args=[self.number])


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
        triggers = [CONTENT_CHANGED, search_follows_links("chapter_id")]

    def __str__(self):
        return str(self.chapter)
