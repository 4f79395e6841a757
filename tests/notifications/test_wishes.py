"""Everybody chooses how they are told; e-mails wait for the end of quiet hours; the digest comes once a day."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from foundation.errors import Invalid
from organizations.actions.notifications import change_notification_settings, read_all_notifications
from organizations.models import Mail, Notification, NotificationSettings
from organizations.notifications.digests import collect_due_digests
from organizations.notifications.quiet_hours import after_quiet_hours, is_quiet, next_clock_time

MADRID = ZoneInfo("Europe/Madrid")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wish(member, *, quiet=(None, None), digest_at=time(8), **channels):
    return change_notification_settings(
        member, channels=channels, quiet_from=quiet[0], quiet_until=quiet[1], digest_at=digest_at
    )


@pytest.mark.parametrize(
    ("moment", "ends"),
    [
        ("2026-11-20T21:30", "2026-11-21T06:00"),  # 22:30 in Madrid, until 07:00
        ("2026-11-21T03:00", "2026-11-21T06:00"),
        ("2026-11-21T06:00", "2026-11-21T06:00"),  # over
        ("2026-03-28T22:00", "2026-03-29T05:00"),  # the night in which an hour is skipped: 07:00 is earlier in UTC
        ("2026-10-24T21:00", "2026-10-25T06:00"),  # the night in which one occurs twice
    ],
)
def test_quiet_hours_end_by_the_wall_clock(moment, ends):
    assert after_quiet_hours(at(moment), MADRID, time(22), time(7)) == at(ends)


def test_an_end_that_occurs_twice_or_never():
    first, second = at("2026-10-25T00:15"), at("2026-10-25T01:15")  # both 02:15
    assert after_quiet_hours(first, MADRID, time(22), time(2, 30)) == at("2026-10-25T00:30")
    assert after_quiet_hours(second, MADRID, time(22), time(2, 30)) == at("2026-10-25T01:30")
    assert after_quiet_hours(at("2026-03-29T00:30"), MADRID, time(22), time(2, 30)) == at("2026-03-29T01:30")


def test_no_quiet_hours():
    assert not is_quiet(now(), MADRID, None, time(7))
    assert not is_quiet(now(), MADRID, time(7), time(7))
    assert is_quiet(at("2026-11-20T12:00"), MADRID, time(12), time(14))


def test_every_day_has_its_next_moment_across_both_changes():
    moment = at("2026-03-01T00:00")
    for _ in range(365):
        following = next_clock_time(moment, MADRID, time(2, 30))
        assert timedelta(0) < following - moment <= timedelta(hours=25)
        moment = following


def test_mails_wait_until_quiet_hours_end(cast, tell, leave):
    local = now().astimezone(MADRID)
    around = ((local - timedelta(hours=1)).time(), (local + timedelta(hours=1)).time().replace(microsecond=0))
    wish(cast.ed, quiet=around)
    tell(cast.ed)
    assert leave() == []
    assert timedelta(minutes=50) < Mail.objects.get().due_at - now() <= timedelta(hours=1)
    assert Notification.objects.get().in_bell


def test_each_kind_by_each_channel(cast, tell, leave):
    wish(cast.ed, task_given=["bell"], task_due=[], task_done=["email"])
    tell(cast.ed, "given")
    tell(cast.ed, "due", kind="task_due")
    tell(cast.ed, "done", kind="task_done", title="Baked")
    assert [message.subject for message in leave()] == ["Baked · Acme"]
    assert list(Notification.objects.order_by("pk").values_list("cause", "in_bell")) == [
        ("given", True),
        ("done", False),
    ]


def test_a_half_of_quiet_hours_or_an_unknown_kind_changes_nothing(cast, in_acme):
    with pytest.raises(Invalid) as refused:
        wish(cast.ed, quiet=(time(22), None))
    assert set(refused.value.fields) == {"quiet_until"}
    with pytest.raises(Invalid):
        wish(cast.ed, nonsense=["bell"])
    with pytest.raises(Invalid):
        wish(cast.ed, task_given=["pigeon"])
    assert not NotificationSettings.objects.exists()


def test_the_digest_comes_once_with_what_is_unread(cast, tell, leave):
    wish(cast.ed, task_given=["bell", "digest"])
    tell(cast.ed, "a", title="Read")
    read_all_notifications(cast.ed)
    tell(cast.ed, "b", title="Bake bread")
    tell(cast.ed, "c", title="Sweep")
    due = NotificationSettings.objects.get().next_digest_at
    assert due.astimezone(MADRID).time() == time(8)
    assert collect_due_digests(due - timedelta(seconds=1)) == 0
    assert collect_due_digests(due) == 1
    assert collect_due_digests(due) == 0
    Mail.objects.update(due_at=now())
    [message] = leave()
    assert message.subject == "2 things wait for you · Acme"
    assert "Bake bread" in message.body
    assert "Sweep" in message.body
    assert "Read" not in message.body
    next_day = NotificationSettings.objects.get().next_digest_at
    assert next_day > due
    assert collect_due_digests(next_day) == 0  # nothing new: no e-mail


def test_without_a_digest_nothing_is_planned(cast, in_acme):
    assert wish(cast.ed, task_given=["bell"]).next_digest_at is None
