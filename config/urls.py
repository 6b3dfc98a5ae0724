"""The addresses. They are stable: people bookmark and cite them. Spanish pages stand under /es/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path

from core.limits.sign_in import limit_sign_in
from recommendations import sitemaps as recommendations
from reviews import sitemaps as reviews
from reviews.digests import sitemaps as digests

from . import errors
from .health import ReadinessView
from .robots import robots

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

SITEMAPS = recommendations.SECTIONS | reviews.SECTIONS | digests.SECTIONS

urlpatterns = [
    path("healthz", lambda request: HttpResponse("OK\n", content_type="text/plain"), name="healthz"),
    path("readyz", ReadinessView.as_view(), name="readyz"),
    path("favicon.ico", lambda request: redirect(static("icon.svg")), name="favicon"),
    path("robots.txt", robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<slug:section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
    path("api/v1/", include("config.api")),
    path("anymail/", include("mail.bounces.provider_events")),
    *i18n_patterns(
        path("admin/login/", limit_sign_in(admin.site.login)),  # before the one of the next line, under its name
        path("admin/", admin.site.urls),
        path("", include("reviews.urls")),
        path("", include("recommendations.urls")),
        path("", include("reviews.digests.urls")),
        prefix_default_language=False,
    ),
]
