"""The pages of digests: the web copy and the archive, and what a reader does by the links in a message.

GET never changes anything: mail programs and scanners follow links.
"""

from email.utils import parseaddr
from functools import wraps

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import ListView

from core.caching.page_cache import public_page
from core.limits.client_ip import client_network
from core.text.bilingual import current_language
from core.text.dates import write_date
from mail.models import Suppression
from reviews.digests.models import Digest, DigestKind, DigestState, SubscriptionState
from reviews.digests.pipeline.plan import local_day
from reviews.digests.public.render import describe, describe_notice
from reviews.digests.public.withheld import withhold
from reviews.models import Series
from working_groups.models import WorkingGroup

from . import limits, subscriptions
from .forms import PreferencesForm, SubscribeForm
from .tokens import is_valid_token, subscription_for, subscription_to_confirm, token_for


def by_own_link(view):
    """Decorate a page behind a reader's own link: nothing keeps it, and a browser passes its address on to nobody."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(answer)


@require_safe
@public_page()
def digest(request, pk):
    """A digest, or a notice, as everybody may read it: all groups, from what was frozen."""
    digest = get_object_or_404(Digest.objects.published().select_related("milestone__series"), pk=pk)
    template = "digests/web.html" if digest.kind == DigestKind.DIGEST else "digests/web_notice.html"
    return render(request, template, public_copy(digest) | {"digest": digest})


def public_copy(digest) -> dict:
    """Return what everybody may read of a digest or a notice, in the current language."""
    if digest.kind == DigestKind.DIGEST:
        return withhold(describe(digest, current_language()))
    return describe_notice(digest, current_language())


@method_decorator(public_page("page", "series"), name="dispatch")
class ArchiveView(ListView):
    """All digests that were sent, newest first; `?series=` narrows them, and an unknown one is not found."""

    template_name = "digests/archive.html"
    context_object_name = "digests"
    paginate_by = 50

    def get_queryset(self):
        digests = Digest.objects.published().select_related("milestone__series").order_by("-frozen_at")
        slug = self.request.GET.get("series")
        self.series = next(iter(chosen(Series.objects.all(), [slug])), None)
        if slug and self.series is None:
            raise Http404
        return digests.filter(milestone__series=self.series) if self.series else digests

    def get_context_data(self, **kwargs):
        context = super().get_context_data(series=self.series, all_series=Series.objects.all(), **kwargs)
        for digest in context["digests"]:
            digest.subject = public_copy(digest)["subject"]
        return context


def chosen(records, slugs) -> list:
    """Those of `records` that a query names. They are compared here: it may name NUL, which PostgreSQL does not take."""
    return [record for record in records if record.slug in slugs]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request):
    """The form, and what it sets off: always the same answer, whether or not the address is known."""
    if request.method != "POST":
        initial = {
            "series": chosen(Series.objects.all(), request.GET.getlist("series")) or Series.objects.all(),
            "groups": chosen(WorkingGroup.objects.visible_to(AnonymousUser()), request.GET.getlist("group")),
        }
        return render(request, "digests/subscribe.html", {"form": SubscribeForm(initial=initial)})
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return render(request, "digests/subscribe.html", {"form": form})
    if limits.network_asks_too_often(client_network(request)):
        return tell(
            request,
            _("Please try again in an hour"),
            _("There have been too many requests from your network."),
            status=429,
        )
    wish = {name: form.cleaned_data[name] for name in ("email", "language", "series", "groups")}
    is_a_person = not form.cleaned_data["website"]
    if is_a_person and not limits.mailbox_is_asked_too_often(wish["email"]):
        if limits.all_ask_too_often():
            return tell(
                request,
                _("Please try again in an hour"),
                _("More people have asked for the digests than we can write to at once. Your request was not stored."),
                status=503,
            )
        subscriptions.request(**wish, now=timezone.now())
    return redirect("digests:asked")


@require_safe
def asked(request):
    return tell(
        request,
        _("Check your inbox"),
        _("We have sent you an e-mail with a link. You will start getting the digests once you confirm."),
    )


@by_own_link
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, token):
    """GET asks, POST confirms."""
    subscription = subscription_to_confirm(token)
    if subscription is None:
        return tell(
            request,
            _("This link is no longer valid"),
            _("It was valid for 7 days, or your mail program broke it in two."),
            url=reverse("digests:subscribe"),
            link=_("Request a new one"),
            status=404,
        )
    is_confirmed = subscription.state == SubscriptionState.CONFIRMED
    if request.method == "POST":
        is_confirmed = subscriptions.confirm(subscription, timezone.now())
        if is_confirmed:
            return tell(
                request,
                _("You will get the digests"),
                " ".join(
                    [
                        when_the_next_comes(subscription),
                        _("Each one has links to change what you get and to unsubscribe."),
                    ]
                ),
                url=reverse("digests:preferences", args=[token_for(subscription.key)]),
                link=_("See or change what you get"),
            )
    if is_confirmed:
        return tell(
            request,
            _("You have already confirmed"),
            _("There is nothing more to do."),
            url=reverse("digests:preferences", args=[token_for(subscription.key)]),
            link=_("See or change what you get"),
        )
    if subscription.state == SubscriptionState.UNSUBSCRIBED:
        return tell_ended(request)
    return tell(
        request,
        _("Confirm your subscription"),
        _("Digests will go to %(email)s.") % {"email": subscription.email},
        button=_("Confirm"),
    )


def when_the_next_comes(subscription) -> str:
    """Which digest of the chosen series is planned next, and for which day, as a sentence; or what it waits for."""
    following = (
        Digest.objects.filter(kind=DigestKind.DIGEST, state=DigestState.PLANNED, due_at__gt=timezone.now())
        .filter(milestone__series__in=subscription.series.all())
        .select_related("milestone")
        .order_by("due_at")
        .first()
    )
    if following is None:
        return _("None is planned yet: digests go out once the date of an upcoming meeting is known.")
    return _("The next one is planned for %(day)s, before “%(milestone)s”.") % {
        "day": write_date(local_day(following.milestone, following.due_at)),
        "milestone": following.milestone,
    }


@by_own_link
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request, token):
    """What a reader gets, by the link in each message."""
    subscription = subscription_for(token)
    if subscription is None:
        return tell_gone(request)
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=subscription)
    if form.is_valid():
        subscriptions.change(subscription, **form.cleaned_data)
        return redirect(f"{request.path}?saved=1")
    context = {
        "form": form,
        "subscription": subscription,
        "staff": parseaddr(settings.MAIL_REPLY_TO)[1],
        "is_suppressed": Suppression.objects.of(subscription.email).exists(),
        "token": token,
        "is_saved": "saved" in request.GET and not form.is_bound,
    }
    return render(request, "digests/preferences.html", context)


@by_own_link
@csrf_exempt  # RFC 8058: the reader's mail program posts, without cookies
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """GET asks, POST ends the subscription; again and again with the same result, and also after it was erased."""
    if not is_valid_token(token):
        return tell_gone(request)
    subscription = subscription_for(token)
    if request.method == "POST":
        if subscription:
            subscriptions.unsubscribe(subscription, timezone.now())
        if _is_one_click(request):
            return HttpResponse("Unsubscribed.\n", content_type="text/plain")
    if request.method == "POST" or subscription is None or subscription.state == SubscriptionState.UNSUBSCRIBED:
        return tell_ended(request)
    return tell(
        request,
        _("Stop the digests?"),
        _("No more digests will go to %(email)s.") % {"email": subscription.email},
        button=_("Stop the digests"),
    )


def _is_one_click(request) -> bool:
    try:
        return request.POST.get("List-Unsubscribe") == "One-Click"
    except BadRequest:  # in an encoding that Django does not read; it is ended all the same
        return False


@by_own_link
@require_safe
def own_data(request, token):
    """All that is stored about a reader, as a file."""
    subscription = subscription_for(token)
    if subscription is None:
        return tell_gone(request)
    response = JsonResponse(subscriptions.everything_about(subscription), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-subscription.json"'
    return response


@by_own_link
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, token):
    """GET asks, POST erases; again with the same result."""
    if not is_valid_token(token):
        return tell_gone(request)
    subscription = subscription_for(token)
    if request.method == "POST" and subscription:
        subscriptions.erase(subscription)
    if request.method == "POST" or subscription is None:
        return tell(
            request, _("Everything has been erased"), _("No digests will be sent, and nothing about you is stored.")
        )
    return tell(
        request,
        _("Erase everything that is stored about you?"),
        _("Your address, your choices and your consent are deleted. This cannot be undone."),
        button=_("Erase everything"),
    )


def tell_ended(request):
    return tell(
        request,
        _("You will not get any more digests"),
        _("This took effect immediately."),
        url=reverse("digests:subscribe"),
        link=_("Subscribe again"),
    )


def tell_gone(request):
    return tell(
        request,
        _("This link does not work"),
        _("Your mail program broke it in two, or what it led to was erased."),
        url=reverse("digests:subscribe"),
        link=_("Get the digests"),
        status=404,
    )


def tell(request, heading, text, *, button="", url="", link="", status=200):
    """A page with one message and at most one button or link, to an address."""
    context = {"heading": heading, "text": text, "button": button, "url": url, "link": link}
    return render(request, "digests/message.html", context, status=status)
