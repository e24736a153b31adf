"""Settings: every value that differs between installations is an environment variable (README, Configuration)."""

import json
import sys
from pathlib import Path
from urllib.parse import unquote

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from evbooking.core.schedule import BEAT_SCHEDULE

django_stubs_ext.monkeypatch()  # ModelForm[User] and the like: the types that mypy checks, at run time

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# -- What kind of installation this is ------------------------------------------------------------
EVB_DEMO = env.bool("EVB_DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
DEMO_SECRET_KEY = "demo-only-key-that-protects-nothing-because-demo-passwords-are-public"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", default=DEMO_SECRET_KEY if EVB_DEMO or DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random string (or EVB_DEMO=1 for a demo).")
if EVB_DEMO is False and SECRET_KEY == DEMO_SECRET_KEY and not DEBUG:
    raise ImproperlyConfigured("SECRET_KEY is the demo's: set one of your own.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # what they signed or sealed still counts

PORT = env.int("PORT", default=8000)
LIVE_PORT = env.int("LIVE_PORT", default=8001)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://localhost:{PORT}").rstrip("/")
LIVE_URL = env.str("LIVE_URL", default=f"http://127.0.0.1:{LIVE_PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL])
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
MAP_TILE_URL = env.str("MAP_TILE_URL", default="")
MAP_ATTRIBUTION = env.str("MAP_ATTRIBUTION", default="")

# -- Applications ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "phonenumber_field",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "evbooking.core",
    "evbooking.demo",
    "accounts",
    "stations",
    "charging",
    "bookings",
    "payments",
    "notifications",
    "scheduler_rl",
]

MIDDLEWARE = [
    "evbooking.core.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "evbooking.core.middleware.ApiProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "evbooking.core.middleware.RequestContextMiddleware",
    "evbooking.core.page_errors.PageErrorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "evbooking.core.middleware.PolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "evbooking.urls"
WSGI_APPLICATION = "evbooking.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evbooking.core.context.site",
                "accounts.context.nav_roles",
                "notifications.context.inbox",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# -- Data -----------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://postgres@localhost/evbooking")}
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured(
        "DATABASE_URL must name a PostgreSQL server: no other keeps a slot from being sold twice."
    )
DATABASES["default"]["ENGINE"] = "evbooking.core.postgres"  # Django's, with a cheaper health check
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])  # %2F-encoded path of a unix socket
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "evbooking.core.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "evb",
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # the worker logs as everything else does (LOGGING)
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# -- People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EvbookingBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none" if EVB_DEMO else "mandatory"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the session that signed up
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_SERVE_SPECIFICATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = EVB_DEMO
MFA_TOTP_ISSUER = "evbooking"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EVB_DEMO
PHONENUMBER_DEFAULT_FORMAT = "E164"
PHONENUMBER_DB_FORMAT = "E164"

# -- Rate limits: named, tested at these values; the demo multiplies them so that many can try at once
RATE_LIMIT_FACTOR = 100 if EVB_DEMO else 1
EVB_RATE_LIMITS = {
    "api_user": (600 * RATE_LIMIT_FACTOR, 60),
    "api_address": (1200 * RATE_LIMIT_FACTOR, 60),
    "holds_driver": (20 * RATE_LIMIT_FACTOR, 60),
    "checkout_driver": (30 * RATE_LIMIT_FACTOR, 60),
    "calendar_feed": (60 * RATE_LIMIT_FACTOR, 600),
    "calendar_address": (600 * RATE_LIMIT_FACTOR, 600),
    "posts_hour": (40 * RATE_LIMIT_FACTOR, 3600),
    "posts_day": (200 * RATE_LIMIT_FACTOR, 86400),
    "posts_thread": (15 * RATE_LIMIT_FACTOR, 600),
    "threads_person": (10 * RATE_LIMIT_FACTOR, 86400),
    "reports_person": (10 * RATE_LIMIT_FACTOR, 86400),
    "sign_up": (20 * RATE_LIMIT_FACTOR, 60),
    "sign_in": (30 * RATE_LIMIT_FACTOR, 60),
    "password": (10 * RATE_LIMIT_FACTOR, 60),
}
ACCOUNT_RATE_LIMITS = {  # allauth's own values where we name no other
    "signup": f"{EVB_RATE_LIMITS['sign_up'][0]}/m/ip",
    "login": f"{EVB_RATE_LIMITS['sign_in'][0]}/m/ip",
    "login_failed": f"{10 * RATE_LIMIT_FACTOR}/m/ip,{5 * RATE_LIMIT_FACTOR}/5m/key",
    "reauthenticate": f"{10 * RATE_LIMIT_FACTOR}/m/user",
    "change_password": f"{5 * RATE_LIMIT_FACTOR}/m/user",
    "manage_email": f"{10 * RATE_LIMIT_FACTOR}/m/user",
    "reset_password": f"{20 * RATE_LIMIT_FACTOR}/m/ip,{5 * RATE_LIMIT_FACTOR}/m/key",
    "reset_password_from_key": f"{20 * RATE_LIMIT_FACTOR}/m/ip",
}

