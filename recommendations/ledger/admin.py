"""How staff record what happened: a row is added with its evidence, on its own or in the place of an earlier one."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from core.text.dates import Precision
from core.visibility import Visibility
from recommendations.models import Evidence, Recommendation, Update
from recommendations.models.updates import Basis

from .forms import SOURCE_FIELDS, EvidenceForms, EvidenceFormSet, UpdateForm
from .hooks import RECORDING_NOTES

ADD = "admin:recommendations_update_add"
# What a row takes over from the one whose place it takes. How it is known, and why, is each row's own.
TAKEN_OVER = [
    "status",
    "effective_on",
    "precision",
    "dated_by_report",
    "what_en",
    "what_es",
    "visibility",
    "recommendation",
]


def record_url(recommendation) -> str:
    """The address of the form that records an update of it."""
    return reverse(ADD) + f"?recommendation={recommendation.pk}"


def confirm_url(update) -> str:
    """The address of the form, filled in, that records a row of the ledger once more, as verified by staff."""
    return reverse(ADD) + f"?confirms={update.pk}"


def earlier_row(request) -> Update | None:
    """The row whose place the one that is recorded is to take, by the link that led to the form; None if there is none."""
    pk = request.GET.get("confirms") or request.GET.get("corrects") or ""
    rows = Update.objects.select_related("recommendation", "correction")
    return rows.filter(pk=pk).first() if pk.isdecimal() else None


class ToVerifyFilter(admin.SimpleListFilter):
    """What waits to be verified: the list that the first page of the admin counts."""

    title = _("verification")
    parameter_name = "to_verify"

    def lookups(self, request, model_admin):
        return [("true", _("to be verified by staff"))]

    def queryset(self, request, queryset):
        return queryset.to_verify() if self.value() == "true" else queryset


class EvidenceInline(admin.StackedInline):
    """How the sources look in the form; `EvidenceForms` is what they are validated by."""

    model = Evidence
    fields = ["title", "publisher", "url", ("published_on", "kind"), ("quotation", "quotation_language")]


def _fieldsets(successors: str) -> list:
    return [
        (
            None,
            {
                "fields": [
                    "recommendation",
                    "status",
                    ("effective_on", "precision", "dated_by_report"),
                    "what_en",
                    "what_es",
                    "basis",
                ]
            },
        ),
        (
            _("Moving backward, correcting, superseding, or limited visibility"),
            {
                "fields": ["reason_en", "reason_es", "corrects", successors, "visibility", "submission"],
                "classes": ["collapse"],
            },
        ),
    ]


class UpdateAdmin(ReadOnlyAdmin):
    """The ledger: a row can be added, with its evidence, and never changed."""

    list_display = ["counts_from", "recommendation", "status_label", "basis", "recorded_by", "recorded_at"]
    list_select_related = ["recommendation", "recorded_by", "correction"]
    list_filter = [ToVerifyFilter, "status", "basis", "visibility", "recommendation__topic__group"]
    search_fields = ["recommendation__code", "what_en__unaccent", "what_es__unaccent", "evidence__publisher"]
    date_hierarchy = "counts_from"
    show_full_result_count = False
    inlines = [EvidenceInline]
    add_form_template = "admin/recommendations/update/add_form.html"
    fieldsets = _fieldsets("superseded_by")

    def has_add_permission(self, request):
        return request.user.has_perm("recommendations.add_update")

    # The list

    def get_list_display(self, request):
        verbs = ["verbs"] if self.has_add_permission(request) else []
        return [*self.list_display[:1], *verbs, *self.list_display[1:]]

    @admin.display(description=_("new status"), ordering="status")
    def status_label(self, update):
        if not update.changes_status:
            return update.get_status_display()
        return f"{update.get_previous_status_display()} → {update.get_status_display()}"

    @admin.display(description=_("superseded by"))
    def superseded_by(self, update):
        return ", ".join(map(str, update.successors.all())) or "-"

    @admin.display(description="")
    def verbs(self, update):
        return render_to_string("admin/recommendations/_verbs.html", {"update": update})

    # The form

    def add_view(self, request, form_url="", extra_context=None):
        """Show the form, or record what it says. What the ledger refuses is shown at the fields of the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        earlier = earlier_row(request)
        if earlier and earlier.is_corrected and request.method == "GET":
            messages.warning(request, gettext("That entry has already been replaced by another."))
            return HttpResponseRedirect(page_of(earlier.recommendation))
        is_confirmation = earlier is not None and "confirms" in request.GET
        recommendation = earlier.recommendation if earlier else _recommendation_asked_for(request)
        form = UpdateForm(
            request.POST or None,
            initial=_initial(recommendation, earlier, is_confirmation),
            recommendation=recommendation,
            earlier=earlier,
        )
        evidence = _evidence_forms(request, earlier)
        if request.method == "POST" and all([form.is_valid(), evidence.is_valid()]):
            if twin := form.earlier_submission():
                return self._respond_to_twin(request, twin)
            if update := form.record(evidence.sources(), request.user):
                self.log_addition(request, update, [{"added": {}}])
                return self._respond_to_recorded(request, update, earlier if is_confirmation else None)
            if twin := form.earlier_submission():  # it came in while this one waited for the lock
                return self._respond_to_twin(request, twin)
        return self._render_form(request, form, evidence, recommendation, earlier, is_confirmation)

    def _render_form(self, request, form, evidence, recommendation, earlier, is_confirmation):
        if recommendation is None and form.is_bound:
            recommendation = getattr(form, "cleaned_data", {}).get("recommendation")
        # Django's admin shows links through a model of their own only where it does not have to store them.
        first, (title, options) = _fieldsets("successors")
        rarely_needed = {"fields": options["fields"]} if earlier else options
        context = {
            **self.admin_site.each_context(request),
            "title": _title(earlier, is_confirmation),
            "adminform": AdminForm(form, [first, (title, rarely_needed)], {}, model_admin=self),
            "inline_admin_formsets": self.get_inline_formsets(
                request, [evidence], [EvidenceInline(Update, self.admin_site)]
            ),
            "errors": AdminErrorList(form, [evidence]),
            "media": self.media + form.media + evidence.media,
            "is_popup": False,
            "recommendation": recommendation,
            "ledger": recommendation and recommendation.updates.for_timeline(),
            "is_confirmation": is_confirmation,
            "notes": [note() for note in RECORDING_NOTES],
        }
        return self.render_change_form(request, context, add=True)

    # After it

    def _respond_to_twin(self, request, twin):
        messages.info(request, gettext("This has already been recorded and is not recorded again."))
        return HttpResponseRedirect(page_of(twin.recommendation))

    def _respond_to_recorded(self, request, update, confirmed):
        """Say what was recorded, and lead to the next one where that was asked for."""
        recommendation = update.recommendation
        messages.success(
            request,
            format_html(
                gettext("Recorded. {} is now “{}”. <a href='{}'>See it on the site</a>"),
                recommendation.code,
                recommendation.get_status_display(),
                recommendation.get_absolute_url(),
            ),
        )
        next_url = _next_url(recommendation, confirmed) if "_next" in request.POST else None
        return HttpResponseRedirect(next_url or page_of(recommendation))


