"""An organization that asks for a second step: over pages, API and stream, and only there."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from foundation.errors import Invalid, PermissionDenied
from organizations.actions.security import require_mfa
from organizations.actions.tokens import create_api_token
from organizations.models import AuditEntry, Member, Organization
from organizations.tenancy import scope
from socialops.stream import find_rights
from tests.rest.caller import Caller

HOME = "/o/acme/"
SWITCH = "/o/acme/settings/security/mfa/"


def give_mfa(member):
    return TOTP.activate(member.user, generate_totp_secret()).instance


@pytest.fixture
def required(cast):
    give_mfa(cast.olive)
    with scope(cast.acme):
        require_mfa(cast.olive, cast.acme, required=True)


def test_an_admin_without_one_cannot_switch_it_on(cast, sign_in):
    answer = sign_in(cast.olive).post(SWITCH, {"require_mfa": "on"})
    assert answer.status_code == 422
    assert "you would be locked out" in answer.content.decode()
    cast.acme.refresh_from_db()
    assert not cast.acme.require_mfa


def test_recovery_codes_alone_are_none(cast, in_acme):
    RecoveryCodes.activate(cast.olive.user)
    with pytest.raises(Invalid):
        require_mfa(cast.olive, cast.acme, required=True)


def test_an_admin_switches_it_on_and_off_and_both_are_written_down(cast, sign_in, in_acme):
    give_mfa(cast.olive)
    client = sign_in(cast.olive)
    for wanted, data in ((True, {"require_mfa": "on"}), (True, {"require_mfa": "on"}), (False, {})):
        assert client.post(SWITCH, data).status_code == 302
        assert Organization.objects.get(slug="acme").require_mfa is wanted
    changes = (
        AuditEntry.objects.filter(verb="organization.mfa_required").order_by("pk").values_list("change", flat=True)
    )
    assert list(changes) == [{"require_mfa": [False, True]}, {"require_mfa": [True, False]}]


def test_members_do_not_switch_it(cast, sign_in, in_acme):
    assert sign_in(cast.lena).post(SWITCH, {"require_mfa": "on"}).status_code == 403
    with pytest.raises(PermissionDenied):
        require_mfa(cast.lena, cast.acme, required=False)


@pytest.mark.parametrize("page", ["", "inbox/", "settings/", "audit/", "compose/", "settings/tokens/"])
def test_who_has_none_is_led_to_set_it_up(cast, sign_in, required, page):
    client = sign_in(cast.ed)
    turned = client.get(HOME + page)
    assert turned.status_code == 302
    assert turned["Location"].startswith("/accounts/entry/acme/?next=")
    there = client.get(turned["Location"]).content.decode()
    assert "/accounts/2fa/totp/activate/" in there
    assert "/accounts/2fa/webauthn/add/" in there


def test_once_it_is_set_up_the_threshold_leads_on(cast, sign_in, required):
    client = sign_in(cast.ed)
    turned = client.get(HOME + "inbox/")
    give_mfa(cast.ed)
    assert client.get(turned["Location"])["Location"] == HOME + "inbox/"
    assert client.get(HOME + "inbox/").status_code == 200


def test_nothing_is_changed_on_the_way(cast, sign_in, required):
    answer = sign_in(cast.lena).post("/o/acme/teams/new/", {"name": "Press"})
    assert answer.status_code == 302
    assert "entry" in answer["Location"]


def test_their_other_organizations_still_open(cast, sign_in, required):
    with scope(cast.globex):
        Member.objects.create(user=cast.ed.user, organization=cast.globex, role="member")
    client = sign_in(cast.ed)
    assert client.get("/o/globex/").status_code == 200
    assert "Go to <bdi>Globex</bdi> instead" in client.get("/accounts/entry/acme/").content.decode()
    assert client.get("/")["Location"] == "/o/globex/"


def test_their_tokens_are_refused_and_told_why(cast, required):
    with scope(cast.acme):
        _, secret = create_api_token(cast.ed, cast.ed, name="t")
    call = Caller(secret)
    answer = call.get("teams/")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "two-step sign-in" in answer.json()["detail"]
    assert call.post("posts/", {"text": "x"}, **{"Idempotency-Key": "k"}).status_code == 403
    give_mfa(cast.ed)
    assert call.get("teams/").status_code == 200


def test_the_stream_does_not_open(cast, sign_in, required, monkeypatch):
    monkeypatch.setattr("socialops.stream.close_old_connections", lambda: None)  # the test's own is the only one
    client = sign_in(cast.ed)
    assert find_rights(client.session.session_key, "acme") is None
    give_mfa(cast.ed)
    assert find_rights(client.session.session_key, "acme") is not None


def test_taking_the_second_step_away_closes_the_door_again(cast, sign_in, required):
    made = give_mfa(cast.ed)
    client = sign_in(cast.ed)
    assert client.get(HOME).status_code == 200
    Authenticator.objects.filter(pk=made.pk).delete()
    assert client.get(HOME).status_code == 302


def test_strangers_learn_nothing_at_the_threshold(cast, sign_in, required):
    assert sign_in(cast.mallory).get("/accounts/entry/acme/").status_code == 404
    assert Client().get("/accounts/entry/acme/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_threshold_leads_nowhere_else(cast, sign_in, after):
    assert sign_in(cast.ed).get("/accounts/entry/acme/", {"next": after})["Location"] == HOME


def test_secrets_of_apps_and_recovery_codes_are_encrypted(cast):
    secret = generate_totp_secret()
    TOTP.activate(cast.ed.user, secret)
    codes = RecoveryCodes.activate(cast.ed.user)
    assert len(codes.get_unused_codes()) == 10
    kept = repr(list(Authenticator.objects.filter(user=cast.ed.user).values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes.get_unused_codes())


@pytest.mark.parametrize(
    "elsewhere", ["0001-01-01", "https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
)
def test_only_addresses_of_ours_are_gone_on_to(cast, sign_in, elsewhere: str) -> None:
    answer = sign_in(cast.mallory).get("/accounts/entry/globex/", {"next": elsewhere})
    assert answer["Location"] == "/o/globex/"
