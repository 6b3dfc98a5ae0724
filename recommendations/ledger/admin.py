"""How staff record what happened: a row is added with its evidence, on its own or in the place of an earlier one."""

from django.contrib import admin, messages
from django.db.models import F, Q
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from recommendations.models import Evidence, Recommendation, Update
from recommendations.models.updates import Basis

from .forms import EvidenceFormSet, UpdateForm

ADD = "admin:recommendations_update_add"
# What a row takes over from the one whose place it takes. How it is known, and why, is each row's own.
TAKEN_OVER = ["status", "effective_on", "precision", "what_en", "what_es", "visibility", "recommendation", "successor"]


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
    model = Evidence
    formset = EvidenceFormSet
    fields = ["title", "publisher", "url", "published_on"]
    can_delete = False

    def get_extra(self, request, obj=None, **kwargs):
        earlier = earlier_row(request)
        return max(1, earlier.evidence.count()) if earlier else 1


class UpdateAdmin(ReadOnlyAdmin):
    """The ledger: a row can be added, with its evidence, and never changed."""

    form = UpdateForm
    list_display = ["counts_from", "recommendation", "standing", "basis", "recorded_by", "recorded_at"]
    list_select_related = ["recommendation", "recorded_by", "correction"]
    list_filter = [ToVerifyFilter, "status", "basis", "visibility", "recommendation__issue__topic__group"]
    search_fields = ["recommendation__code", "what_en__unaccent", "what_es__unaccent", "evidence__publisher"]
    date_hierarchy = "counts_from"
    show_full_result_count = False
    autocomplete_fields = ["recommendation", "successor"]
    inlines = [EvidenceInline]
    add_form_template = "admin/recommendations/update/add_form.html"
    fieldsets = [
        (None, {"fields": ["recommendation", "status", ("effective_on", "precision"), "what_en", "what_es", "basis"]}),
        (
            _("Going back, correcting, superseding, or not for everybody"),
            {"fields": ["reason_en", "reason_es", "corrects", "successor", "visibility"], "classes": ["collapse"]},
        ),
    ]

    def has_add_permission(self, request):
        return request.user.has_perm("recommendations.add_update")

    # The list

    def get_list_display(self, request):
        verbs = ["verbs"] if self.has_add_permission(request) else []
        return [*self.list_display[:1], *verbs, *self.list_display[1:]]

    @admin.display(description=_("status after this"), ordering="status")
    def standing(self, update):
        if not update.changes_status:
            return update.get_status_display()
        return f"{update.get_previous_status_display()} → {update.get_status_display()}"

    @admin.display(description="")
    def verbs(self, update):
        return render_to_string("admin/recommendations/_verbs.html", {"update": update})

    # The form

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        for name in ["recommendation", "corrects"]:
            initial.pop(name, None)  # they may be anything
        # That a fact is verified is said on purpose.
        initial["basis"] = ""
        if earlier := earlier_row(request):
            return initial | self._taken_over(earlier, is_confirmed="confirms" in request.GET)
        if recommendation := self._recommendation(request):
            initial |= {"recommendation": recommendation.pk, "status": recommendation.status}
        return initial | {"effective_on": timezone.localdate()}

    def _taken_over(self, earlier, is_confirmed) -> dict:
        """What the form begins with where it is to take the place of an earlier row."""
        initial = {name: getattr(earlier, Update._meta.get_field(name).attname) for name in TAKEN_OVER}
        initial["corrects"] = earlier.pk
        if is_confirmed:
            initial["basis"] = Basis.VERIFIED
            for language in ["en", "es"]:
                with override(language):
                    initial[f"reason_{language}"] = gettext("Staff have checked it; nothing else has changed.")
        return initial

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        earlier = earlier_row(request)
        # As it is sent it is compared with empty forms, so that evidence which was taken over counts as given.
        if earlier and obj.pk is None and request.method == "GET":
            kwargs["initial"] = list(earlier.evidence.values("title", "publisher", "url", "published_on"))
        return kwargs

    def get_fieldsets(self, request, obj=None):
        first, (title, options) = super().get_fieldsets(request, obj)
        is_open = obj is None and earlier_row(request)
        return [first, (title, {"fields": options["fields"]} if is_open else options)]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if obj is None:
            for name in ["recommendation", "corrects", "successor"]:
                widget = form.base_fields[name].widget
                widget.can_add_related = widget.can_change_related = widget.can_delete_related = False
            # Only what can be corrected: rows of this recommendation that stand.
            form.base_fields["corrects"].queryset = Update.objects.filter(
                recommendation=self._recommendation(request), correction=None
            ).select_related("recommendation")
            form.base_fields["basis"].choices = [("", "---------"), *Basis.choices]
        return form

    def add_view(self, request, form_url="", extra_context=None):
        earlier, recommendation = earlier_row(request), self._recommendation(request)
        if earlier and earlier.is_corrected and request.method == "GET":
            messages.warning(request, gettext("Another row has taken the place of that one already."))
            return HttpResponseRedirect(page_of(earlier.recommendation))
        context = {
            "recommendation": recommendation,
            "ledger": recommendation and recommendation.updates.for_timeline(),
            "is_confirmation": bool(earlier and "confirms" in request.GET),
        }
        if earlier:
            is_confirmation = context["is_confirmation"]
            context["title"] = gettext("Confirm an update") if is_confirmation else gettext("Correct an update")
        return super().add_view(request, form_url, (extra_context or {}) | context)

    def save_model(self, request, obj, form, change):
        """Left to save_related(), since the row and its evidence are written through one door, together."""

    def save_related(self, request, form, formsets, change):
        sources = [source for formset in formsets for source in formset.save(commit=False)]
        fields = form.cleaned_data.copy()
        update = fields.pop("recommendation").record_update(
            **fields,
            recorded_by=request.user,
            evidence=[
                {"title": each.title, "publisher": each.publisher, "url": each.url, "published_on": each.published_on}
                for each in sources
            ],
        )
        form.instance.pk = update.pk

    # After it

    def response_add(self, request, obj, post_url_continue=None):
        recommendation = obj.recommendation
        recommendation.refresh_from_db(fields=["status"])
        messages.success(
            request,
            format_html(
                gettext("Recorded. {} is now “{}”. <a href='{}'>See it on the site</a>"),
                recommendation.code,
                recommendation.get_status_display(),
                recommendation.get_absolute_url(),
            ),
        )
        return HttpResponseRedirect(self._next_url(request, recommendation) or page_of(recommendation))

    def _next_url(self, request, recommendation) -> str | None:
        """Where the button for the next one leads: what waits in the same way as this one did; None if nothing does."""
        if "_next" not in request.POST:
            return None
        if "confirms" in request.GET:
            following = self._next_to_verify(earlier_row(request))
            return following and confirm_url(following)
        following = self._longest_without_update(recommendation)
        return following and record_url(following)

    def _next_to_verify(self, after) -> Update | None:
        """The one below it in the list, or the first where none is."""
        waiting = Update.objects.to_verify().newest_first()
        below = Q(counts_from__lt=after.counts_from) | Q(counts_from=after.counts_from, pk__lt=after.pk)
        return waiting.filter(below).first() or waiting.first()

    def _longest_without_update(self, but):
        return (
            Recommendation.objects.open()
            .exclude(pk=but.pk)
            .order_by(F("last_update_on").asc(nulls_first=True), "code")
            .first()
        )

    def _recommendation(self, request):
        if earlier := earlier_row(request):
            return earlier.recommendation
        pk = request.POST.get("recommendation") or request.GET.get("recommendation") or ""
        return Recommendation.objects.filter(pk=pk).first() if pk.isdecimal() else None


def page_of(recommendation) -> str:
    """The address of its page in the admin."""
    return reverse("admin:recommendations_recommendation_change", args=[recommendation.pk])