def _title(earlier: Update | None, is_confirmation: bool) -> str:
    if is_confirmation:
        return gettext("Confirm an update")
    return gettext("Correct an update") if earlier else gettext("Record an update")


def _recommendation_asked_for(request) -> Recommendation | None:
    pk = request.GET.get("recommendation", "")
    return Recommendation.objects.filter(pk=pk).first() if pk.isdecimal() else None


def _initial(recommendation: Recommendation | None, earlier: Update | None, is_confirmation: bool) -> dict:
    """Return what the form begins with: the earlier row, or the status that stands and today."""
    if earlier is None:
        initial = {"effective_on": timezone.localdate(), "precision": Precision.DAY, "visibility": Visibility.PUBLIC}
        return initial | (
            {"recommendation": recommendation.pk, "status": recommendation.status} if recommendation else {}
        )
    initial = {name: getattr(earlier, Update._meta.get_field(name).attname) for name in TAKEN_OVER}
    initial |= {"corrects": earlier.pk, "successors": list(earlier.successors.all())}
    if is_confirmation:
        initial["basis"] = Basis.VERIFIED
        for language in ["en", "es"]:
            with override(language):
                initial[f"reason_{language}"] = gettext("Staff has verified it; nothing else has changed.")
    return initial


def _evidence_forms(request, earlier: Update | None) -> EvidenceFormSet:
    """Return the forms of the sources, with those of the earlier row filled in when the page is first shown."""
    sources = list(earlier.evidence.values(*SOURCE_FIELDS)) if earlier else []
    forms = EvidenceForms(request.POST or None, instance=Update(), initial=sources if request.method == "GET" else None)
    forms.extra = max(1, len(sources))
    return forms


def _next_url(recommendation, confirmed: Update | None) -> str | None:
    """Return the address of the form for what waits in the same way as this did; None if nothing does."""
    if confirmed:
        following = _next_to_verify(confirmed)
        return following and confirm_url(following)
    following = _longest_without_update(recommendation)
    return following and record_url(following)


def _next_to_verify(after: Update) -> Update | None:
    """Return the row below `after` in the list, or the first where none is below."""
    waiting = Update.objects.to_verify().newest_first()
    below = Q(counts_from__lt=after.counts_from) | Q(counts_from=after.counts_from, pk__lt=after.pk)
    return waiting.filter(below).first() or waiting.first()


def _longest_without_update(but: Recommendation) -> Recommendation | None:
    return (
        Recommendation.objects.open()
        .exclude(pk=but.pk)
        .order_by(F("last_update_on").asc(nulls_first=True), "code_order")
        .first()
    )


def page_of(recommendation) -> str:
    """The address of its page in the admin."""
    return reverse("admin:recommendations_recommendation_change", args=[recommendation.pk])
