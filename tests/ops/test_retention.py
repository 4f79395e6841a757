"""What nobody will ask for again goes by age, in small batches with an index; what is younger, or not read, stays."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.timezone import now

from foundation.database import purges
from networks.models import WebhookReceipt
from networks.tasks import purge_receipts
from organizations.models import ApiToken, IdempotentAnswer
from organizations.notifications import retention
from organizations.tasks import purge_old
from organizations.tenancy import scope
from publishing.models import Asset
from publishing.tasks import purge_files
from socialops.celery import app
from tests.cast import Cast
from tests.rest.caller import caller


@pytest.fixture
def answers(cast: Cast) -> None:
    """Of two organizations: three old ones and a young one each."""
    for member in (cast.olive, cast.mallory):
        caller(member)
        with scope(member.organization_id):
            token = ApiToken.objects.get()
            for hours in (25, 26, 27, 23):
                row = IdempotentAnswer.objects.create(token=token, key=str(hours), fingerprint="0")
                IdempotentAnswer.objects.filter(pk=row.pk).update(created_at=now() - timedelta(hours=hours))


def test_answers_go_after_a_day(answers: None) -> None:
    purge_old()
    assert set(IdempotentAnswer.unscoped.values_list("key", flat=True)) == {"23"}


def test_or_when_was_said(answers: None, settings) -> None:
    settings.IDEMPOTENCY_RETENTION_HOURS = 26
    purge_old()
    assert set(IdempotentAnswer.unscoped.values_list("key", flat=True)) == {"23", "25"}


def test_a_run_is_bounded(answers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purges, "BATCH", 2)
    monkeypatch.setattr(purges, "BATCHES", 2)
    assert retention.purge_idempotent_answers(now(), hours=24) == 4
    assert retention.purge_idempotent_answers(now(), hours=24) == 2


def session(cast: Cast, ends: datetime) -> str:
    key = uuid4().hex
    Session.objects.create(session_key=key, session_data="", expire_date=ends)
    UserSession.objects.create(user=cast.ed.user, session_key=key, ip="127.0.0.1", user_agent="")
    return key


def test_sessions_go_when_their_time_is_over_and_their_devices_with_them(cast: Cast) -> None:
    over, alive = session(cast, now() - timedelta(seconds=1)), session(cast, now() + timedelta(hours=1))
    purge_old()
    assert set(Session.objects.values_list("pk", flat=True)) == {alive}
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {alive}
    assert over != alive


def receipt(read: datetime | None) -> str:
    digest = uuid4().hex
    WebhookReceipt.objects.create(network="x", digest=digest, body=b"{}", received_at=now(), digested_at=read)
    return digest


def test_receipts_go_a_month_after_they_were_read(db: None) -> None:
    receipt(now() - timedelta(days=31))
    kept = {receipt(now() - timedelta(days=29)), receipt(None)}
    purge_receipts()
    assert set(WebhookReceipt.objects.values_list("digest", flat=True)) == kept


def test_files_without_a_post_go_when_was_said(cast: Cast, in_acme: None, settings) -> None:
    settings.UNUSED_FILE_RETENTION_DAYS = 3
    for days in (4, 2):
        given = {"kind": "image", "content_type": "image/png", "width": 1, "height": 1, "bytes": 1, "sha256": "0"}
        asset = Asset.objects.create(organization=cast.acme, file=f"assets/{days}.png", **given)
        Asset.objects.filter(pk=asset.pk).update(created_at=now() - timedelta(days=days))
    purge_files()
    assert [str(asset.file) for asset in Asset.objects.all()] == ["assets/2.png"]


def test_each_has_its_index(answers: None) -> None:
    receipt(now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    old = now() - timedelta(days=1)
    plans = {
        "idempotency_oldest": IdempotentAnswer.unscoped.filter(created_at__lt=old).order_by("created_at"),
        "receipt_read": WebhookReceipt.objects.filter(digested_at__lt=old).order_by("digested_at"),
        "django_session_expire_date": Session.objects.filter(expire_date__lt=old).order_by("expire_date"),
    }
    for index, rows in plans.items():
        assert index in rows[:5].explain()


def test_beat_wakes_them() -> None:
    woken = {one["task"] for one in app.conf.beat_schedule.values()}
    assert {"organizations.tasks.purge_old", "networks.tasks.purge_receipts", "publishing.tasks.purge_files"} <= woken


def test_whatever_beat_asks_for_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {one["task"] for one in app.conf.beat_schedule.values()} <= set(app.tasks)
