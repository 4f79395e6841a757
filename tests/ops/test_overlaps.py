"""What an installation does one at a time, whoever asks."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.db import connection

from foundation.processes.advisory_permits import advisory_permit
from networks.models import Credential
from organizations.tenancy import scope
from socialops.key_rotation import rotate_column, rotate_second_steps
from socialops.migration_runs import lock_migrations
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.races import overlapping

pytestmark = pytest.mark.usefixtures("few")


class Waits(Exception):
    pass


def test_the_only_seat_is_one_connection_s() -> None:
    def sit() -> bool:
        with advisory_permit("look", 1) as free:
            return free

    met = overlapping("foundation.processes.advisory_permits.advisory_permit", sit, sit, of=None)
    assert (met.first, met.second, met.waited) == (True, False, False)


def test_one_migrates_at_a_time() -> None:
    def waiting() -> None:
        raise Waits

    def migrate() -> bool:
        with lock_migrations(connection, waiting):
            return True

    met = overlapping("socialops.migration_runs.lock_migrations", migrate, migrate, of=None)
    assert (met.first, type(met.second)) == (True, Waits)


def test_what_is_renewed_meanwhile_is_not_brought_back_under_a_new_key(few: Few, settings) -> None:
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]
    rows = Credential.unscoped.filter(profile=few.x)  # unscoped: as the command has them
    met = overlapping(
        "socialops.key_rotation.rotate_column",
        lambda: rotate_column(rows, "secrets"),
        lambda: Credential.unscoped.filter(profile=few.x).update(secrets={"access_token": "renewed"}),
        of=None,
    )
    assert (met.first, met.second) == (0, 1)
    with scope(few.acme):
        assert Credential.objects.get(profile=few.x).secrets == {"access_token": "renewed"}


def test_nor_is_a_recovery_code_that_is_used_meanwhile(few: Few, settings) -> None:
    Authenticator.objects.all().delete()
    seed = {"seed": get_adapter().encrypt("seed")}
    codes = Authenticator.objects.create(user=few.cole.user, type="recovery_codes", data={**seed, "used_mask": 0})
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]
    met = overlapping(
        "socialops.key_rotation.rotate_second_steps",
        rotate_second_steps,
        lambda: Authenticator.objects.filter(pk=codes.pk).update(data={**seed, "used_mask": 1}),
        of=None,
    )
    assert (met.first, met.second) == (0, 1)
    codes.refresh_from_db()
    assert codes.data["used_mask"] == 1
