"""What was read long ago goes, in small batches; what nobody has read stays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from foundation.database import purges
from organizations.actions.notifications import read_all_notifications
from organizations.models import Mail, Notification
from organizations.notifications import retention
from organizations.notifications.retention import purge_read_notices
from organizations.tasks import purge_notices
from organizations.tenancy import scope
from socialops.celery import app

LONG_AGO = timedelta(days=91)


@pytest.fixture
def read(cast, tell):
    """One that was read and one that was not, both long ago, with their e-mails."""
    tell(cast.ed, "old", title="Read long ago")
    read_all_notifications(cast.ed)
    tell(cast.ed, "unread", title="Not read yet")
    Notification.objects.filter(cause="old").update(read_at=now() - LONG_AGO)
    Mail.objects.update(created_at=now() - LONG_AGO)


def causes() -> set[str]:
    return set(Notification.objects.values_list("cause", flat=True))


def test_only_what_was_read_long_ago_goes(cast, read):
    purge_notices()
    assert causes() == {"unread"}
    assert Mail.objects.filter(state="waiting").count() == 2, "what is to be sent stays"


def test_so_do_the_emails_that_left(cast, read, leave):
    leave()
    assert set(Mail.objects.values_list("state", flat=True)) == {"dropped", "sent"}
    assert purge_read_notices(now(), days=90) == 3
    assert not Mail.objects.exists()
    assert causes() == {"unread"}


def test_it_is_kept_as_long_as_was_said(cast, read, settings):
    assert purge_read_notices(now(), days=92) == 0
    settings.NOTICE_RETENTION_DAYS = 0
    purge_notices()
    assert causes() == {"old", "unread"}


def test_in_small_batches_of_every_organization(cast, tell, monkeypatch):
    monkeypatch.setattr(purges, "BATCH", 3)
    for member in (cast.ed, cast.mallory):
        with scope(member.organization_id):
            for number in range(4):
                tell(member, f"old-{number}")
            Notification.objects.update(read_at=now() - LONG_AGO)
    monkeypatch.setattr(purges, "BATCHES", 2)
    assert purge_read_notices(now(), days=90) == 6
    assert purge_read_notices(now(), days=90) == 2
    assert not Notification.unscoped.exists()


def test_each_batch_has_its_index(cast, tell):
    tell(cast.ed)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    old = now() - LONG_AGO
    assert "notification_read" in Notification.unscoped.filter(read_at__lt=old).order_by("read_at")[:5].explain()
    mails = Mail.unscoped.filter(state__in=retention.SETTLED_STATES, created_at__lt=old).order_by("created_at")
    assert "mail_settled" in mails[:5].explain()


def test_beat_wakes_it():
    assert "organizations.tasks.purge_notices" in {one["task"] for one in app.conf.beat_schedule.values()}
