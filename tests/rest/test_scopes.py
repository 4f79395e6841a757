"""A token opens what its scopes say, and every call says which scope it takes."""

from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import now

from foundation.errors import Invalid, PermissionDenied
from organizations.actions.tokens import create_api_token, revoke_api_token
from organizations.models import ApiToken
from organizations.rest.scopes import AREAS, SCOPES, covers_scope, required_scope
from organizations.rest.views import MemberScope
from organizations.tenancy import scope
from tests.rest.caller import Caller


def walk(patterns):
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns)
        elif isinstance(one, URLPattern):
            yield one.callback


VIEWS = {
    view.cls for view in walk(get_resolver().url_patterns) if issubclass(getattr(view, "cls", type(None)), MemberScope)
}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_call_declares_its_area(view):
    assert view.area in AREAS, f'Give {view.__name__} an area = "..." out of organizations/rest/scopes.py.'


def test_there_are_calls():
    assert len(VIEWS) > 4


@pytest.mark.parametrize(
    ("held", "wanted", "enough"),
    [
        (["read"], "inbox:read", True),
        (["read"], "inbox:write", False),
        (["write"], "inbox:read", True),
        (["inbox:write"], "inbox:read", True),
        (["inbox:read"], "inbox:write", False),
        (["inbox:write"], "teams:read", False),
        (["inbox:write"], "publishing:write", False),
        ([], "teams:read", False),
        (["read", "write"], "analytics:write", True),
    ],
)
def test_which_scope_is_enough(held, wanted, enough):
    assert covers_scope(held, wanted) is enough


def test_a_method_decides_between_reading_and_writing():
    assert required_scope("teams", "GET") == "teams:read"
    assert {required_scope("teams", method) for method in ("POST", "PUT", "PATCH", "DELETE")} == {"teams:write"}


@pytest.fixture
def token(cast):
    """token(member, *scopes) -> (row, caller)"""

    def made(member, *scopes, **also):
        with scope(member.organization_id):
            row, secret = create_api_token(member, member, name="test", scopes=scopes, **also)
        return row, Caller(secret)

    return made


def test_a_missing_scope_is_named(cast, token):
    _, call = token(cast.olive, "teams:read")
    assert call.get("teams/").status_code == 200
    answer = call.post("teams/", {"name": "Press"})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "teams:write" in answer.json()["detail"]
    assert "inbox:read" in call.get("conversations/").json()["detail"]


def test_a_scope_never_gives_more_than_the_member_has(cast, token):
    _, call = token(cast.vic, "read", "write")
    assert call.post("teams/", {"name": "Press"}).status_code == 403
    assert call.get(f"profiles/{cast.theirs.pk}/").status_code == 404


def test_an_expired_token_is_no_token(cast, token):
    row, call = token(cast.olive, "read", expires_at=now() + timedelta(minutes=1))
    assert call.get("teams/").status_code == 200
    ApiToken.unscoped.filter(pk=row.pk).update(expires_at=now() - timedelta(seconds=1))
    answer = call.get("teams/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_a_revoked_token_and_a_wrong_one_look_the_same(cast, token):
    row, call = token(cast.olive, "read")
    with scope(cast.acme):
        revoke_api_token(cast.olive, row)
    assert call.get("teams/").json() == Caller("so_wrong").get("teams/").json()
    assert call.get("teams/").status_code == 401


def test_only_the_hash_is_kept(cast, token):
    row, call = token(cast.olive, "read")
    assert call.secret not in repr(ApiToken.unscoped.filter(pk=row.pk).values().get())


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "x"], ["teams:"]])
def test_unknown_scopes_are_refused(cast, in_acme, scopes):
    with pytest.raises(Invalid) as refused:
        create_api_token(cast.olive, cast.olive, name="t", scopes=scopes)
    assert "scopes" in refused.value.fields


def test_a_moment_that_has_passed_is_no_expiry(cast, in_acme):
    with pytest.raises(Invalid) as refused:
        create_api_token(cast.olive, cast.olive, name="t", scopes=SCOPES, expires_at=now())
    assert "expires_at" in refused.value.fields


def test_nobody_makes_a_token_in_another_members_name(cast, in_acme):
    with pytest.raises(PermissionDenied):
        create_api_token(cast.olive, cast.ed, name="t")


def test_an_admin_ends_everybodys_tokens_and_members_only_their_own(cast, token, in_acme):
    row, call = token(cast.ed, "read")
    with pytest.raises(PermissionDenied):
        revoke_api_token(cast.lena, row)
    revoke_api_token(cast.olive, row)
    assert call.get("teams/").status_code == 401
