"""What the audience says is pushed, in the network's own format, to our own hook."""

import pytest

from networks.contract import Draft, DraftKind
from networks.incoming import intake
from networks.models import WebhookReceipt
from networks.sandbox.actions import write_entry
from networks.sandbox.tasks import push
from networks.signals import inbound_received
from organizations.tenancy import scope


@pytest.fixture
def heard():
    """(profile, item) of everything that was passed up."""
    found = []

    def hear(sender, profile, items, **_) -> None:
        found.extend((profile, item) for item in items)

    inbound_received.connect(hear)
    yield found
    inbound_received.disconnect(hear)


@pytest.fixture(autouse=True)
def _digest_by_hand(monkeypatch) -> None:
    monkeypatch.setattr("networks.views.hooks.request_digest", lambda receipt_id: None)


def digest_all() -> None:
    for pk in WebhookReceipt.objects.filter(digested_at=None).order_by("pk").values_list("pk", flat=True):
        intake.digest_receipt(pk)


def test_a_mention_arrives_signed_and_once(profile, account, nora, acme, pushed, heard) -> None:
    with scope(acme):
        wall = account if account.network == "facebook" else None
        entry = write_entry(nora, f"Hi @{account.handle} – äöü <3", wall=wall)
    (args,) = pushed
    push(*args)
    push(*args)
    assert WebhookReceipt.objects.filter(sandbox=True).count() == 1
    digest_all()
    ((told, item),) = heard
    assert told == profile
    assert (item.remote_id, item.text, item.from_self) == (entry.remote_id, entry.text, False)
    assert item.permalink.startswith(f"{profile.url}?post=") or item.permalink.endswith(f"#post-{entry.remote_id}")


def test_answers_are_pushed_and_our_own_comments_are_echoed(
    profile, account, nora, adapter, acme, pushed, heard
) -> None:
    ours = adapter.publish(Draft(DraftKind.POST, "New boots are in."))
    with scope(acme):
        root = account.entries.get(remote_id=ours.remote_id)
        question = write_entry(nora, "In size 38?", under=root)
    adapter.publish(Draft(DraftKind.REPLY, "Yes!", in_reply_to=question.remote_id))
    for args in pushed:
        push(*args)
    digest_all()
    assert [item.text.rpartition(" ")[2] for _, item in heard if not item.from_self] == ["38?"]
    assert all(item.root_post_id == ours.remote_id for _, item in heard)


def test_a_push_that_is_refused_is_tried_again(account, nora, acme, pushed, settings) -> None:
    with scope(acme):
        write_entry(nora, f"@{account.handle} hello", wall=account if account.network == "facebook" else None)
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    push(*pushed[0])
    assert pushed[1] == (*pushed[0][:2], 1, "add")
    push(*pushed[0][:2], 5)
    assert len(pushed) == 2


def test_a_deleted_entry_is_not_pushed(account, acme, pushed) -> None:
    push(acme.pk, 404)
    assert not WebhookReceipt.objects.exists()
