"""What `/readyz` answers: JSON for monitoring, with keys that stay the same."""

import dataclasses

from django.http import JsonResponse
from health_check.contrib.celery import Ping
from health_check.views import HealthCheckView

from mail.health import Mail


class ReadinessView(HealthCheckView):
    """Whether the database, Redis and a worker answer and the periodic jobs run: 200, or 500 with what does not."""

    checks = ["health_check.checks.Database", "health_check.checks.Cache", (Ping, {"limit": 1}), Mail]

    def render_to_response(self, context, status=200, **kwargs):
        return self.render_to_response_json(status)

    def render_to_response_json(self, status):
        answers = {type(result.check).__name__.lower(): str(result.error or "OK") for result in self.results}
        [mail] = [result.check for result in self.results if isinstance(result.check, Mail)]
        answers["mail"] = {"jobs": answers["mail"]} | dataclasses.asdict(mail)
        return JsonResponse(answers, status=status)
