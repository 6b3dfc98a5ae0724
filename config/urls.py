"""The addresses. They are stable: people bookmark and cite them. Spanish pages stand under /es/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from health_check.contrib.celery import Ping
from health_check.views import HealthCheckView

from reviews.digests.health import Digests

READY = ["health_check.checks.Database", "health_check.checks.Cache", (Ping, {"limit": 1}), Digests]

urlpatterns = [
    path("healthz", HealthCheckView.as_view(checks=[]), name="healthz"),
    path("readyz", HealthCheckView.as_view(checks=READY), name="readyz"),
    path("anymail/", include("reviews.digests.webhooks")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("reviews.urls")),
        path("", include("recommendations.urls")),
        path("", include("reviews.digests.urls")),
        prefix_default_language=False,
    ),
]
