"""What `/readyz` answers: JSON for monitoring, with keys that stay the same."""

import dataclasses

from django.http import JsonResponse
from health_check.contrib.celery import Ping
from health_check.views import HealthCheckView

from reviews.digests.health import Digests


class ReadinessView(HealthCheckView):
    """Whether the database, Redis and a worker answer: 200, or 500 with what does not; and how the digests stand."""

    checks = ["health_check.checks.Database", "health_check.checks.Cache", (Ping, {"limit": 1}), Digests]

    def render_to_response(self, context, status=200, **kwargs):
        return self.render_to_response_json(status)

    def render_to_response_json(self, status):
        answers = {type(result.check).__name__.lower(): str(result.error or "OK") for result in self.results}
        [digests] = [result.check for result in self.results if isinstance(result.check, Digests)]
        return JsonResponse(answers | {"digests": dataclasses.asdict(digests)}, status=status)
