"""The organizations that a recommendation asks to act."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from recommendations.browse.search.index import search_follows_links
from working_groups.models import Organization

from .record_changes import LINK_CHANGES_RECORD

# The rule by which an addressee is marked as named, shown wherever the mark is; fixtures/documents follow it.
NAMED_RULE = _(
    "“Our reading”: an organization counts as named if the recommendation, or the issue it addresses, names it, its country or its kind of organization as one that acts. If not, that it is asked to act is how we read it."
)

# Otherwise one organization's words would become another's.
ANSWERS_STAY_WITH_THEIR_ADDRESSEE = pgtrigger.Trigger(
    name="answers_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("recommendation_id", "organization_id"),
    condition=pgtrigger.AnyChange("recommendation_id", "organization_id"),
    func="""
        IF EXISTS (SELECT FROM recommendations_answer a WHERE a.addressee_id = NEW.id) THEN
            RAISE EXCEPTION 'An addressee that has answered stays; add another one.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'answers_stay_with_their_addressee';
        END IF;
        RETURN NEW;
    """,
)


class AddresseeQuerySet(models.QuerySet):
    def with_answers(self, day=None):
        """With organization and `answer`, the one in force on `day`; for None the one in force now."""
        answers = self.model.answers.rel.related_model.objects.in_force().as_of(day).latest_of_each()
        return self.select_related("organization").prefetch_related(
            Prefetch("answers", answers, to_attr="answers_in_force")
        )

    def answered(self, day=None):
        """Those of whom an answer is in force on `day`; for None now."""
        answers = self.model.answers.rel.related_model.objects.in_force().as_of(day)
        return self.filter(pk__in=answers.values("addressee"))


class Addressee(models.Model):
    """An organization that a recommendation asks to act. What it answered are its `answers`."""

    recommendation = models.ForeignKey(
        "Recommendation", models.CASCADE, related_name="addressees", verbose_name=_("recommendation")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="addressed", verbose_name=_("organization")
    )
    is_named = models.BooleanField(
        _("named in the document"),
        default=True,
        help_text=_(
            "Checked: the recommendation, or the issue it addresses, names it, its country or its kind of organization as one that acts. Unchecked: that it is asked to act is our reading."
        ),
    )

    objects = AddresseeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "organization"],
                name="one_addressee_per_organization",
                violation_error_message=_("This organization is already an addressee."),
            ),
        ]
        triggers = [
            ANSWERS_STAY_WITH_THEIR_ADDRESSEE,
            CONTENT_CHANGED,
            LINK_CHANGES_RECORD,
            search_follows_links("organization_id"),
        ]

    def __str__(self):
        return f"{self.recommendation.code}, {self.organization.short_name}"

    @property
    def answer(self):
        """The answer in force on the day that it was fetched for by `with_answers()`; None where there is none."""
        return self.answers_in_force[0] if self.answers_in_force else None

    def clean(self):
        """Refuse to turn an addressee that has answered into another one. Raises ValidationError."""
        stored = Addressee.objects.filter(pk=self.pk, answers__isnull=False).first() if self.pk else None
        if stored and (stored.recommendation_id, stored.organization_id) != (
            self.recommendation_id,
            self.organization_id,
        ):
            raise ValidationError({"organization": _("It has answered and cannot be replaced. Add another addressee.")})

    @transaction.atomic
    def record_answer(self, *, kind, said_en, effective_on, recorded_by=None, **fields):
        """Write one answer. The one door for it.

        Takes the `kind` of answer, what was said (`said_en`, `said_es`), the date `effective_on` with its `precision`,
        the source (`source_title`, `source_publisher`, `source_url` and, where known, `source_published_on`),
        `visibility`, and for a correction the earlier Answer that it `corrects`, with `reason_en`/`reason_es`.
        Gives the stored Answer. Raises ValidationError with messages a person can act on; nothing is stored then.
        """
        Addressee.objects.select_for_update(of=["self"]).get(pk=self.pk)
        answer = self.answers.model(
            addressee=self,
            kind=kind,
            said_en=said_en,
            effective_on=effective_on,
            recorded_by=recorded_by,
            **fields,
        )
        answer.full_clean()
        answer.save(force_insert=True)
        answer.refresh_from_db(fields=["recorded_at", "counts_from"])
        return answer
