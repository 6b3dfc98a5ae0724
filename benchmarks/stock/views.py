"""The list as a page and as a CSV file."""

import csv
from itertools import chain

from django.db.models import Count
from django.http import StreamingHttpResponse
from django_filters.views import FilterView

from .filters import IN_DOCUMENT_ORDER, RecommendationFilter
from .models import Recommendation, Status

HEAD = [
    "code",
    "title",
    "summary",
    "status",
    "is_open",
    "group",
    "issue_code",
    "issue_title",
    "chapters",
    "addressees",
    "document",
    "priority",
    "last_update_on",
    "last_update_note",
    "evidence",
    "url",
    "status_key",
    "last_update_basis",
    "success_test",
    "topic",
    "published_on",
]


class RecommendationList(FilterView):
    filterset_class = RecommendationFilter
    paginate_by = 25

    def get_queryset(self):
        return (
            Recommendation.objects.filter(issue__topic__document__visibility="public")
            .select_related("issue__topic__group", "issue__topic__document", "last_update")
            .prefetch_related("addressees", "chapters")
            .defer("search", "official_wording")
            .order_by(*IN_DOCUMENT_ORDER)
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(facets=self.facets(), **kwargs)

    def facets(self):
        """(name, label, [(value, label, count)]) of what was found."""
        found = self.filterset.qs.order_by()

        def count(*fields):
            return found.values_list(*fields).annotate(Count("pk")).order_by(fields[0])

        return [
            ("status", "Status", [(status, Status(status).label, number) for status, number in count("status")]),
            ("group", "Group", count("issue__topic__group__slug", "issue__topic__group__name")),
            ("chapter", "Chapter", count("chapters__number", "chapters__title")),
        ]


class Echo:
    def write(self, line):
        return line


class RecommendationExport(RecommendationList):
    def render_to_response(self, context):
        writer = csv.writer(Echo())
        rows = self.filterset.qs.prefetch_related("last_update__evidence").iterator(chunk_size=2000)
        lines = chain([HEAD], map(self.row, rows))
        return StreamingHttpResponse(map(writer.writerow, lines), content_type="text/csv; charset=utf-8")

    def get_context_data(self, **kwargs):
        return {}

    def row(self, recommendation):
        issue, update = recommendation.issue, recommendation.last_update
        return [
            recommendation.code,
            recommendation.title,
            recommendation.summary,
            recommendation.get_status_display(),
            recommendation.is_open,
            issue.topic.group.name,
            issue.code,
            issue.title,
            "; ".join(str(chapter.number) for chapter in recommendation.chapters.all()),
            "; ".join(organization.short_name for organization in recommendation.addressees.all()),
            issue.topic.document.title,
            recommendation.priority,
            recommendation.last_update_on,
            update.what if update else "",
            "; ".join(evidence.url for evidence in update.evidence.all()) if update else "",
            self.request.build_absolute_uri(recommendation.get_absolute_url()),
            recommendation.status,
            update.basis if update else "",
            recommendation.success_test,
            issue.topic.title,
            issue.topic.document.published_on,
        ]
