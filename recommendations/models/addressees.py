"""The organizations that a recommendation asks to act, and what they answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.web_addresses import is_web_address
from recommendations.browse.search.index import search_follows_links
from working_groups.models import Organization

from .record_changes import LINK_CHANGES_RECORD

# The rule by which an addressee is marked as named, shown wherever the mark is; fixtures/documents follow it.
NAMED_RULE = _(
    "“Our reading”: an organization counts as named if the recommendation, or the issue it addresses, names it, its country or its kind of organization as one that acts. If not, that it is asked to act is how we read it."
)


class Response(models.TextChoices):
    AWAITING = "awaiting", _("Awaiting response")
    ACCEPTED = "accepted", _("Accepted")
    PARTIALLY_ACCEPTED = "partially_accepted", _("Partially accepted")
    NOTED = "noted", _("Noted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")


class Addressee(models.Model):
    """An organization that a recommendation asks to act, and what it answered."""

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
    response = models.CharField(_("response"), max_length=20, choices=Response, default=Response.AWAITING)
    responded_on = models.DateField(_("date of response"), null=True, blank=True)
    response_title = models.CharField(_("title of the source"), max_length=300, blank=True)
    response_url = models.URLField(_("link to the source"), max_length=500, blank=True)

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
            models.CheckConstraint(condition=Q(response__in=Response.values), name="response_is_known"),
            is_web_address("response_url", name="response_source_is_a_web_address"),
            models.CheckConstraint(
                condition=Q(response="awaiting", responded_on=None)
                | (~Q(response="awaiting") & Q(responded_on__isnull=False) & ~Q(response_url="")),
                name="response_has_date_and_source",
                violation_error_message=_("A response needs a date and a link to its source."),
            ),
        ]
        triggers = [CONTENT_CHANGED, LINK_CHANGES_RECORD, search_follows_links("organization_id")]

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
