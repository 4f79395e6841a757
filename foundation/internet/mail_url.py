"""EMAIL_URL as Django's settings."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

EMAIL_URL_EXPECTED = (
    "console:// or smtp://user:password@host:port (?tls=true for STARTTLS; smtps:// for TLS from the start)"
)
SMTP_PORTS = {"smtp": 25, "smtps": 465}
FLAG_WORDS = {"true": True, "1": True, "false": False, "0": False}


def parse_email_url(value: str) -> dict[str, Any]:
    """{"EMAIL_BACKEND", …} for `value`; credentials are percent-decoded. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme == "console" and not (parts.netloc or parts.path or parts.query):
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    query = parse_qs(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True)
    if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/") or set(query) - {"tls"}:
        raise ValueError(value)
    tls = query.get("tls", ["false"])[-1].lower()
    if tls not in FLAG_WORDS or (FLAG_WORDS[tls] and parts.scheme == "smtps"):
        raise ValueError(value)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or SMTP_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": FLAG_WORDS[tls],
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }
