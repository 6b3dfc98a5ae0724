"""The sources of the ledger's rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.web_addresses import is_web_address
from recommendations.ledger.triggers import BELONGS_TO_ITS_TRANSACTION, NEVER_CHANGED, NEVER_EMPTIED

from .updates import Update


class Evidence(models.Model):
    """A source for one update: what it is called, who published it, where, when."""

    update = models.ForeignKey(Update, models.PROTECT, related_name="evidence", verbose_name=_("update"))
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200)
    url = models.URLField(_("address"), max_length=500)
    published_on = models.DateField(_("published"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        triggers = [BELONGS_TO_ITS_TRANSACTION, CONTENT_CHANGED, NEVER_CHANGED, NEVER_EMPTIED]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(publisher="") & ~Q(url=""), name="evidence_names_its_source"
            ),
            is_web_address("url", name="evidence_url_is_a_web_address"),
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})"