# -- Bookings -------------------------------------------------------------------------------------
EVB_HOLD_MINUTES = 10
EVB_MAX_LIVE_HOLDS = 5
EVB_MAX_OPEN_BOOKINGS = 20  # a series counts as one, and so it does among the holds
EVB_MAX_OPEN_SERIES = 3
EVB_MAX_WAITLIST_ENTRIES = 10
EVB_MAX_WATCHES = 20
EVB_RANKER_BUDGET_MS = 50
# the Python that refits and trains in a process of its own; training needs one with requirements/ml.txt
EVB_ML_PYTHON = env.str("ML_PYTHON", default="") or sys.executable
EVB_CHECK_EVENTS = DEBUG  # tests, too: an event's data must be what its schema in event_types.json promises
EVB_ANNOUNCEMENTS_A_DAY = 3  # by one operator

# -- Payments: without keys the sandbox (docs/sandbox.md) stands in for Stripe; keys and base URL are all that differ
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")  # empty: Stripe itself
STRIPE_SANDBOX_URL = env.str(
    "STRIPE_SANDBOX_URL", default=STRIPE_API_BASE
)  # where browsers reach the sandbox
EVB_PAYMENTS = bool(STRIPE_SECRET_KEY)  # False: nothing can be paid online
EVB_INSTALLATION = env.str(
    "EVB_INSTALLATION", default="evbooking"
)  # whose objects are ours in a shared Stripe account
EVB_AUTHORISE_HOURS_BEFORE = 48
EVB_AUTHORISE_NOW_DAYS = 5
EVB_PAYMENT_GRACE_MINUTES = 30  # how long a slot outlives its hold while Stripe does not answer

# -- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# -- Files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# -- Security -------------------------------------------------------------------------------------
SECURE_ORIGIN = not (EVB_DEMO or DEBUG)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SECURE_ORIGIN)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_ORIGIN else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_ORIGIN
SECURE_HSTS_PRELOAD = SECURE_ORIGIN
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_ORIGIN
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "evbooking.core.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
TILE_ORIGINS = [MAP_TILE_URL.split("{", 1)[0].rstrip("/")] if MAP_TILE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *TILE_ORIGINS],
        "font-src": [SELF],
        "connect-src": [SELF, LIVE_URL],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# -- Mail -----------------------------------------------------------------------------------------
_mail = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(_mail)
ANYMAIL = json.loads(env.str("ANYMAIL", default="") or "{}")
if env.str("EMAIL_BACKEND", default=""):
    EMAIL_BACKEND = env.str("EMAIL_BACKEND")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="evbooking <no-reply@example.org>")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
EMAIL_TIMEOUT = 10

# -- Text messages and push: without keys nothing is sent by that channel ---------------------------
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_MESSAGING_SERVICE_SID = env.str("TWILIO_MESSAGING_SERVICE_SID", default="")
TWILIO_API_URL = env.str("TWILIO_API_URL", default="")  # empty: Twilio itself
EUROPE = [
    "AT",
    "BE",
    "CH",
    "CZ",
    "DE",
    "DK",
    "ES",
    "FI",
    "FR",
    "GB",
    "IE",
    "IT",
    "LU",
    "NL",
    "NO",
    "PL",
    "PT",
    "SE",
]
SMS_COUNTRIES = env.list("SMS_COUNTRIES", default=EUROPE)
SMS_DAILY_CAP = env.int("SMS_DAILY_CAP", default=20)
SMS_REPLIES = env.bool("SMS_REPLIES", default=True)  # False: an alphanumeric sender, which nobody can answer
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default="mailto:no-reply@example.org")
MESSAGE_SANDBOX_URL = env.str("MESSAGE_SANDBOX_URL", default="").rstrip("/")  # only ever in a demo
EVB_WEBHOOK_LOOPBACK = env.bool("WEBHOOK_LOOPBACK", default=False)  # to this machine: only in a demo, too

# -- API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["evbooking.core.api.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["evbooking.core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "evbooking.core.api.schema.ProblemAutoSchema",
    "DEFAULT_PAGINATION_CLASS": "evbooking.core.api.pagination.OpaqueCursorPagination",
    "EXCEPTION_HANDLER": "evbooking.core.api.exceptions.problem_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "evbooking API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Find charging stations, book a charging slot, run stations. Sign-in is allauth headless: "
    "its own document is served at /_allauth/openapi.html.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # enumerations stand where they are used: many fields are called status
}

# -- Logs: to standard output, one line a record --------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "evbooking.core.discreet_logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "stripe": {"level": "WARNING"},  # it would write a line for every call, as httpx does
        "httpx": {"level": "WARNING"},
        "twilio.http_client": {"level": "WARNING"},  # it would write the body of every text message
    },
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS: list[str] = []
