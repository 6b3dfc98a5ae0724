"""The pages of one thing each: the recommendation, and what is around it."""

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch
from django.utils import timezone
from django.views.generic import DetailView, ListView, TemplateView

from recommendations.charts.history import status_over_time
from recommendations.ledger.admin import record_url
from recommendations.models import (
    Addressee,
    Chapter,
    ChapterLink,
    Document,
    Issue,
    Recommendation,
    Tally,
)
from recommendations.models.status import CLOSED, OPEN, RULES
from recommendations.querysets import attach_updates
from recommendations.sharing import citing
from working_groups.models import WorkingGroup

from .base import AsOfMixin, PageOfOne, counted, everything, listed


class RecordView(PageOfOne):
    """One recommendation, with its story."""

    template_name = "recommendations/record.html"
    context_object_name = "recommendation"
    slug_field = "code"

    def get_queryset(self):
        return (
            everything(self.request, self.as_of)
            .for_citing()
            .prefetch_related(
                Prefetch("addressees", Addressee.objects.select_related("organization")),
                Prefetch("chapter_links", ChapterLink.objects.select_related("chapter")),
                "issue__topic__document__milestones__series",
            )
        )

    def get_context_data(self, **kwargs):
        recommendation = self.object
        attach_updates([recommendation])
        timeline = recommendation.updates.visible_to(self.request.user)
        if self.as_of:
            timeline = timeline.as_of(self.as_of)
            for addressee in recommendation.addressees.all():
                addressee.set_back_to(self.as_of)
        neighbours = list(
            Recommendation.objects.visible_to(self.request.user)
            .filter(issue__topic__document=recommendation.document)
            .in_document_order()
            .only("code", "title_en", "title_es")
        )
        place = neighbours.index(recommendation)
        today = timezone.localdate()
        return super().get_context_data(
            timeline=timeline.for_timeline().prefetch_related(
                Prefetch("successor", Recommendation.objects.visible_to(self.request.user))
            ),
            # A correction may be dated later than what this page shows.
            whole_page=recommendation.get_absolute_url() if self.as_of else "",
            siblings=[
                each
                for each in recommendation.issue.recommendations.as_it_stood(self.as_of).order_by("letter")
                if each != recommendation
            ],
            previous=neighbours[place - 1] if place else None,
            next=neighbours[place + 1] if place + 1 < len(neighbours) else None,
            address=citing.address(recommendation),
            citation=citing.in_words(recommendation, today),
            bibtex=citing.in_bibtex(recommendation, today),
            linked_data=citing.linked_data(recommendation),
            has_our_reading=not all(addressee.is_named for addressee in recommendation.addressees.all()),
            record_url=record_url(recommendation),
            **kwargs,
        )


class IssueView(PageOfOne):
    """One issue, with the recommendations that answer it."""

    template_name = "recommendations/issue.html"
    context_object_name = "issue"
    slug_field = "code"

    def get_queryset(self):
        issues = Issue.objects.visible_to(self.request.user)
        return self.published(issues, "topic__document__published_on").select_related(
            "topic__group", "topic__document__publisher"
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**listed(self.request, self.as_of, issue=self.object), **kwargs)


class GroupListView(AsOfMixin, ListView):
    """The groups, each with its state of play."""

    template_name = "recommendations/groups.html"
    context_object_name = "groups"
    # In the order of the home page: it has to be said, because a query that counts leaves out the model's own.
    queryset = (
        WorkingGroup.objects.select_related("organization")
        .annotate(member_count=Count("memberships"))
        .order_by(*WorkingGroup._meta.ordering)
    )

    def get_context_data(self, **kwargs):
        counts = counted(self.request, self.as_of).count_by_group_and_status()
        for group in self.object_list:
            group.counts = counts.get(group.pk, {})
        return super().get_context_data(**kwargs)


class GroupView(PageOfOne):
    """One group: who is in it, and what it asks, by topic."""

    template_name = "recommendations/group.html"
    context_object_name = "group"
    queryset = WorkingGroup.objects.select_related("organization").prefetch_related("partners")

    def get_context_data(self, **kwargs):
        of_group = everything(self.request, self.as_of).filter(issue__topic__group=self.object)
        return super().get_context_data(
            **listed(self.request, self.as_of, issue__topic__group=self.object),
            counts=of_group.count_by_status(),
            history=status_over_time(of_group, self.as_of or timezone.localdate()),
            memberships=self.object.memberships.select_related("person", "organization"),
            **kwargs,
        )


class ChapterListView(AsOfMixin, ListView):
    """The 34 chapters, and how many recommendations of each group touch them."""

    template_name = "recommendations/chapters.html"
    context_object_name = "chapters"
    model = Chapter

    def get_context_data(self, **kwargs):
        groups = list(WorkingGroup.objects.all())
        counts = counted(self.request, self.as_of).count_by_chapter_and_group()
        for chapter in self.object_list:
            chapter.by_group = [(group, counts.get((chapter.pk, group.pk), 0)) for group in groups]
            chapter.total = sum(count for _group, count in chapter.by_group)
        return super().get_context_data(groups=groups, **kwargs)


class ChapterView(AsOfMixin, DetailView):
    """One chapter, and the recommendations that are mapped to it, with the reason."""

    template_name = "recommendations/chapter.html"
    context_object_name = "chapter"
    model = Chapter
    slug_field = "number"

    def get_context_data(self, **kwargs):
        found = listed(self.request, self.as_of, chapters=self.object)
        for each in found["recommendations"]:
            each.link = next(link for link in each.listed_chapter_links if link.chapter_id == self.object.pk)
        return super().get_context_data(
            **found,
            previous=Chapter.objects.filter(number=self.object.number - 1).first(),
            next=Chapter.objects.filter(number=self.object.number + 1).first(),
            **kwargs,
        )


class DocumentListView(AsOfMixin, ListView):
    """The documents, newest first."""

    template_name = "recommendations/documents.html"
    context_object_name = "documents"

    def get_queryset(self):
        return (
            self.published(Document.objects.visible_to(self.request.user))
            .select_related("publisher")
            .annotate(recommendation_count=Tally.objects.of_document(OuterRef("pk")))
        )


class DocumentView(PageOfOne):
    """One document, and all that it asks, in its own order."""

    template_name = "recommendations/document.html"
    context_object_name = "document"

    def get_queryset(self):
        return (
            self.published(Document.objects.visible_to(self.request.user))
            .select_related("publisher")
            .prefetch_related("milestones__series")
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **listed(self.request, self.as_of, issue__topic__document=self.object),
            counts=everything(self.request, self.as_of).filter(issue__topic__document=self.object).count_by_status(),
            **kwargs,
        )


class StatusDefinitionsView(TemplateView):
    """What each status means, and what it takes."""

    template_name = "recommendations/status_definitions.html"
    extra_context = {"open_statuses": OPEN, "closed_statuses": CLOSED, "rules": RULES}


class AboutView(TemplateView):
    """Who keeps this, from which documents, by which rules, and how to reach them."""

    template_name = "recommendations/about.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            documents=Document.objects.visible_to(self.request.user).select_related("publisher"),
            contact=settings.CONTACT_EMAIL,
            **kwargs,
        )
