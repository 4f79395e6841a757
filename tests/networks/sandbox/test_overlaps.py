"""Two posts at once on a practice network: what is there once is used once."""

import pytest
from django.utils.timezone import now

from networks.contract import MediaKind
from networks.sandbox import faults, practice_files
from networks.sandbox.models import Account, Entry, Fault
from organizations.tenancy import scope
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.races import overlapping


@pytest.fixture
def account(few: Few) -> Account:
    with scope(few.acme):
        return Account.objects.create(
            network="x", remote_id=str(few.x.pk), handle=few.acme.slug, name="Acme", created_at=now()
        )


def test_the_last_fault_befalls_one_post(few: Few, account: Account) -> None:
    with scope(few.acme):
        fault = Fault.objects.create(network="x", account=account, kind="limited", left=1)
    met = overlapping(
        "networks.sandbox.faults.use_fault",
        lambda: faults.use_fault(fault),
        lambda: faults.use_fault(fault),
        of=few.acme,
    )
    assert (met.first, met.second) == (False, True)


def test_a_file_is_shown_by_one_post(few: Few, account: Account) -> None:
    with scope(few.acme):
        upload = practice_files.begin_upload(account, kind=MediaKind.IMAGE, content_type="image/png", size=9)
        posts = [
            Entry.objects.create(
                network="x", number=place, remote_id=f"{few.x.pk}-{place}", author=account, created_at=now()
            )
            for place in (1, 2)
        ]
    met = overlapping(
        "networks.sandbox.practice_files.attach_uploads",
        lambda: practice_files.attach_uploads(posts[0], [upload]),
        lambda: practice_files.attach_uploads(posts[1], [upload]),
        of=few.acme,
    )
    assert (type(met.first), met.second) == (practice_files.UploadUsed, None)
    upload.refresh_from_db()
    assert upload.entry_id == posts[1].pk
