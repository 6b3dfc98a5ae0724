"""robots.txt: where the sitemap is, and that the admin and readers' own pages are nothing to search."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request):
    lines = ["User-agent: *"]
    for language, _name in settings.LANGUAGES:
        with override(language):
            own_pages = reverse("digests:preferences", args=["token"]).removesuffix("token/")
            lines += [f"Disallow: {reverse('admin:index')}", f"Disallow: {own_pages}"]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
