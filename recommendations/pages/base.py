"""What every page of one thing shares that can be seen as of a day: `as_of=2024-07-01` in its address."""

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from core.query_string import url_with_query
from recommendations.browse.filters import IsoDateField
from recommendations.browse.views import WHOLE_AT_MOST
from recommendations.models import Recommendation, Tally
from recommendations.querysets import attach_updates


class DayForm(forms.Form):
    """The day that a page is asked for; none for now."""

    as_of = IsoDateField(required=False, label=_("As it stood on"))


class AsOfMixin:
    """For a class-based view: `as_of` is the day asked for, or None. What is not a day gets a page that says so.

    Its queryset leaves out what was not published by that day; of what is published by now, a page says when it was.
    """

    as_of = None

    def get(self, request, *args, **kwargs):
        form = DayForm(request.GET)
        if not form.is_valid():
            context = {"errors": form.errors["as_of"], "today": timezone.localdate()}
            return render(request, "recommendations/wrong_day.html", context, status=400)
        self.as_of = form.cleaned_data["as_of"]
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            if not self.as_of:
                raise
            return self.not_yet(request)

    def not_yet(self, request):
        """The page of what is published now, but was not on the day asked for. Raises Http404 if it is not now."""
        day, self.as_of = self.as_of, None
        found = self.get_object()
        context = {
            "object": found,
            "published_on": getattr(found, "document", found).published_on,
            "as_of": day,
            "today": timezone.localdate(),
        }
        return render(request, "recommendations/not_yet.html", context, status=404)

    def get_context_data(self, **kwargs):
        return super().get_context_data(as_of=self.as_of, today=timezone.localdate(), **kwargs)

    def published(self, queryset, path="published_on"):
        """Those of `queryset` that were published by the day asked for; `path` leads to the date."""
        return queryset.filter(**{f"{path}__lte": self.as_of}) if self.as_of else queryset


class AsOfDetailView(AsOfMixin, DetailView):
    """The page of one thing. In small letters or in capitals, its code or slug leads to it as it is written."""

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            found = self.get_queryset().filter(**{f"{self.slug_field}__iexact": kwargs["slug"]}).first()
            if not found:
                raise
            address = url_with_query(found.get_absolute_url(), request.META["QUERY_STRING"])
            return redirect(address, permanent=True)


def visible_recommendations(request, as_of=None):
    """All recommendations that the reader may see, as they stood on the day `as_of`; None for now."""
    return Recommendation.objects.visible_to(request.user).at(as_of)


def counted(request, as_of=None):
    """What says how many there are, by group, chapter or status: for now the tallies, for a day `everything`."""
    return visible_recommendations(request, as_of) if as_of else Tally.objects.visible_to(request.user)


def recommendation_rows(request, as_of=None, **lookups) -> dict:
    """For a page that lists all there is of one thing: `recommendations`, in the order of their documents, with all that
    a row shows, and `total`. Of very many, only the first are among them.
    """
    found = visible_recommendations(request, as_of).filter(**lookups)
    rows = attach_updates(list(found.in_document_order().for_list()[:WHOLE_AT_MOST]))
    return {"recommendations": rows, "total": len(rows) if len(rows) < WHOLE_AT_MOST else found.count()}
