"""The web process: `gunicorn config.wsgi`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# No page keeps PostgreSQL busy for longer: a few that do would leave the others without a connection. Jobs may.
settings.DATABASES["default"]["OPTIONS"].setdefault("options", "-c statement_timeout=15s")
application = get_wsgi_application()
