"""Settings and audit, as people use them."""

import re

import pytest

from organizations.actions.tokens import create_api_token
from organizations.models import ApiToken, AuditEntry, Member, User
from organizations.tenancy import scope
from tests.builders import PASSWORD

SETTINGS = "/o/acme/settings/"


def text_of(answer) -> str:
    return answer.content.decode()


def test_an_admin_renames_the_organization_and_moves_its_clock(cast, sign_in, in_acme):
    answer = sign_in(cast.olive).post(
        SETTINGS + "organization/",
        {"name": "Acme Foods", "time_zone": "Asia/Tokyo", "too_late_minutes": "360"},
        follow=True,
    )
    assert "Acme Foods" in text_of(answer)
    entry = AuditEntry.objects.get(verb="organization.changed")
    assert entry.change == {"name": ["Acme", "Acme Foods"], "time_zone": ["Europe/Madrid", "Asia/Tokyo"]}


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(cast, sign_in):
    answer = sign_in(cast.olive).post(SETTINGS + "members/", {"name": "Nia", "email": "nia@", "role": "member"})
    assert answer.status_code == 422
    assert 'value="nia@"' in text_of(answer)
    assert "field__error" in text_of(answer)


def test_a_new_person_gets_a_password_once_and_signs_in_with_it(cast, sign_in):
    answer = sign_in(cast.olive).post(
        SETTINGS + "members/", {"name": "Nia", "email": "nia@acme.example", "role": "member"}
    )
    password = re.search(r"<code>([^<]+)</code>", text_of(answer))
    assert User.objects.get(email="nia@acme.example").check_password(password[1])
    assert "<code>" not in text_of(sign_in(cast.olive).get(SETTINGS))


def test_somebody_with_a_sign_in_keeps_the_password(cast, sign_in):
    answer = sign_in(cast.olive).post(
        SETTINGS + "members/", {"name": "Mallory", "email": "Mallory@globex.example", "role": "viewer"}
    )
    assert "<code>" not in text_of(answer)
    assert User.objects.get(email="mallory@globex.example").check_password(PASSWORD)


def test_a_person_cannot_be_added_twice(cast, sign_in):
    answer = sign_in(cast.olive).post(
        SETTINGS + "members/", {"name": "Ed", "email": "ed@acme.example", "role": "member"}
    )
    assert "already a member" in text_of(answer)


def test_a_token_is_shown_once_works_and_can_be_revoked(cast, sign_in, client, in_acme):
    answer = sign_in(cast.ed).post(SETTINGS + "tokens/", {"name": "Dashboard", "scopes": ["read"]})
    secret = re.search(r"<code>(so_[^<]+)</code>", text_of(answer))[1]
    assert secret not in text_of(sign_in(cast.ed).get(SETTINGS + "tokens/"))
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/teams/", headers=bearer).status_code == 200
    token = ApiToken.objects.get(member=cast.ed)
    sign_in(cast.ed).post(f"{SETTINGS}tokens/{token.pk}/revoke/")
    assert client.get("/api/v1/teams/", headers=bearer).status_code == 401


def test_nobody_revokes_the_tokens_of_others(cast, sign_in):
    with scope(cast.acme):
        token, _ = create_api_token(cast.olive, cast.olive, name="Olive's")
    assert sign_in(cast.ed).post(f"{SETTINGS}tokens/{token.pk}/revoke/").status_code == 404


@pytest.mark.parametrize("path", ["organization/", "members/"])
def test_members_change_neither_the_organization_nor_its_people(cast, sign_in, path):
    assert sign_in(cast.lena).post(SETTINGS + path, {"name": "x"}).status_code == 403
    assert "Save the organization" not in text_of(sign_in(cast.lena).get(SETTINGS))
    with scope(cast.acme):
        assert Member.objects.count() == 8
