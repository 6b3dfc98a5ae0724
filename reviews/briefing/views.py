"""Download of the briefing book of a milestone."""

from threading import BoundedSemaphore

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.caching.page_cache import public_page
from core.history.past import words_of
from recommendations.browse.exports import no_file
from recommendations.browse.filters import IsoDateField
from reviews.models import Milestone

from . import docx, pdf
from .make import Order, make_book

FORMATS = {
    "pdf": (pdf.render, "application/pdf"),
    "docx": (docx.render, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}

# A book takes seconds of a processor. Of each process only so many requests make one, so that pages go on beside them.
BOOKS_AT_ONCE = BoundedSemaphore(2)
RETRY_AFTER = 5  # seconds
MAX_BOOK_BYTES = 4 * 1024 * 1024


class BriefingForm(forms.Form):
    """The day of the book, today by default, and its order."""

    as_of = IsoDateField(label=_("As of"), required=False)
    by = forms.ChoiceField(label=_("Order"), choices=Order, required=False)

    def __init__(self, data=None, *, today):
        self.today = today
        super().__init__(data)
        self.fields["as_of"].widget.attrs["max"] = today.isoformat()

    def clean_as_of(self):
        day = self.cleaned_data["as_of"] or self.today
        if day > self.today:
            raise ValidationError(_("This date is in the future."))
        return day

    def clean_by(self):
        return self.cleaned_data["by"] or Order.GROUP


@require_safe
@public_page("as_of", "by", max_bytes=MAX_BOOK_BYTES)
def briefing(request, slug, extension):
    """Serve the book as a file. Answer a wrong day, which people type, with a page, and any other wrong query in plain text."""
    form = BriefingForm(request.GET, today=timezone.localdate())
    if "as_of" in form.errors:
        context = {"errors": form.errors["as_of"], "today": form.today}
        return render(request, "recommendations/wrong_day.html", context, status=400)
    if not form.is_valid():
        return no_file(form.errors)
    day = form.cleaned_data["as_of"]
    with words_of(day):
        milestone = get_object_or_404(Milestone.objects.select_related("series"), slug=slug)
    make_file, content_type = FORMATS[extension]
    if not BOOKS_AT_ONCE.acquire(blocking=False):
        response = render(request, "reviews/busy.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    try:
        content = make_file(make_book(milestone, day, form.cleaned_data["by"], request.user))
    finally:
        BOOKS_AT_ONCE.release()
    name = f"briefing-{milestone.slug}-{day.isoformat()}.{extension}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
