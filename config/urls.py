"""The addresses. They are stable: people bookmark and cite them. Spanish pages stand under /es/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path

from . import sitemaps
from .health import ReadinessView

urlpatterns = [
    path("healthz", lambda request: HttpResponse("OK\n", content_type="text/plain"), name="healthz"),
    path("readyz", ReadinessView.as_view(), name="readyz"),
    path("favicon.ico", lambda request: redirect(static("icon.svg")), name="favicon"),
    path("sitemap.xml", sitemap, {"sitemaps": sitemaps.SECTIONS}, name="sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("api/v1/", include("reviews.api")),
    path("anymail/", include("reviews.digests.mail.webhooks")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("reviews.urls")),
        path("", include("recommendations.urls")),
        path("", include("reviews.digests.urls")),
        prefix_default_language=False,
    ),
]
