"""How django-allauth fits our house."""

import re
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.ratelimit import clear, consume
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.crypto import Undecryptable, current_fernet
from organizations.access import memberships_of
from organizations.models import User
from organizations.receivers import record_failed_sign_in
from organizations.sign_in.admission import is_borrowed_session, must_sign_on
from organizations.sign_in.fresh_proof import BORROWED_PROOFS
from organizations.sign_in.known_devices import find_known_device

KNOWN_DEVICE_ACTION = "login_failed_known"  # of ACCOUNT_RATE_LIMITS


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right."),
        "sign_on_required": _("Continue with your organization: it does not let passwords in."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Otherwise people join by invitation, by an admin, or through their organization's sign-on."""
        return bool(settings.REGISTRATION == "open")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Refuses a right password too where the person has to come through their organization's sign-on.

        Who is signed in already only confirms that it is them.
        """
        user = super().authenticate(request, **credentials)
        if user is not None and user != request.user and is_sign_on_only(user):
            self.authentication_failed(request, **credentials)
            raise self.validation_error("sign_on_required")
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Where the person has signed in before, only what is tried there counts: strangers cannot keep them out."""
        if not find_known_device(request, str(credentials.get("email", ""))):
            super().pre_authenticate(request, **credentials)
            return
        key = self._get_login_attempts_cache_key(request, **credentials)
        if not consume(request, action=KNOWN_DEVICE_ACTION, key=key):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        key = super()._get_login_attempts_cache_key(request, **credentials)
        device = find_known_device(request, str(credentials.get("email", "")))
        return f"{key}:{device}" if device else str(key)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """After a password reset: of strangers and of this device."""
        strangers = super()._get_login_attempts_cache_key(request, **credentials)
        clear(request, action="login_failed", key=strangers)
        clear(request, action=KNOWN_DEVICE_ACTION, key=self._get_login_attempts_cache_key(request, **credentials))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A session through an organization's provider needs what would have signed the person in without it."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and is_borrowed_session(context.request.session, user):
            return [one for one in found if one["id"] in BORROWED_PROOFS]
        return found

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From PUBLIC_URL, never from the Host that the request named."""
        return f"{settings.PUBLIC_URL}{urlsplit(super().get_reset_password_from_key_url(key)).path}"

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return f"{settings.PUBLIC_URL}{reverse('account_confirm_email', args=[emailconfirmation.key])}"

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """The words stand in the text; the HTML says the same in our hand."""
        message: EmailMessage = super().render_mail(*args, **kwargs)
        if isinstance(message, EmailMultiAlternatives) and not message.alternatives:
            context = {"subject": message.subject, "parts": mail_parts(str(message.body))}
            message.attach_alternative(render_to_string("email/sign_in.html", context), "text/html")
        return message

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_failed_sign_in(str(credentials.get("email", "")), "password")


def mail_parts(body: str) -> list[dict[str, Any]]:
    """The paragraphs above the signature; one that is an address becomes a button."""
    paragraphs = re.split(r"\n\s*\n", body.partition("\n-- \n")[0].strip())
    return [{"text": text, "link": is_own_link(text)} for text in map(str.strip, paragraphs) if text]


def is_own_link(text: str) -> bool:
    return text.startswith(settings.PUBLIC_URL + "/") and len(text.split()) == 1


def is_sign_on_only(user: User) -> bool:
    """Whether a password opens nothing: every organization of the person asks for its own sign-on."""
    memberships = memberships_of(user)
    return bool(memberships) and all(must_sign_on(member) for member in memberships)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of authenticator apps and recovery codes are encrypted like every other secret."""

    def encrypt(self, text: str) -> str:
        return current_fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return current_fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise Undecryptable from None
