"""CREDENTIAL_KEYS holds several keys: the first encrypts, all decrypt, and a command brings everything under the first."""

from io import StringIO
from json import loads

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from foundation import crypto
from networks.models import Credential
from organizations.actions.sign_on import set_sign_on
from organizations.models import OrganizationSignOn
from socialops.key_rotation import rotate_all_secrets
from tests.cast import Cast

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def secrets(cast: Cast, settings, in_acme) -> Cast:
    """One of each kind, under an older key, which is not the first any more."""
    settings.CREDENTIAL_KEYS = [OLD]
    Credential.objects.filter(profile=cast.x).update(secrets={"access_token": "t"})
    Credential.unscoped.exclude(profile=cast.x).delete()
    given = {
        "issuer": "https://login.example",
        "client_id": "c",
        "client_secret": "s3cret",
        "domains": ["acme.example"],
    }
    set_sign_on(cast.olive, cast.acme, **given, default_role="member", required=False)
    encrypt = get_adapter().encrypt
    steps = {
        Authenticator.Type.TOTP: {"secret": encrypt("totp")},
        Authenticator.Type.RECOVERY_CODES: {"migrated_codes": [encrypt("1"), encrypt("2")], "used_mask": 3},
        Authenticator.Type.WEBAUTHN: {"name": "Key", "credential": {"secret": "is not ours"}},
    }
    for kind, data in steps.items():
        Authenticator.objects.create(user=cast.olive.user, type=kind, data=data)
    settings.CREDENTIAL_KEYS = [NEW, OLD]
    return cast


def rotate() -> dict[str, int]:
    call_command("rotate_keys", stdout=(out := StringIO()))
    return loads(out.getvalue())


def data_of(kind: str) -> dict:
    return Authenticator.objects.get(type=kind).data


def test_all_keys_open_and_the_first_encrypts(secrets: Cast, settings) -> None:
    assert Credential.objects.get().secrets == {"access_token": "t"}
    Credential.objects.update(secrets={"access_token": "u"})
    settings.CREDENTIAL_KEYS = [NEW]
    assert Credential.objects.get().secrets == {"access_token": "u"}
    with pytest.raises(crypto.Undecryptable):
        OrganizationSignOn.objects.get()


def test_the_command_brings_everything_under_the_first(secrets: Cast, settings) -> None:
    assert rotate() == {"credentials": 1, "sign_ons": 1, "second_steps": 2}
    assert rotate() == {"credentials": 0, "sign_ons": 0, "second_steps": 0}
    settings.CREDENTIAL_KEYS = [NEW]
    assert Credential.objects.get().secrets == {"access_token": "t"}
    assert OrganizationSignOn.objects.get().client_secret == "s3cret"
    assert get_adapter().decrypt(data_of(Authenticator.Type.TOTP)["secret"]) == "totp"
    codes = data_of(Authenticator.Type.RECOVERY_CODES)
    assert [get_adapter().decrypt(code) for code in codes["migrated_codes"]] == ["1", "2"]
    assert codes["used_mask"] == 3
    assert data_of(Authenticator.Type.WEBAUTHN)["credential"] == {"secret": "is not ours"}


def test_what_no_key_opens_is_said_and_stays(secrets: Cast, settings) -> None:
    settings.CREDENTIAL_KEYS = [LOST]
    with pytest.raises(crypto.Undecryptable):
        rotate_all_secrets()
    settings.CREDENTIAL_KEYS = [OLD]
    assert Credential.objects.get().secrets == {"access_token": "t"}


def test_nothing_is_stored_in_the_clear(secrets: Cast) -> None:
    rotate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM networks_credential")
        assert crypto.uses_newest_key(cursor.fetchone()[0])


def test_keys_stand_between_commas_and_each_is_one() -> None:
    assert crypto.parse_keys(f" {NEW}, {OLD},,") == [NEW, OLD]
    with pytest.raises(ValueError):
        crypto.parse_keys(f"{NEW},bread")


def test_what_is_encrypted_cannot_be_searched(secrets: Cast) -> None:
    with pytest.raises(ValueError, match="cannot be searched by 'exact'"):
        Credential.objects.filter(secrets="t").exists()
    assert Credential.objects.filter(secrets__isnull=False).count() == 1
