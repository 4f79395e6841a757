"""What a network may push: as much as it gathered, and nothing that it did not sign."""

import hashlib
import hmac
import json

import pytest
from django.test import Client

from networks.incoming.push_size import MAX_PUSH_BYTES
from networks.models import WebhookReceipt
from socialops.door import request_bodies
from socialops.door.request_refusals import build_refusal_body

SECRET = "app-secret"


@pytest.fixture(autouse=True)
def signed_by_us(monkeypatch, settings):
    settings.NETWORK_APPS = {**settings.NETWORK_APPS, "facebook": {"app_secret": SECRET}}
    monkeypatch.setattr("networks.views.hooks.request_digest", lambda pk: None)


def push(body: bytes, secret: str = SECRET, **more: str):
    seal = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": seal, **more}
    return Client().post("/hooks/facebook/", body, content_type="application/json", headers=headers)


def of(size: int) -> bytes:
    return b'{"object":"page","entry":[]' + b" " * (size - 28) + b"}"


@pytest.mark.django_db
@pytest.mark.parametrize("size", [100, 3_000_000, MAX_PUSH_BYTES])
def test_a_signed_push_is_kept_whole(size: int) -> None:
    assert push(of(size)).status_code == 200
    assert bytes(WebhookReceipt.objects.get().body) == of(size)


@pytest.mark.django_db
def test_what_is_larger_is_refused_in_json(db) -> None:
    answer = push(of(MAX_PUSH_BYTES + 1))
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert "10 MB" in answer.json()["detail"]
    assert not WebhookReceipt.objects.exists()


@pytest.mark.django_db
def test_a_large_one_of_somebody_else_is_not_kept() -> None:
    assert push(of(3_000_000), "guessed").status_code == 403
    assert not WebhookReceipt.objects.exists()


def test_the_door_lets_in_as_much_and_says_no_in_json() -> None:
    bounds = request_bodies.find_body_bounds("/hooks/facebook/")
    assert bounds.most == bounds.strangers == MAX_PUSH_BYTES
    kind, body = build_refusal_body("/hooks/facebook/", 413, request_bodies.too_large_body(bounds))
    assert (kind, json.loads(body)["detail"]) == ("application/problem+json", request_bodies.too_large_body(bounds))
    assert "10 MB" in request_bodies.too_large_body(bounds)
