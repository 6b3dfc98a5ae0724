"""The pages of digests: the web copy, and what a subscriber does by the links in a message."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from working_groups.bilingual import current_language

from .models import Digest, Subscription, SubscriptionState
from .render import describe
from .tokens import subscription_for


def digest(request, pk):
    """A digest as everybody may read it: all groups, from what was frozen."""
    digest = get_object_or_404(Digest.objects.published().select_related("milestone__series"), pk=pk)
    context = describe(digest, current_language())
    return render(request, "digests/web.html", context | {"digest": digest})


@csrf_exempt  # RFC 8058: the reader's mail program posts, without cookies
@require_http_methods(["GET", "POST"])
def unsubscribe(request, token):
    """GET asks, POST ends the subscription; again and again with the same result."""
    subscription = subscription_for(token)
    if subscription is None:
        raise Http404
    if request.method == "POST":
        Subscription.objects.filter(pk=subscription.pk).exclude(state=SubscriptionState.UNSUBSCRIBED).update(
            state=SubscriptionState.UNSUBSCRIBED, unsubscribed_at=timezone.now()
        )
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("Unsubscribed.\n", content_type="text/plain")
    return render(request, "digests/unsubscribe.html", {"is_done": request.method == "POST"})
