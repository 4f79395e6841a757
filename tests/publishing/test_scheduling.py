"""When it goes out: at once, later, at another time, or not at all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from networks.models import Outgoing
from networks.outbox.settling import notify_settled
from publishing.actions.deliveries import cancel_delivery, resolve_delivery, retry_delivery
from publishing.actions.schedule import cancel_post, move_post, publish_now, schedule_post
from publishing.models import Delivery
from publishing.planning.planned_times import instant_of_clock, same_clock_on_day, wall_time
from tests.cast import Cast

MADRID = ZoneInfo("Europe/Madrid")


def stand(post, state: str, *, of: str = "x", **more) -> Delivery:
    """As if the outbox had brought that profile's row so far."""
    row = Outgoing.objects.get(delivery__post=post, profile__network=of)
    Outgoing.objects.filter(pk=row.pk).update(state=state, **more)
    return Delivery.objects.select_related("profile", "outgoing").get(outgoing=row)


def test_a_planned_time_keeps_its_zone_and_wall_clock(cast: Cast, write) -> None:
    at = datetime(now().year + 1, 7, 1, 7, 30, tzinfo=UTC)
    post = schedule_post(cast.priya, write(cast.priya), at=at)
    assert (post.planned_zone, post.planned_wall.hour) == ("Europe/Madrid", 9)
    elsewhere = schedule_post(cast.priya, write(cast.priya), at=at, zone="Asia/Tokyo")
    assert (elsewhere.planned_zone, elsewhere.planned_wall.hour) == ("Asia/Tokyo", 16)


def test_another_day_keeps_the_wall_clock_across_a_change_of_the_clocks() -> None:
    at = instant_of_clock(date(2026, 3, 28), datetime(2026, 1, 1, 9, 0).time(), MADRID)
    after, _ = same_clock_on_day(at, wall_time(at, MADRID), "Europe/Madrid", to=date(2026, 3, 30), seen_in=MADRID)
    assert (after - at, after.astimezone(MADRID).hour) == (timedelta(hours=47), 9)


def test_the_day_that_is_meant_is_one_of_the_movers_calendar() -> None:
    """Late in Madrid it is the next day in Tokyo already: from there to the 30th is one day on, not two."""
    at = instant_of_clock(date(2026, 3, 28), time(23, 30), MADRID)
    on, meant = same_clock_on_day(
        at, wall_time(at, MADRID), "Europe/Madrid", to=date(2026, 3, 30), seen_in=ZoneInfo("Asia/Tokyo")
    )
    assert on.astimezone(MADRID).replace(tzinfo=None) == datetime(2026, 3, 29, 23, 30)
    assert meant == datetime(2026, 3, 29, 23, 30, tzinfo=UTC)
    assert (
        same_clock_on_day(
            at, wall_time(at, MADRID), "Europe/Madrid", to=date(2026, 3, 29), seen_in=ZoneInfo("Asia/Tokyo")
        )[0]
        == at
    )


@pytest.mark.parametrize("shift", [timedelta(minutes=-2), timedelta(days=800)])
def test_past_and_far_times_are_refused(cast: Cast, write, shift: timedelta) -> None:
    with pytest.raises(Invalid) as wrong:
        schedule_post(cast.priya, write(cast.priya), at=now() + shift)
    assert list(wrong.value.fields) == ["scheduled_at"]


def test_only_publishers_schedule(cast: Cast, write, tomorrow) -> None:
    post = write(cast.ed)
    for member in (cast.ed, cast.cole, cast.ana, cast.vic):
        with pytest.raises(PermissionDenied):
            schedule_post(member, post, at=tomorrow)


def test_pressed_twice_it_leaves_once(cast: Cast, write, rows_of) -> None:
    post = write(cast.priya, "One", cast.x)
    publish_now(cast.priya, post)
    publish_now(cast.priya, post)
    assert rows_of(post) == [("x", "waiting", "One")]
    stand(post, "sending")
    with pytest.raises(Conflict):
        publish_now(cast.priya, post)


def test_a_scheduled_post_moves_with_its_rows(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    later = tomorrow + timedelta(days=3)
    assert move_post(cast.priya, post, at=later).planned_at == later
    assert set(Outgoing.objects.values_list("due_at", "planned_at")) == {(later, later)}
    stand(post, "sending")
    with pytest.raises(Conflict):
        move_post(cast.priya, post, at=tomorrow)
    assert Outgoing.objects.filter(due_at=later).count() == 2


def test_a_contributor_moves_a_draft_but_not_what_is_scheduled(cast: Cast, write, tomorrow) -> None:
    draft = move_post(cast.ed, write(cast.ed), at=tomorrow)
    assert (draft.state, draft.planned_at) == ("draft", tomorrow)
    post = schedule_post(cast.priya, draft, at=tomorrow)
    with pytest.raises(PermissionDenied):
        move_post(cast.ed, post, at=tomorrow + timedelta(days=1))


def test_cancelling_stops_what_has_not_left(cast: Cast, write, rows_of, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    stand(post, "sent", sent_at=now())
    assert cancel_post(cast.priya, post).state == "cancelled"
    assert {network: state for network, state, _ in rows_of(post)} == {"x": "sent", "facebook": "cancelled"}


def test_what_has_left_entirely_cannot_be_cancelled(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya, "One", cast.x), at=tomorrow)
    stand(post, "sent", sent_at=now())
    with pytest.raises(Conflict):
        cancel_post(cast.priya, post)


def test_a_sending_under_way_at_the_cancellation_is_not_repeated(cast: Cast, write, rows_of, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    stand(post, "sending")
    cancel_post(cast.priya, post)
    back = stand(post, "waiting").outgoing
    notify_settled(back)
    assert {state for _, state, _ in rows_of(post)} == {"cancelled"}


def test_a_failed_delivery_is_tried_again_and_cancelled(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    failed = stand(post, "failed", reason="Too long")
    with pytest.raises(PermissionDenied):
        retry_delivery(cast.ed, failed)
    assert retry_delivery(cast.priya, failed).outgoing.state == "waiting"
    assert cancel_delivery(cast.priya, failed).outgoing.state == "cancelled"
    with pytest.raises(Conflict):
        retry_delivery(cast.priya, failed)


def test_what_may_be_there_is_only_cancelled_once_a_person_is_asked(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    with pytest.raises(Conflict):
        cancel_delivery(cast.priya, stand(post, "unknown"))
    asked = stand(post, "unknown", needs_person=True)
    assert cancel_delivery(cast.priya, asked).outgoing.state == "cancelled"


def test_a_person_finds_it_by_its_address(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    page = stand(post, "unknown", of="facebook", needs_person=True)
    address = "https://www.facebook.com/acmepage/posts/123456"
    found = resolve_delivery(cast.priya, page, there=True, permalink=address)
    assert found.outgoing.state == "sent"
    assert found.outgoing.remote_post.remote_id == f"{cast.page.remote_id}_123456"
    again = resolve_delivery(cast.priya, stand(post, "unknown", needs_person=True), there=False)
    assert again.outgoing.state == "waiting"


def test_an_address_of_another_post_is_not_taken(cast: Cast, write, tomorrow) -> None:
    one, two = (schedule_post(cast.priya, write(cast.priya), at=tomorrow) for _ in range(2))
    resolve_delivery(cast.priya, stand(one, "unknown"), there=True, remote_id="55")
    for reference in ({"remote_id": "55"}, {"permalink": "https://x.com/acme"}, {"remote_id": "<script>"}, {}):
        with pytest.raises(Invalid):
            resolve_delivery(cast.priya, stand(two, "unknown"), there=True, **reference)
