"""How staff record what an addressee answered: a row is added, on its own or in the place of an earlier one."""

from django.contrib import messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from core.text.dates import Precision
from core.visibility import Visibility
from recommendations.models import Answer, Recommendation

from .admin import page_of
from .answer_forms import AnswerForm

ADD = "admin:recommendations_answer_add"
# What a row takes over from the one whose place it takes. The reason is its own.
TAKEN_OVER = [
    "addressee",
    "kind",
    "effective_on",
    "precision",
    "said_en",
    "said_es",
    "source_title",
    "source_publisher",
    "source_url",
    "source_published_on",
    "visibility",
]


def answer_url(recommendation) -> str:
    """The address of the form that records what somebody whom it asks has answered."""
    return reverse(ADD) + f"?recommendation={recommendation.pk}"


class AnswerAdmin(ReadOnlyAdmin):
    """The answers: a row can be added, and never changed."""

    list_display = ["counts_from", "addressee", "kind", "visibility", "recorded_by", "recorded_at"]
    list_select_related = ["addressee__organization", "addressee__recommendation", "recorded_by"]
    list_filter = ["kind", "visibility", "addressee__recommendation__topic__group"]
    search_fields = [
        "addressee__recommendation__code",
        "addressee__organization__name_en__unaccent",
        "addressee__organization__name_es__unaccent",
        "addressee__organization__acronym",
        "said_en__unaccent",
        "said_es__unaccent",
    ]
    date_hierarchy = "counts_from"
    show_full_result_count = False
    add_form_template = "admin/recommendations/answer/add_form.html"
    fieldsets = [
        (
            None,
            {"fields": ["addressee", "kind", ("effective_on", "precision"), "said_en", "said_es"]},
        ),
        (_("Source"), {"fields": ["source_title", "source_publisher", "source_url", "source_published_on"]}),
        (
            _("Correcting, or limited visibility"),
            {"fields": ["reason_en", "reason_es", "corrects", "visibility", "submission"], "classes": ["collapse"]},
        ),
    ]

    def has_add_permission(self, request):
        return request.user.has_perm("recommendations.add_answer")

    def add_view(self, request, form_url="", extra_context=None):
        """Show the form, or record what it says. What is refused is shown at the fields of the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        earlier = _asked_for(request, "corrects", Answer.objects.select_related("addressee__recommendation"))
        if earlier and earlier.is_corrected and request.method == "GET":
            messages.warning(request, gettext("That entry has already been replaced by another."))
            return HttpResponseRedirect(page_of(earlier.addressee.recommendation))
        recommendation = (
            earlier.addressee.recommendation
            if earlier
            else _asked_for(request, "recommendation", Recommendation.objects.all())
        )
        form = AnswerForm(
            request.POST or None, initial=_initial(earlier), recommendation=recommendation, earlier=earlier
        )
        if request.method == "POST" and form.is_valid():
            twin = form.earlier_submission()
            answer = None if twin else form.record(request.user)
            # It may have come in while this one waited for the lock.
            if answer is None and (twin := twin or form.earlier_submission()):
                messages.info(request, gettext("This has already been recorded and is not recorded again."))
                return HttpResponseRedirect(page_of(twin.addressee.recommendation))
            if answer:
                self.log_addition(request, answer, [{"added": {}}])
                return self._respond_to_recorded(request, answer)
        return self._render_form(request, form, recommendation, earlier)

    def _render_form(self, request, form, recommendation, earlier):
        *others, (title, options) = self.fieldsets
        rarely_needed = {"fields": options["fields"]} if earlier else options
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Correct an answer") if earlier else gettext("Record an answer"),
            "adminform": AdminForm(form, [*others, (title, rarely_needed)], {}, model_admin=self),
            "inline_admin_formsets": [],
            "errors": AdminErrorList(form, []),
            "media": self.media + form.media,
            "is_popup": False,
            "recommendation": recommendation,
            "answers": recommendation and Answer.objects.of(recommendation).for_timeline(),
        }
        return self.render_change_form(request, context, add=True)

    def _respond_to_recorded(self, request, answer):
        recommendation = answer.addressee.recommendation
        messages.success(
            request,
            format_html(
                gettext("The answer from {} was recorded. <a href='{}'>See it on the site</a>"),
                answer.addressee.organization.short_name,
                recommendation.get_absolute_url(),
            ),
        )
        return HttpResponseRedirect(page_of(recommendation))


def _asked_for(request, name: str, queryset):
    """Return the row whose key the link to the form gives under `name`; None if there is none."""
    pk = request.GET.get(name, "")
    return queryset.filter(pk=pk).first() if pk.isdecimal() else None


def _initial(earlier: Answer | None) -> dict:
    if earlier is None:
        return {
            "effective_on": timezone.localdate(),
            "precision": Precision.DAY,
            "visibility": Visibility.PUBLIC,
        }
    initial = {name: getattr(earlier, Answer._meta.get_field(name).attname) for name in TAKEN_OVER}
    return initial | {"corrects": earlier.pk}
