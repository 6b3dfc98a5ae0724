"""The news of digests: updates, answers and changed success tests, each once in a series."""

from django.db import models

from recommendations.models import Answer, SuccessTestVersion, Update
from reviews.models import Series


class ItemQuerySet(models.QuerySet):
    """Items of one kind. `news_field` of the model names the field that leads to the news itself."""

    def reported_before(self, digest) -> models.QuerySet:
        """Return the keys of the news that other digests of the series have told.

        The editions that `digest` replaces do not count: whoever gets it did not get those.
        """
        others = self.filter(series=digest.milestone.series).exclude(digest__in=digest.editions())
        return others.values(self.model.news_field)

    def assign(self, digest, news):
        """Note that a digest tells `news`. Those that an edition which it replaces had are assigned already."""
        series, field = digest.milestone.series, self.model.news_field
        assigned = set(self.filter(series=series).values_list(field, flat=True))
        self.bulk_create(
            self.model(digest=digest, series=series, **{field: record}) for record in news if record.pk not in assigned
        )


class DigestItem(models.Model):
    """An update that is news in a digest; in each series it is so once."""

    news_field = "update"

    digest = models.ForeignKey("Digest", models.PROTECT, related_name="items")
    series = models.ForeignKey(Series, models.PROTECT, related_name="reported_items")
    update = models.ForeignKey(Update, models.PROTECT, related_name="digest_items")

    objects = ItemQuerySet.as_manager()

    class Meta:
        db_table = "digests_digestnews"
        constraints = [
            models.UniqueConstraint(fields=["series", "update"], name="news_is_told_once_in_a_series"),
        ]

    def __str__(self):
        return f"{self.digest_id}: {self.update_id}"


class DigestAnswer(models.Model):
    """An answer that is news in a digest; in each series it is so once."""

    news_field = "answer"

    digest = models.ForeignKey("Digest", models.PROTECT, related_name="answer_items")
    series = models.ForeignKey(Series, models.PROTECT, related_name="reported_answers")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="digest_items")

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "answer"], name="answer_is_told_once_in_a_series"),
        ]

    def __str__(self):
        return f"{self.digest_id}: {self.answer_id}"


class DigestSuccessTestItem(models.Model):
    """A changed success test that is news in a digest; in each series it is so once."""

    news_field = "change"

    digest = models.ForeignKey("Digest", models.PROTECT, related_name="success_test_items")
    series = models.ForeignKey(Series, models.PROTECT, related_name="reported_success_test_items")
    change = models.ForeignKey(SuccessTestVersion, models.PROTECT, related_name="digest_items")

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "change"], name="changed_test_is_told_once_in_a_series"),
        ]

    def __str__(self):
        return f"{self.digest_id}: {self.change_id}"


# Whatever frees the news of a digest frees those of every kind.
ITEM_MODELS = [DigestItem, DigestAnswer, DigestSuccessTestItem]
