"""The part of a milestone's admin about its digests, before and after a change is saved."""

from functools import partial

from django import forms
from django.contrib import messages
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from reviews.admin import MilestoneExtension
from reviews.digests.models import MAY_STILL_LEAVE, DigestKind, DigestState
from reviews.digests.pipeline.notices import notice_for, notify
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.readers import readers_of_notice
from reviews.models import Milestone

from .audience import describe_pending_mail, describe_schedule
from .digest_admin import admin_url, due_in_words

REASONS = ["date_reason_en", "date_reason_es"]
ABOUT_THE_DATE = ["note_en", "note_es", "source_url", "checked_on"]
# As the trigger that counts the revisions has it.
OF_A_REVISION = ["series_id", "starts_on", "ends_on", "precision", "state"]


class MilestoneForm(forms.ModelForm):
    """A milestone, and whether those who have a digest with its old date are told of the new one.

    A change of date or state that readers would hear of is saved at the second time, when it is known who.
    """

    confirms_mail = forms.BooleanField(
        label=_("Save, and accept the mailings that this triggers"),
        required=False,
        help_text=_(
            "Required when the date or the state changes and the series has subscribers; the form then says when mail will go out."
        ),
    )
    sends_notice = forms.BooleanField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in REASONS:
            self.initial[name] = ""  # the last change had its own
        readers = readers_of_notice(self.instance).count() if self.instance.pk else 0
        if not readers:
            del self.fields["sends_notice"]
            return
        self.fields["sends_notice"].label = ngettext(
            "Send %(count)d person a short notice of the new date or the cancellation",
            "Send these %(count)d people a short notice of the new date or the cancellation",
            readers,
        ) % {"count": readers}

    def _post_clean(self):
        before = Milestone.objects.get(pk=self.instance.pk) if self.instance.pk else Milestone()
        super()._post_clean()
        if self.errors:
            return
        if all(getattr(self.instance, name) == getattr(before, name) for name in OF_A_REVISION):
            for name in REASONS:
                setattr(self.instance, name, getattr(self.instance, name) or getattr(before, name))
            return
        sentences = describe_schedule(self.instance, timezone.now())
        if sentences and not self.cleaned_data["confirms_mail"]:
            said = [self.still_of_the_old_date] if self.still_of_the_old_date else []
            self.add_error("confirms_mail", [*sentences, *said, _("Check this box and save again.")])

    @property
    def still_of_the_old_date(self) -> str:
        """Return what was written of the earlier date and is left as it is, in a sentence; empty where there is nothing."""
        left = [name for name in ABOUT_THE_DATE if self.initial.get(name) and name not in self.changed_data]
        if not left:
            return ""
        names = ", ".join(str(self.fields[name].label) for name in left)
        return gettext("The date has changed; check whether these are still correct: %(names)s.") % {"names": names}


def in_the_mail(milestone):
    return format_html_join(mark_safe("<br>"), "{}", [[sentence] for sentence in describe_pending_mail(milestone)])


in_the_mail.short_description = _("effect on mailings")


class MailOfMilestone(MilestoneExtension):
    """The effects of a change of date or state on the mail, said before it is saved."""

    form_mixins = [MilestoneForm]
    readonly_fields = [in_the_mail]

    def fieldset(self, request, milestone):
        fields = [] if milestone is None else [in_the_mail]
        if milestone is None or request.user.has_perm("reviews.change_milestone"):
            fields.append("confirms_mail")
            if milestone and readers_of_notice(milestone).exists():
                fields.append("sends_notice")
        return _("If the date or the state changes"), {"fields": fields}

    def after_save(self, request, form, before, milestone):
        if before and form.cleaned_data.get("sends_notice"):
            self._notify(request, before, milestone)
        if before is None or milestone.revision != before.revision:
            # In a transaction of its own: it locks what the scheduler locks too.
            transaction.on_commit(partial(self._plan, request, milestone))
            if before and form.still_of_the_old_date:
                messages.warning(request, form.still_of_the_old_date)

    def _plan(self, request, milestone):
        """Let its digests follow at once, as the next tick would, and say what stands then."""
        try:
            plan(timezone.now())
        except OperationalError:
            messages.warning(request, gettext("Its digests will appear within a minute."))
            return
        digests = (
            milestone.digests.filter(kind=DigestKind.DIGEST, replaced_by=None, state__in=MAY_STILL_LEAVE)
            .select_related("milestone")
            .order_by("due_at")
        )
        if not digests:
            messages.info(request, gettext("No digest is planned for it."))
            return
        is_held = any(digest.state == DigestState.HELD for digest in digests)
        links = format_html_join(
            "; ",
            '<a href="{}">{}</a>: {}',
            [(admin_url(digest), digest.label, _prospect(digest)) for digest in digests],
        )
        text = format_html("{} {}.", gettext("Its digests:"), links)
        if is_held:
            text = format_html("{} {}", text, gettext("Held digests await your decision."))
        messages.add_message(request, messages.WARNING if is_held else messages.INFO, text)

    def _notify(self, request, before, milestone):
        kind = notice_for(before, milestone)
        if kind is None:
            messages.warning(
                request, gettext("No notice is sent: the date is unchanged, and the milestone is not canceled.")
            )
            return
        notify(milestone, kind, timezone.now())
        count = readers_of_notice(milestone).count()
        messages.success(
            request,
            ngettext(
                "The notice goes to %(count)d person within a minute.",
                "The notice goes to %(count)d people within a minute.",
                count,
            )
            % {"count": count},
        )


def _prospect(digest) -> str:
    """Return its state and why, and when it is due where it leaves by itself."""
    if digest.state == DigestState.HELD:
        return digest.status_label
    return gettext("%(standing)s, due %(when)s") % {"standing": digest.status_label, "when": due_in_words(digest)}
