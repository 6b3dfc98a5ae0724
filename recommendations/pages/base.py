"""Bases of the pages that can be seen as of a day: `as_of=2024-07-01` in their URLs."""

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from core.history.past import words_of
from core.query_string import url_with_query
from recommendations.browse.filters import IsoDateField
from recommendations.browse.rows import MAX_ROWS_ON_PAGE, load_rows
from recommendations.models import Recommendation


class DayForm(forms.Form):
    """The day that a page is asked for; empty for now."""

    as_of = IsoDateField(required=False, label=_("As it stood on"))


class AsOfMixin:
    """For a class-based view: `as_of` is the day asked for, or None. What is not a day gets a page that says so.

    Its queryset leaves out what was not published by that day; of what is published by now, a page says when it was.
    The page is made of the words of that day.
    """

    as_of = None

    def get(self, request, *args, **kwargs):
        form = DayForm(request.GET)
        if not form.is_valid():
            context = {"errors": form.errors["as_of"], "today": timezone.localdate()}
            return render(request, "recommendations/wrong_day.html", context, status=400)
        self.as_of = form.cleaned_data["as_of"]
        with words_of(self.as_of):
            try:
                response = super().get(request, *args, **kwargs)
            except Http404:
                if not self.as_of:
                    raise
                return self.not_yet(request)
            if not getattr(response, "is_rendered", True):
                response.render()
            return response

    def not_yet(self, request):
        """Return the page of what is published now, but was not on the day asked for. Raises Http404 if it is not now."""
        day, self.as_of = self.as_of, None
        found = self.get_object()
        context = {
            "object": found,
            "published": getattr(found, "document", found).published,
            "as_of": day,
            "today": timezone.localdate(),
        }
        return render(request, "recommendations/not_yet.html", context, status=404)

    def get_context_data(self, **kwargs):
        return super().get_context_data(as_of=self.as_of, today=timezone.localdate(), **kwargs)

    def published(self, queryset, path="published_on"):
        """Return those of `queryset` that were published by the day asked for; `path` leads to the date."""
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
            url = url_with_query(found.get_absolute_url(), request.META["QUERY_STRING"])
            return redirect(url, permanent=True)


def visible_recommendations(request, as_of=None):
    """Return all recommendations that the reader may see, as they stood on the day `as_of`; None for now."""
    return Recommendation.objects.visible_to(request.user).at(as_of)


def recommendation_rows(request, as_of=None, **lookups) -> dict:
    """Return `rows` and `total` for a page that lists all there is of one thing, in the order of the documents.

    Of very many, only the first are among the rows.
    """
    found = visible_recommendations(request, as_of).filter(**lookups)
    rows = load_rows(list(found.in_document_order().values_list("pk", flat=True)[:MAX_ROWS_ON_PAGE]), as_of)
    return {"rows": rows, "total": len(rows) if len(rows) < MAX_ROWS_ON_PAGE else found.count()}
