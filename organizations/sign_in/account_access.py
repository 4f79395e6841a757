"""Which of the addresses below /accounts/ a session may open, and which ask first for a fresh proof.

What is named nowhere is shut to a session through an organization's provider and asks everybody else for a proof: a
view that comes with an update of django-allauth is refused until somebody has thought about it.
"""

from django.http import HttpRequest

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ACCOUNT_PREFIX = "accounts/"

# For every session. None makes or changes a credential unless the mailbox (a link from it) or a proof says so.
OPEN_VIEWS = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "sign_on:callback",
    "sign_on:choose",
    "sign_on:logo",  # a picture, for a browser that knows the organization
    "sign_on:mail_link",
    "sign_on:mailed_link",
    "sign_on:start",
    "sign_on:threshold",
}
# For one's own sign-in.
OWN_SESSION_VIEWS = {
    "account_change_password",  # asks for the old one itself
    "mfa_reauthenticate",
    "sign_on:found",
}
# For one's own sign-in to look at; what is sent asks for a proof.
PROOF_TO_SEND_VIEWS = {
    "account_email",
    "mfa_index",
    "mfa_list_webauthn",
    "sign_on:link",  # lets a provider open the account: another way in
    "sign_on:ways_in",
    "usersessions_list",
}


def is_own_account(request: HttpRequest) -> bool:
    """About one's own sign-in, or asking for a proof on the way there: people come to it from their work."""
    return is_account_view(request) and (
        view_name_of(request) not in OPEN_VIEWS or view_name_of(request) == "account_reauthenticate"
    )


def needs_own_sign_in(request: HttpRequest) -> bool:
    return is_account_view(request) and view_name_of(request) not in OPEN_VIEWS


def needs_proof(request: HttpRequest) -> bool:
    name = view_name_of(request)
    if not is_account_view(request) or name in OPEN_VIEWS or name in OWN_SESSION_VIEWS:
        return False
    return name not in PROOF_TO_SEND_VIEWS or request.method not in SAFE_METHODS


def is_account_view(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.route.startswith(ACCOUNT_PREFIX)


def view_name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
