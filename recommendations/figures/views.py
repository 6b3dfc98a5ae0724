"""The pages of the headline figures: the rule, the records behind the number, other rules, the line over time."""

from datetime import date

from django.conf import settings
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.caching.page_cache import public_page
from core.query_string import url_with_query
from recommendations.browse.exports import Column, Table, as_file, no_file
from recommendations.charts.share_line import ShareLine
from recommendations.pages.base import AsOfMixin, DayForm, recommendation_rows, visible_recommendations

from .rules import FIGURES, Figure, Rule
from .values import figure_over_time


@method_decorator(public_page("as_of"), name="dispatch")
class FigureListView(AsOfMixin, TemplateView):
    """Every figure with its number."""

    template_name = "recommendations/figures.html"

    def get_context_data(self, **kwargs):
        counts = visible_recommendations(self.request, self.as_of).count_by_status()
        figures = FIGURES.values() if any(counts.values()) else []
        return super().get_context_data(figures=[(figure, figure.headline(counts)) for figure in figures], **kwargs)


@method_decorator(public_page("as_of"), name="dispatch")
class FigureView(AsOfMixin, TemplateView):
    """One figure: its value by each rule, the records that it counts, and how it came to this."""

    template_name = "recommendations/figure.html"

    def dispatch(self, request, *args, **kwargs):
        self.figure = find_figure(kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        day = min(self.as_of or date.max, timezone.localdate())
        figure = self.figure
        points = figure_over_time(figure, visible_recommendations(self.request), day)
        counted = recommendation_rows(self.request, self.as_of, effective_status__in=figure.statuses)
        query = QueryDict(mutable=True)
        query.setlist("status", sorted(figure.statuses))
        if self.as_of:
            query["as_of"] = self.as_of.isoformat()
        shares = [(point.day, point.values[Rule.EACH].share) for point in points if point.values[Rule.EACH].total]
        return super().get_context_data(
            figure=figure,
            headline=figure.headline(visible_recommendations(self.request, self.as_of).count_by_status()),
            by_rule=[(rule, points[-1].values[rule]) for rule in figure.rules] if points else [],
            points=[(point.day, [point.values[rule] for rule in figure.rules]) for point in points],
            line=ShareLine(shares) if len(shares) > 1 else None,
            rows=counted["rows"],
            list_url=url_with_query(reverse("recommendations"), query.urlencode()),
            export_query=f"as_of={self.as_of}" if self.as_of else "",
            **kwargs,
        )


COLUMNS = {
    "from": Column(_("From this day on"), 16),
    "rule": Column(_("Rule"), 26),
    "value": Column(_("Value"), 12),
    "total": Column(_("Of"), 12),
    "share": Column(_("Share"), 12),
    "figure": Column(_("Figure"), 40),
    "url": Column(_("Address"), 50),
}


@public_page("as_of")
def figure_export(request, slug, extension):
    """The figure over time, a row for each rule and day, as a file."""
    figure = find_figure(slug)
    form = DayForm(request.GET)
    if not form.is_valid():
        return no_file(form.errors)
    day = min(form.cleaned_data["as_of"] or date.max, timezone.localdate())
    points = figure_over_time(figure, visible_recommendations(request), day)
    rows = (
        {
            "from": point.day,
            "rule": rule.value,
            "value": point.values[rule].value,
            "total": point.values[rule].total,
            "share": point.values[rule].share,
            "figure": figure.slug,
            "url": settings.SITE_URL + reverse("figure", args=[figure.slug]),
        }
        for point in points
        for rule in figure.rules
    )
    return as_file(Table(f"figure-{figure.slug}", figure.title, COLUMNS, rows), extension, day)


def find_figure(slug) -> Figure:
    if slug not in FIGURES:
        raise Http404
    return FIGURES[slug]
