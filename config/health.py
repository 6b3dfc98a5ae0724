"""What `/readyz` answers: JSON for monitoring, with keys that stay the same."""

import dataclasses

from celery import current_app
from django.http import JsonResponse
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView
from kombu.exceptions import OperationalError

from mail.watch.health import Mail

SECONDS = 1  # for each step of the conversation with the broker


@dataclasses.dataclass
class Ping(HealthCheck):
    """Whether the broker and a worker answer.

    Over a connection of its own: one from the pool is tried again, for five seconds in all, where Redis hangs.
    """

    def run(self):
        at_once = {"max_retries": 0, "socket_connect_timeout": SECONDS, "socket_timeout": SECONDS}
        try:
            with current_app.connection(transport_options=at_once) as broker:
                answers = current_app.control.ping(timeout=SECONDS, limit=1, connection=broker)
        except (OperationalError, OSError) as error:
            raise ServiceUnavailable("the broker does not answer") from error
        if not answers:
            raise ServiceUnavailable("no worker answers")


class ReadinessView(HealthCheckView):
    """Whether the database, Redis and a worker answer and the periodic jobs run: 200, or 500 with what does not."""

    checks = ["health_check.checks.Database", "health_check.checks.Cache", Ping, Mail]

    def render_to_response(self, context, status=200, **kwargs):
        return self.render_to_response_json(status)

    def render_to_response_json(self, status):
        answers = {type(result.check).__name__.lower(): str(result.error or "OK") for result in self.results}
        [mail] = [result.check for result in self.results if isinstance(result.check, Mail)]
        answers["mail"] = {"jobs": answers["mail"]} | dataclasses.asdict(mail)
        return JsonResponse(answers, status=status)
