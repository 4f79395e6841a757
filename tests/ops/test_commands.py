"""The commands answer with JSON, or with one line that says what is wrong."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from networks.actions import profiles
from networks.contract import Identity
from networks.models import Profile
from organizations.models import ApiToken, Member, Organization
from organizations.tenancy import scope
from tests.builders import PASSWORD
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def answer(*args: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command(*args, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    monkeypatch.setenv("MEMBER_PASSWORD", PASSWORD)


def test_an_organization_and_its_owner() -> None:
    made = answer("create_organization", "Initech", "--slug", "initech", "--owner-email", "bill@initech.example")
    assert made == {"slug": "initech"}
    with scope(Organization.objects.get(slug="initech")):
        assert Member.objects.get().role == "owner"


def test_a_member(acme: Organization) -> None:
    made = answer("create_member", "--organization", "acme", "--email", "new@acme.example", "--role", "viewer")
    with scope(acme):
        assert Member.objects.get(pk=made["id"]).role == "viewer"


def test_a_token(acme: Organization) -> None:
    made = answer("create_api_token", "--organization", "acme", "--email", "Olive@acme.example", "--name", "ci")
    with scope(acme):
        assert ApiToken.objects.get().digest == ApiToken.hash(made["token"])


def test_a_profile(acme: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    who = Identity(remote_id="77", name="Acme", handle="acme")
    monkeypatch.setattr(profiles, "identify_credentials", lambda network, credentials: (dict(credentials), who))
    file = tmp_path / "credentials.json"
    file.write_text('{"access_token": "t"}')
    made = answer("connect_profile", "--organization", "acme", "--network", "x", "--credentials", str(file))
    with scope(acme):
        profile = Profile.objects.get(remote_id="77")
        assert made == {"id": profile.pk, "network": "x", "remote_id": "77", "name": "Acme"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["create_organization", "A", "--slug", "acme", "--owner-email", "a@a.example"], "slug: Another organization"),
        (["create_organization", "A", "--slug", "a b", "--owner-email", "a@a.example"], "slug: Use letters"),
        (["create_organization", "A", "--slug", "ab", "--owner-email", "nobody"], "email: Give"),
        (["create_member", "--organization", "none", "--email", "a@a.example", "--role", "member"], "no organization"),
        (["create_member", "--organization", "acme", "--email", "a@a.example", "--role", "king"], "invalid choice"),
        (
            ["create_api_token", "--organization", "acme", "--email", "mallory@globex.example", "--name", "n"],
            "no active",
        ),
        (["connect_profile", "--organization", "acme", "--network", "x", "--credentials", "/none.json"], "/none.json"),
        (
            ["connect_profile", "--organization", "acme", "--network", "x", "--credentials", "/dev/null"],
            "expected JSON",
        ),
    ],
)
def test_bad_input_is_one_line(cast: Cast, args: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        call_command(*args)
    assert "\n" not in str(refused.value)


def test_wrong_arguments_are_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        execute_from_command_line(["manage.py", "create_member", "--role", "king"])
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("network", "given", "said"),
    [
        ("x", "[" * 100_000, "expected JSON"),
        ("x", '{"access_token": null}', "Give {access_token} or"),
        ("facebook", '{"page_id": "../me?", "access_token": "t"}', "page_id takes letters"),
    ],
)
def test_credentials_that_cannot_be_meant(
    acme: Organization, tmp_path: Path, network: str, given: str, said: str
) -> None:
    file = tmp_path / "credentials.json"
    file.write_text(given)
    with pytest.raises(CommandError, match=said):
        call_command("connect_profile", "--organization", "acme", "--network", network, "--credentials", str(file))


def test_ids_may_be_numbers() -> None:
    given = {"page_id": 7, "access_token": " t\n", "expires_at": 1_900_000_000}
    assert profiles.validate_credentials("facebook", given) == {**given, "page_id": "7", "access_token": "t"}


@pytest.mark.parametrize("password", ["", "short"])
def test_a_missing_or_weak_password(cast: Cast, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("MEMBER_PASSWORD", password)
    with pytest.raises(CommandError, match=r"(?i)password") as refused:
        call_command("create_member", "--organization", "acme", "--email", "a@a.example", "--role", "member")
    assert "\n" not in str(refused.value)
