"""Normalized models like ours, in one language."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse


class Status(models.TextChoices):
    ISSUED = "issued"
    UNDER_CONSIDERATION = "under_consideration"
    IN_PROGRESS = "in_progress"
    PARTIALLY_IMPLEMENTED = "partially_implemented"
    IMPLEMENTED = "implemented"
    NOT_IMPLEMENTED = "not_implemented"
    OVERTAKEN = "overtaken"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Group(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.name


class Organization(models.Model):
    slug = models.SlugField(unique=True)
    acronym = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def short_name(self):
        return self.acronym or self.name

    def get_absolute_url(self):
        return reverse("organization", args=[self.slug])


class Chapter(models.Model):
    number = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        return reverse("chapter", args=[self.number])


class Document(models.Model):
    title = models.CharField(max_length=300)
    published_on = models.DateField()
    visibility = models.CharField(max_length=10)

    class Meta:
        ordering = ["-published_on"]

    def __str__(self):
        return self.title


class Topic(models.Model):
    document = models.ForeignKey(Document, models.PROTECT)
    group = models.ForeignKey(Group, models.PROTECT)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()


class Issue(models.Model):
    topic = models.ForeignKey(Topic, models.PROTECT)
    code = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()


class Update(models.Model):
    recommendation = models.ForeignKey("Recommendation", models.PROTECT, related_name="updates")
    status = models.CharField(max_length=30, choices=Status)
    effective_on = models.DateField()
    what = models.TextField()
    basis = models.CharField(max_length=20)


class Evidence(models.Model):
    update = models.ForeignKey(Update, models.PROTECT, related_name="evidence")
    url = models.URLField(max_length=500)


class Recommendation(models.Model):
    issue = models.ForeignKey(Issue, models.PROTECT)
    code = models.CharField(max_length=30, unique=True)
    letter = models.CharField(max_length=2)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    success_test = models.TextField()
    official_wording = models.TextField()
    priority = models.BooleanField()
    status = models.CharField(max_length=30, choices=Status, db_index=True)
    is_open = models.BooleanField()
    last_update = models.ForeignKey(Update, models.PROTECT, null=True, related_name="+")
    last_update_on = models.DateField(null=True, db_index=True)
    addressees = models.ManyToManyField(Organization)
    chapters = models.ManyToManyField(Chapter)
    search = SearchVectorField(null=True)

    class Meta:
        indexes = [GinIndex(fields=["search"])]

    def get_absolute_url(self):
        return reverse("recommendation", args=[self.code])
