"""Deleting what was published: done again until it is known, and asked for once."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from networks.actions.outgoing import (
    delete_remote_post,
)
from networks.models import Outgoing, RemotePost
from networks.outbox.claims import begin_next_row, reap_lost_rows
from networks.outbox.sending import call_network
from organizations.tenancy import scope
from tests import builders
from tests.outbox.conftest import Outbox
from tests.outbox.rows import steps


def deletion(outbox: Outbox, row: Outgoing) -> Outgoing:
    with scope(outbox.profile.organization_id):
        return delete_remote_post(builders.SETUP, RemotePost.objects.select_related("profile").get(outgoing=row))


@pytest.mark.parametrize("network", ["x", "facebook"])
@pytest.mark.parametrize("fault", ["", "cut", "cut_after", "error", "nonsense"])
def test_a_deletion_is_repeated_until_it_is_known(outbox: Outbox, page: Outbox, network: str, fault: str) -> None:
    box = {"x": outbox, "facebook": page}[network]
    row = box.put("Oops")
    box.step()
    if fault:
        box.network.fail_next(fault)
    gone = deletion(box, row)
    steps(box, [timedelta(0), timedelta(seconds=5), timedelta(seconds=10)])
    assert box.network.published_texts() == []
    assert box.row(gone).state == "sent"
    copy = RemotePost.unscoped.get(outgoing=row)
    assert copy.deleted_at
    assert copy.deleted_by == builders.SETUP.name


def test_a_worker_killed_while_deleting_is_followed_by_another(outbox: Outbox) -> None:
    row = outbox.put("Oops")
    outbox.step()
    gone = deletion(outbox, row)
    with scope(outbox.profile.organization_id):
        call_network(begin_next_row(now())[0])
    reap_lost_rows(now() + timedelta(minutes=2))
    steps(outbox, [timedelta(minutes=2), timedelta(minutes=3)])
    assert outbox.row(gone).state == "sent"


def test_what_is_gone_on_the_network_already_counts_as_deleted(outbox: Outbox) -> None:
    row = outbox.put("Oops")
    outbox.step()
    outbox.network.own.clear()
    gone = deletion(outbox, row)
    outbox.step()
    assert outbox.row(gone).state == "sent"


def test_what_facebook_shows_but_does_not_delete_is_not_called_deleted(page: Outbox) -> None:
    row = page.put("Oops")
    page.step()
    page.network.fail_next("lost_page")
    gone = deletion(page, row)
    page.step()
    assert page.row(gone).state == "failed"
    assert RemotePost.unscoped.get(outgoing=row).deleted_at is None
    again = deletion(page, row)
    page.step()
    assert again.pk == gone.pk
    assert RemotePost.unscoped.get(outgoing=row).deleted_at


def test_a_deletion_is_asked_for_once(outbox: Outbox) -> None:
    row = outbox.put("Oops")
    outbox.step()
    deletion(outbox, row)
    with pytest.raises(Conflict):
        deletion(outbox, row)
