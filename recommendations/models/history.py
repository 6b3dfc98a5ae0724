"""The one history of all words: a line for each change of a row of which versions are kept."""

from functools import cached_property

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history.log_view import VIEW
from core.text.bilingual import Bilingual


class Action(models.TextChoices):
    ADDED = "insert", _("Added")
    CHANGED = "update", _("Changed")
    REMOVED = "delete", _("Removed")


class HistoryEntry(models.Model):
    """That a row was added, changed or removed: by whom, when, why, and what it held before and after."""

    id = models.CharField(max_length=100, primary_key=True)
    number = models.IntegerField()  # counts what is written to the versions of one table
    written_at = models.DateTimeField(_("when"))
    action = models.CharField(_("what was done"), max_length=10, choices=Action)
    model = models.CharField(_("kind of record"), max_length=100)
    object_id = models.BigIntegerField()
    name = models.TextField(_("record"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    role = models.TextField(_("database role"))
    why_en = models.TextField(_("reason, in English"))
    why_es = models.TextField(_("reason, in Spanish"))
    why = Bilingual()
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        managed = False  # a view: see core/history/log_view.py
        db_table = VIEW
        ordering = ["-written_at", "-number", "id"]
        default_permissions = ["view"]
        verbose_name = _("change")
        verbose_name_plural = _("wording history")

    def __str__(self):
        return f"{self.name}: {self.get_action_display()}"

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @cached_property
    def changed_fields(self) -> list[models.Field]:
        """The fields that it changed, or all that the row held where it was added or removed."""
        before, after = self.before or {}, self.after or {}
        names = [name for name in before | after if before.get(name) != after.get(name)]
        return [field for field in self.model_class._meta.concrete_fields if field.name in names]
