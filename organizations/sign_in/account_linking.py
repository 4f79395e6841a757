"""An account that exists is asked whether an organization's provider may open it: what its browser keeps meanwhile.

The link that is mailed works in this browser alone: who only opens what came by mail has agreed to nothing.
"""

import secrets
import time
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from organizations.models import OrganizationSignOn, User
from organizations.sign_in.admission import is_borrowed_session
from organizations.sign_in.oidc import Claims

QUESTION_KEY = "sign_on_question"  # in the session
QUESTION_LIFE = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class LinkQuestion:
    slug: str
    claims: Claims  # what the provider asserted
    next: str
    until: float
    digest: str = ""  # of the link that was mailed

    def is_answered_by(self, token: str) -> bool:
        return bool(self.digest) and secrets.compare_digest(self.digest, token_digest(token))


def token_digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def start_link_question(session: SessionBase, slug: str, claims: Claims, after: str) -> None:
    store_link_question(session, LinkQuestion(slug, claims, after, time.time() + QUESTION_LIFE))


def store_link_question(session: SessionBase, question: LinkQuestion) -> None:
    session[QUESTION_KEY] = asdict(question)


def find_link_question(session: SessionBase, slug: str) -> LinkQuestion | None:
    """What this browser was asked about the organization; None when nothing, or too long ago."""
    stored = session.get(QUESTION_KEY)
    if not stored or stored["slug"] != slug or stored["until"] < time.time():
        return None
    return LinkQuestion(**{**stored, "claims": Claims(**stored["claims"])})


def own_signed_in_user(request: HttpRequest) -> User | None:
    """Who is signed in by their own means: a session that came through some provider speaks for nobody's account."""
    user = request.user
    if not isinstance(user, User) or is_borrowed_session(request.session, user):
        return None
    return user


def send_link_mail(request: HttpRequest, question: LinkQuestion, sign_on: OrganizationSignOn) -> None:
    """To the address itself."""
    token = secrets.token_urlsafe(32)
    store_link_question(request.session, replace(question, digest=token_digest(token)))
    context = {
        "organization": sign_on.organization.name,
        "issuer": sign_on.issuer,
        "link": settings.PUBLIC_URL + reverse("sign_on:mailed_link", args=[question.slug, token]),
    }
    get_adapter().send_mail("account/email/sign_on_link", question.claims.email, context)
