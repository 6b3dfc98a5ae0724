"""Who: the working groups, their members, the organizations that are asked to act, and the people who sign in."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pghistory.models import EventQuerySet

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from core.history.versions import ADDED, REMOVED, versions_of
from core.text.bilingual import Bilingual

from .querysets import OrganizationQuerySet, WorkingGroupQuerySet


class OrganizationKind(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    INTERNATIONAL = "international", _("International body")
    ASSOCIATION = "association", _("Association")
    COMPANY = "company", _("Company")
    ACADEMIA = "academia", _("Academia")
    FOUNDATION = "foundation", _("Foundation")
    MEDIA = "media", _("Media")
    OTHER = "other", _("Other")


class Country(models.TextChoices):
    MEXICO = "MX", _("Mexico")
    UNITED_STATES = "US", _("United States")
    CANADA = "CA", _("Canada")
    SEVERAL = "XX", _("Several countries")
    UNKNOWN = "ZZ", _("Country not established")


class GroupKind(models.TextChoices):
    WORKING_GROUP = "working_group", _("Working group")
    STAKEHOLDER = "stakeholder", _("Stakeholder")


class User(AbstractUser):
    """Somebody who signs in: staff of the foundation, or a member of a working group."""


class Organization(models.Model):
    """A body that publishes documents, is asked to act, or is where a member works."""

    slug = models.SlugField(unique=True)
    acronym = models.CharField(_("acronym"), max_length=20, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_es = models.CharField(_("name in Spanish"), max_length=200)
    name = Bilingual()
    kind = models.CharField(_("kind"), max_length=20, choices=OrganizationKind)
    country = models.CharField(_("country"), max_length=2, choices=Country)
    website = models.URLField(_("website"), blank=True)
    is_whole_government = models.BooleanField(
        _("the government of its country as a whole"),
        default=False,
        help_text=_("What is asked of it concerns every agency of that government; their pages link to it."),
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        triggers = [CONTENT_CHANGED]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrganizationKind.values), name="organization_kind_is_known"),
            models.CheckConstraint(condition=Q(country__in=Country.values), name="organization_country_is_known"),
            is_web_address("website", name="organization_website_is_a_web_address"),
            models.CheckConstraint(
                condition=Q(is_whole_government=False) | Q(kind="government"),
                name="whole_government_is_a_government",
                violation_error_message=_("Only a government can be the government of its country as a whole."),
            ),
            models.UniqueConstraint(
                fields=["country"],
                condition=Q(is_whole_government=True),
                name="one_whole_government_per_country",
                violation_error_message=_("This country already has an organization for its government as a whole."),
            ),
        ]

    name_now = ""  # in a past view, where it has another one today: see working_groups/names.py

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("organization", args=[self.slug])

    @property
    def short_name(self) -> str:
        return self.acronym or self.name

    def get_whole_government(self) -> "Organization | None":
        """The government as a whole that this body is one of; None for that government itself, and for others."""
        if self.kind != OrganizationKind.GOVERNMENT or self.is_whole_government:
            return None
        return Organization.objects.filter(country=self.country, is_whole_government=True).first()


class FormerNameQuerySet(EventQuerySet):
    def former_names(self):
        """Return the names that organizations had before, newest first; the search in SQL has organization_names()."""
        return self.exclude(pgh_label__in=[ADDED, REMOVED]).order_by("-pk")


class OrganizationVersion(versions_of(Organization, ["acronym", "name_en", "name_es"], public_if="true")):
    """A name that an organization had up to a day."""

    name = Bilingual()

    objects = FormerNameQuerySet.as_manager()

    named_by = "(SELECT o.slug FROM working_groups_organization o WHERE o.id = v.pgh_obj_id)"

    @property
    def until(self) -> date:
        """The last day of the name: that on which it was given up."""
        return timezone.localdate(self.pgh_created_at)


class Person(models.Model):
    """A member, by the name that the document prints."""

    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        triggers = [CONTENT_CHANGED]

    def __str__(self):
        return self.name


class WorkingGroup(models.Model):
    """A group that makes recommendations: one of the program's three, or a stakeholder with asks of its own."""

    slug = models.SlugField(unique=True)
    code = models.CharField(_("code"), max_length=10, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=GroupKind, default=GroupKind.WORKING_GROUP)
    name_en = models.CharField(_("name in English"), max_length=100)
    name_es = models.CharField(_("name in Spanish"), max_length=100)
    name = Bilingual()
    description_en = models.TextField(_("description in English"), blank=True)
    description_es = models.TextField(_("description in Spanish"), blank=True)
    description = Bilingual()
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    organization = models.OneToOneField(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stakeholder_group",
        verbose_name=_("organization"),
        help_text=_("The organization that a stakeholder group represents."),
    )
    partners = models.ManyToManyField(
        Organization, blank=True, related_name="partner_of", verbose_name=_("partner organizations")
    )
    people = models.ManyToManyField(Person, through="Membership", related_name="groups")

    objects = WorkingGroupQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        triggers = [CONTENT_CHANGED]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="working_group", organization__isnull=True)
                | Q(kind="stakeholder", organization__isnull=False),
                name="stakeholder_group_names_its_organization",
                violation_error_message=_("A stakeholder group must name the organization it represents."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("group", args=[self.slug])


class Partnership(WorkingGroup.partners.through):
    """That an organization is a partner of a group; here for its trigger alone."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [CONTENT_CHANGED]


class Membership(models.Model):
    """One person's place in one group, with the affiliation as the document prints it."""

    group = models.ForeignKey(WorkingGroup, models.CASCADE, related_name="memberships", verbose_name=_("group"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    affiliation = models.CharField(_("affiliation as printed"), max_length=200)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("organization"),
    )
    is_co_chair = models.BooleanField(_("co-chair"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source_en = models.CharField(
        _("where the membership is stated, in English"),
        max_length=300,
        blank=True,
        help_text=_(
            "“As listed in the paper of …”: shown with the list of members; without it, the list gives no source."
        ),
    )
    source_es = models.CharField(_("where the membership is stated, in Spanish"), max_length=300, blank=True)
    source = Bilingual()
    note_en = models.CharField(_("note in English"), max_length=300, blank=True)
    note_es = models.CharField(_("note in Spanish"), max_length=300, blank=True)
    note = Bilingual()

    class Meta:
        ordering = ["group", F("is_co_chair").desc(), "position"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        triggers = [CONTENT_CHANGED]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"],
                name="one_membership_per_person_and_group",
                violation_error_message=_("This person is already in the group."),
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.affiliation}"
