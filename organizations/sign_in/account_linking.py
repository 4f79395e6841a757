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
from organizations.sign_in.admission import is_borrowed
from organizations.sign_in.oidc import Claims

KEY = "sign_on_question"  # in the session
LIFE = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Question:
    slug: str
    claims: Claims  # what the provider asserted
    next: str
    until: float
    digest: str = ""  # of the link that was mailed

    def is_answered_by(self, token: str) -> bool:
        return bool(self.digest) and secrets.compare_digest(self.digest, digest_of(token))


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def ask(session: SessionBase, slug: str, claims: Claims, after: str) -> None:
    keep(session, Question(slug, claims, after, time.time() + LIFE))


def keep(session: SessionBase, question: Question) -> None:
    session[KEY] = asdict(question)


def question_of(session: SessionBase, slug: str) -> Question | None:
    """What this browser was asked about the organization; None when nothing, or too long ago."""
    kept = session.get(KEY)
    if not kept or kept["slug"] != slug or kept["until"] < time.time():
        return None
    return Question(**{**kept, "claims": Claims(**kept["claims"])})


def own_sign_in(request: HttpRequest) -> User | None:
    """Who is signed in by their own means: a session that came through some provider speaks for nobody's account."""
    user = request.user
    if not isinstance(user, User) or is_borrowed(request.session, user):
        return None
    return user


def mail_link(request: HttpRequest, question: Question, sign_on: OrganizationSignOn) -> None:
    """To the address itself."""
    token = secrets.token_urlsafe(32)
    keep(request.session, replace(question, digest=digest_of(token)))
    context = {
        "organization": sign_on.organization.name,
        "issuer": sign_on.issuer,
        "link": settings.PUBLIC_URL + reverse("sign_on:mailed_link", args=[question.slug, token]),
    }
    get_adapter().send_mail("account/email/sign_on_link", question.claims.email, context)
