"""The one settings file: read from the environment, with a safe default for every local need.

README.md lists the variables. Without LOCAL=true a missing secret or server is an error and not a default. To import
this starts nothing and writes nothing; config/local/environment.py starts what a bare machine needs.
"""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core.database.connection import WebConnection

from .local import embedded
from .logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = not env.bool("LOCAL", False) or env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False) and not PRODUCTION
SERVES_PAGES = env.bool("SERVES_PAGES", False)  # set by wsgi.py: readers wait, so that nothing may take long

if PRODUCTION:
    needed = ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAIL_FROM"]
    missing = [name for name in needed if not env.str(name, "")]
    if missing:
        raise ImproperlyConfigured(
            f"These environment variables are needed: {', '.join(missing)}. (LOCAL=true does without, for trying out.)"
        )

SECRET_KEY = env.str("SECRET_KEY", "")
SITE_URL = env.str("SITE_URL", embedded.running().get("SITE_URL", "http://127.0.0.1:8000")).rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", env.str("HOST", "localhost")])
CSRF_TRUSTED_ORIGINS = [SITE_URL] if PRODUCTION else []
# How many proxies stand in front, each of which appends to X-Forwarded-For the address that it is asked from.
PROXY_COUNT = env.int("PROXY_COUNT", 1 if PRODUCTION else 0)

INSTALLED_APPS = [
    "config",
    "core",
    "mail",
    "working_groups",
    "recommendations",
    "reviews",
    "reviews.digests",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "anymail",
    "axes",
    "csp",
    "django_filters",
    "health_check",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.caching.accept_encoding.RefusedEncodingsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.refuse_nul.RefuseNulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.history.editors.EditorMiddleware",
    "core.limits.known_browser.KnownBrowserMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# Database: PostgreSQL is the truth.
DATABASES = {"default": env.db("DATABASE_URL", default="" if PRODUCTION else embedded.database_url())}
DATABASES["default"] |= {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True}
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 2 if SERVES_PAGES else 10,
    "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 1.5 if SERVES_PAGES else 10},
    "application_name": "tracker",
} | DATABASES["default"].get("OPTIONS", {})
if SERVES_PAGES:
    # No page keeps PostgreSQL busy for longer: a few that do would leave the others without a connection. Jobs may.
    STATEMENT_TIMEOUT = env.str("STATEMENT_TIMEOUT", "15s")
    DATABASES["default"]["OPTIONS"].setdefault("options", f"-c statement_timeout={STATEMENT_TIMEOUT}")
    DATABASES["default"]["OPTIONS"]["pool"]["connection_class"] = WebConnection
PGTRIGGER_MIGRATIONS = False  # core/database/objects.py installs triggers
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Redis: wakes workers, counts requests and stores public pages; nothing that must not be lost is in it. Each has a
# database of its own, so that to empty one leaves the others.
def _redis_database(url: str, offset: int) -> str:
    """The URL of the database that is `offset` after the one that `url` names, on the same server."""
    if url.startswith("unix:"):
        socket, _query, number = url.partition("?db=")
        return f"{socket}?db={int(number or 0) + offset}"
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + offset}"))


REDIS_URL = env.str("REDIS_URL", "") or embedded.redis_url()
CACHES = {
    alias: {
        "BACKEND": "core.caching.redis_cache.RedisCache",
        "LOCATION": env.str(variable, "") or _redis_database(REDIS_URL, offset),
        "KEY_PREFIX": alias,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # a page does not wait for it
    }
    for alias, variable, offset in [("default", "CACHE_URL", 1), ("pages", "PAGE_CACHE_URL", 2)]
}
# Celery writes a socket, and the number of its database, in its own way.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1 if SERVES_PAGES else 10,
    "socket_connect_timeout": 1 if SERVES_PAGES else 5,
    "visibility_timeout": 600,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # it logs as LOGGING says, in production as JSON
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # What is due is found by SQL each time, so that a tick that was missed is made up by the next one.
    # No tick expires: a worker whose clock is ahead of beat's would throw every one away.
    "mail": {"task": "mail.tasks.tick", "schedule": crontab()},
    "digests": {"task": "reviews.digests.tasks.tick", "schedule": crontab()},
}

# Mail. Locally it goes to the sink that `make run` starts, which keeps it in var/mail.
vars().update(env.email_url("EMAIL_URL", default=embedded.running().get("EMAIL_URL", "smtp://127.0.0.1:1025")))
EMAIL_BACKEND = "mail.delivery.backend.EmailBackend"  # queues it; mail/delivery/smtp.py sends
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "C26+ Recommendations Tracker <tracker@localhost>")
# Outside production only these patterns (`*@example.org`) are mailed by a server that is not on this machine.
MAIL_ALLOWLIST = env.list("MAIL_ALLOWLIST", default=[])
ALERT_EMAILS = env.list("ALERT_EMAILS", default=[])  # staff who are told when digests do not go as they should
MAIL_REPLY_TO = env.str("MAIL_REPLY_TO", DEFAULT_FROM_EMAIL)
CONTACT_EMAIL = parseaddr(env.str("CONTACT_EMAIL", MAIL_REPLY_TO))[1]  # an address alone: a page shows it

# Under which license texts and data may be used again: "CC BY 4.0", and where it is written. That is the foundation's to
# decide; until it has, /about/ says that all rights are reserved.
DATA_LICENSE = env.str("DATA_LICENSE", "")
DATA_LICENSE_URL = env.str("DATA_LICENSE_URL", "")

# The subscribe form has e-mails sent to addresses that strangers type. Beyond these nobody is written to: in an hour at
# the wish of all together, and of one network (a room of people may ask); in a day to one mailbox.
SUBSCRIPTION_REQUESTS_PER_HOUR = env.int("SUBSCRIPTION_REQUESTS_PER_HOUR", 500)
SUBSCRIPTION_REQUESTS_PER_NETWORK = 100
SUBSCRIPTION_REQUESTS_PER_MAILBOX = 5

# Bounces and complaints, told by the mail provider's signed webhooks; README.md says how to set them up.
ANYMAIL = {
    name: value
    for name in ("WEBHOOK_SECRET", "MAILGUN_WEBHOOK_SIGNING_KEY")
    if (value := env.str(f"ANYMAIL_{name}", ""))
}

# People and sign-in
AUTH_USER_MODEL = "working_groups.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Wrong passwords for one name rest it for a quarter of an hour: five from one network, or so many from wherever.
# The second does not count in a browser that knows the name (core/limits/known_browser.py).
AXES_FAILURE_LIMIT = 5
NAME_FAILURE_LIMIT = 20
# Passwords from one network, an office for instance, in that time: of whatever names, right or wrong.
SIGN_INS_PER_NETWORK = env.int("SIGN_INS_PER_NETWORK", 60)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or whoever goes on guessing would lock the others out for good
AXES_HANDLER = "core.limits.sign_in.SignInLimits"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["username"]]  # in the order that the handler takes them
AXES_CLIENT_IP_CALLABLE = "core.limits.client_ip.client_network"
AXES_USERNAME_CALLABLE = "core.limits.sign_in.name_given"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Mexico_City"  # the foundation's
USE_TZ = True
FORMS_URLFIELD_ASSUME_HTTPS = True  # as from Django 6.0 on; then this line goes

# Static files, served by the web process
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
    # Off unless said: on a domain that is shared with others they would switch off HTTP for all of it.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which ask for these two
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

LOGGING = logging_config(as_json=PRODUCTION)
