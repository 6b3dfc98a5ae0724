"""The earlier words of what is published; see core/history/versions.py. Which readers see them, the pages say."""

from datetime import date

import pghistory
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pghistory.models import EventQuerySet

from core.history.past import end_of
from core.history.versions import versions_of
from core.history.words import Part, compare_words
from core.text.bilingual import Bilingual

from .addressees import Addressee
from .chapters import ChapterLink
from .documents import Document, Issue, Topic
from .recommendations import Recommendation

TEXTS = ["title_en", "title_es", "summary_en", "summary_es"]


def public_where(lookup: str) -> str:
    """Return the SQL condition that the document of the topic that `lookup`, SQL, gives is public."""
    return f"""
        (SELECT d.visibility = 'public' FROM recommendations_topic t JOIN recommendations_document d
            ON d.id = t.document_id WHERE t.id = ({lookup}))
    """


def of_recommendation(key: str) -> str:
    return public_where(f"SELECT r.topic_id FROM recommendations_recommendation r WHERE r.id = {key}")


def code_of(key: str) -> str:
    return f"(SELECT r.code FROM recommendations_recommendation r WHERE r.id = {key})"


class DocumentVersion(versions_of(Document, [*TEXTS, "visibility"], public_if="NEW.visibility = 'public'")):
    not_in_past_views = {"visibility"}  # who may read it is a matter of today
    named_by = "(SELECT d.slug FROM recommendations_document d WHERE d.id = v.pgh_obj_id)"


class TopicVersion(versions_of(Topic, TEXTS, public_if=public_where("NEW.pgh_obj_id"))):
    named_by = "(SELECT t.slug FROM recommendations_topic t WHERE t.id = v.pgh_obj_id)"


class IssueVersion(
    versions_of(
        Issue,
        TEXTS,
        public_if=public_where("SELECT i.topic_id FROM recommendations_issue i WHERE i.id = NEW.pgh_obj_id"),
    )
):
    named_by = "(SELECT i.code FROM recommendations_issue i WHERE i.id = v.pgh_obj_id)"


class RecommendationVersion(
    versions_of(Recommendation, [*TEXTS, "priority"], public_if=of_recommendation("NEW.pgh_obj_id"))
):
    named_by = code_of("v.pgh_obj_id")


_SuccessTestVersions = versions_of(
    Recommendation,
    ["success_test_en", "success_test_es"],
    public_if=of_recommendation("NEW.pgh_obj_id"),
    related_name="earlier_success_tests",
    trackers=[pghistory.UpdateEvent("success_test", row="OLD")],
)


class SuccessTestQuerySet(EventQuerySet):
    def published(self):
        """Return the changes that are part of the public record, each with `after_en` and `after_es`, oldest first.

        What was changed while nobody could read it is not among them: what followed is then what was published next.
        """
        following = SuccessTestVersion.objects.filter(
            pgh_obj=OuterRef("pgh_obj"), is_public=True, pk__gt=OuterRef("pk")
        ).order_by("pk")
        after = {
            f"after_{language}": Coalesce(
                Subquery(following.values(f"success_test_{language}")[:1]), F(f"pgh_obj__success_test_{language}")
            )
            for language in ("en", "es")
        }
        return self.filter(is_public=True).annotate(**after).order_by("pk")

    def between(self, since: date, until: date):
        """Return those of the days after `since` and up to `until`."""
        return self.filter(pgh_created_at__gte=end_of(since), pgh_created_at__lt=end_of(until))


class SuccessTestVersion(_SuccessTestVersions):
    """An earlier success test. To change one that was published needs a reason, which readers see."""

    before = Bilingual()
    after = Bilingual()

    named_by = code_of("v.pgh_obj_id")

    objects = SuccessTestQuerySet.as_manager()

    class Meta(_SuccessTestVersions.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(why_en=""),
                name="changed_success_test_needs_a_reason",
                violation_error_message=_("Explain why the success test changes: it has already been published."),
            ),
        ]

    def __str__(self):
        return f"{self.recommendation.code}: {self.changed_on}"

    def get_absolute_url(self):
        return f"{self.recommendation.get_absolute_url()}#success-test-{self.pk}"

    @property
    def recommendation(self) -> Recommendation:
        return self.pgh_obj

    @property
    def changed_on(self) -> date:
        return timezone.localdate(self.pgh_created_at)

    @property
    def before_en(self) -> str:
        return self.success_test_en

    @property
    def before_es(self) -> str:
        return self.success_test_es

    @property
    def difference(self) -> list[Part]:
        """Both texts in the current language, word by word; those of `published()` know what followed."""
        return compare_words(self.before, self.after)


class AddresseeVersion(
    versions_of(
        Addressee,
        ["recommendation", "organization", "is_named"],
        public_if=of_recommendation("NEW.recommendation_id"),
    )
):
    part_of = "recommendation"
    named_by = f"""
        {code_of("v.recommendation_id")} || ' → '
            || (SELECT o.slug FROM working_groups_organization o WHERE o.id = v.organization_id)
    """


class ChapterLinkVersion(
    versions_of(
        ChapterLink,
        ["recommendation", "chapter", "articles", "articles_seen", "is_loose", "reason_en", "reason_es"],
        public_if=of_recommendation("NEW.recommendation_id"),
    )
):
    part_of = "recommendation"
    named_by = f"""
        {code_of("v.recommendation_id")} || ' → '
            || (SELECT c.number FROM recommendations_chapter c WHERE c.id = v.chapter_id)
    """
