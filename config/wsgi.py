"""The web process: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["SERVES_PAGES"] = "true"  # settings.py: nobody waits for long
application = get_wsgi_application()
