"""The account behind a change in the admin: noted with each version that a request leaves.

SQL and commands say it themselves, by `pghistory.context(…)` or, in SQL, for one transaction:
`SET LOCAL pghistory.context_metadata = '{"why_en": "…", "why_es": "…"}'`.
"""

from django.urls import reverse
from pghistory.middleware import HistoryMiddleware


class EditorMiddleware(HistoryMiddleware):
    """Note the account behind what is written by the admin; nothing that readers send writes what has versions."""

    def get_context(self, request):
        return {"user": request.user.pk}

    def __call__(self, request):
        if request.path.startswith(reverse("admin:index")):
            return super().__call__(request)
        return self.get_response(request)
