"""What comes in: polls that move their cursor only with the items, pushes that are kept before they are read."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from networks.incoming.intake import (
    claim_poll,
    count_due_polls,
    digest_receipt,
    list_undigested_receipts,
    poll_profile,
    release_poll,
)
from networks.models import Cursor, Profile, WebhookReceipt
from networks.signals import inbound_received
from organizations.tenancy import scope
from tests import builders

pytestmark = pytest.mark.usefixtures("empty")


@pytest.fixture
def arrived():
    """Collects what the floors above are told: [(profile id, remote id)]."""
    found: list[tuple[int, str]] = []

    def receiver(sender, profile, items, **kwargs) -> None:
        found.extend((profile.pk, item.remote_id) for item in items)

    inbound_received.connect(receiver)
    yield found
    inbound_received.disconnect(receiver)


def poll(outbox) -> None:
    while claimed := claim_poll(now()):
        organization_id, profile_id = claimed
        with scope(organization_id):
            try:
                poll_profile(profile_id)
            finally:
                release_poll(profile_id)


def make_due() -> None:
    Cursor.unscoped.update(next_poll_at=now())


def test_a_poll_passes_everything_up_once(outbox, arrived) -> None:
    ids = [outbox.network.mention(f"Hello {number}") for number in range(5)]  # more than the fake's page holds
    poll(outbox)
    assert arrived == [(outbox.profile.pk, remote_id) for remote_id in ids]
    make_due()
    newest = outbox.network.mention("One more")
    poll(outbox)
    assert arrived[5:] == [(outbox.profile.pk, newest)]


def test_it_is_asked_again_after_the_interval_and_not_before(outbox, settings) -> None:
    settings.INBOUND_POLL_SECONDS = 7
    claimed = (outbox.profile.organization_id, outbox.profile.pk)
    assert claim_poll(now()) == claimed
    assert claim_poll(now() + timedelta(seconds=7)) is None  # the first one is still asking
    with scope(outbox.profile.organization_id):
        release_poll(outbox.profile.pk)
    assert claim_poll(now()) is None
    assert claim_poll(now() + timedelta(seconds=7)) == claimed


def test_it_does_not_miss_the_beat_of_its_time(outbox, settings) -> None:
    settings.INBOUND_POLL_SECONDS = 2
    at = now()
    assert claim_poll(at)
    with scope(outbox.profile.organization_id):
        release_poll(outbox.profile.pk)
    assert claim_poll(at + timedelta(seconds=1.99))


def test_a_poller_that_died_is_replaced(outbox, settings) -> None:
    settings.INBOUND_POLL_SECONDS = 5
    assert claim_poll(now())
    assert claim_poll(now() + timedelta(seconds=30)) is None
    assert claim_poll(now() + timedelta(seconds=50))


def test_networks_that_hang_take_only_half_of_the_workers(outbox, settings) -> None:
    settings.POLLS_IN_FLIGHT = 2
    organization = outbox.profile.organization
    for _ in range(4):
        builders.profile(organization, "x")
    assert count_due_polls(now()) == 2
    assert claim_poll(now())
    assert count_due_polls(now()) == 1
    assert claim_poll(now())
    assert count_due_polls(now()) == 0


def test_a_receiver_that_fails_leaves_the_cursor_where_it_was(outbox, arrived) -> None:
    outbox.network.mention("Hello")

    def failing(sender, **kwargs) -> None:
        raise RuntimeError("the inbox is broken")

    inbound_received.connect(failing)
    try:
        with pytest.raises(RuntimeError):
            poll(outbox)
    finally:
        inbound_received.disconnect(failing)
    assert Cursor.unscoped.get().position == {}
    arrived.clear()
    make_due()
    poll(outbox)
    assert len(arrived) == 1


@pytest.mark.parametrize(
    ("fault", "state"), [("error", "connected"), ("limited", "connected"), ("signed_out", "disconnected")]
)
def test_a_failed_poll_waits_and_says_why(outbox, fault: str, state: str) -> None:
    outbox.network.fail_next(fault, read=True)
    poll(outbox)
    cursor = Cursor.unscoped.get()
    assert cursor.failures == 1
    assert cursor.error
    assert cursor.next_poll_at > now()
    assert Profile.unscoped.get().state == state


def push_body(profile: Profile, remote_id: str = "c1") -> bytes:
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": remote_id,
        "post_id": f"{profile.remote_id}_1",
        "parent_id": f"{profile.remote_id}_1",
        "from": {"id": "9", "name": "Fan"},
        "message": "Grüße",
        "created_time": 1767322000,
    }
    entry = {"id": profile.remote_id, "time": 1767322000, "changes": [{"field": "feed", "value": value}]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def push(body: bytes, secret: str, network: str = "facebook"):
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Client(raise_request_exception=False).post(
        f"/hooks/{network}/", body, content_type="application/json", headers={"X-Hub-Signature-256": signature}
    )


@pytest.fixture
def meta_app(settings) -> str:
    app = {"app_secret": "s3cret", "verify_token": "tell-me", "app_id": "1", "api_version": "v25.0"}
    settings.NETWORK_APPS = {**settings.NETWORK_APPS, "facebook": app}
    return "s3cret"


def test_a_push_is_kept_once_and_digested_once(cast, arrived, meta_app: str) -> None:
    body = push_body(cast.page)
    assert [push(body, meta_app).status_code for _ in range(2)] == [200, 200]
    receipt = WebhookReceipt.objects.get()
    digest_receipt(receipt.pk)
    digest_receipt(receipt.pk)
    assert arrived == [(cast.page.pk, "c1")]
    assert list_undigested_receipts(now() + timedelta(minutes=1)) == []


def test_a_push_nobody_digested_is_swept_up(cast, meta_app: str) -> None:
    push(push_body(cast.page), meta_app)
    assert list_undigested_receipts(now()) == []
    assert len(list_undigested_receipts(now() + timedelta(seconds=10))) == 1


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_push_with_a_wrong_signature_is_refused(cast, meta_app: str, secret: str) -> None:
    assert push(push_body(cast.page), secret).status_code == 403
    assert not WebhookReceipt.objects.exists()


def test_without_an_app_secret_no_signature_fits(cast, settings) -> None:
    settings.NETWORK_APPS = {**settings.NETWORK_APPS, "facebook": {"app_secret": ""}}
    assert push(push_body(cast.page), "").status_code == 403


def test_the_practice_network_cannot_speak_for_a_real_profile(cast, arrived) -> None:
    from networks.views.hooks import sandbox_secret

    assert push(push_body(cast.page), sandbox_secret("facebook")).status_code == 200
    digest_receipt(WebhookReceipt.objects.get().pk)
    assert arrived == []


def test_nonsense_that_is_signed_is_kept_and_closed_with_its_reason(cast, arrived, meta_app: str) -> None:
    for body in (b"", b"[]", b'"x"', b"{", b'{"entry": 7}', b'{"entry": [{"changes": null}]}', b"\xff\xfe"):
        assert push(body, meta_app).status_code == 200
    for receipt in WebhookReceipt.objects.all():
        digest_receipt(receipt.pk)
    assert arrived == []
    assert list_undigested_receipts(now() + timedelta(minutes=1)) == []


def test_handshakes(cast, meta_app: str) -> None:
    client = Client()
    good = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "tell-me"}
    answer = client.get("/hooks/facebook/", good)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert client.get("/hooks/facebook/", {**good, "hub.verify_token": "guess"}).status_code == 403
    assert client.get("/hooks/nowhere/").status_code == 404
