"""A post that has become too late waits for a person: who is told, and what they can do."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from networks.models import Held, Outgoing
from networks.outbox.claims import begin_next_row
from networks.outbox.sending import send_next
from organizations.models import AuditEntry, Notification, Organization
from publishing.actions.delivery_times import move_delivery
from publishing.actions.schedule import publish_now, schedule_post
from publishing.models import Delivery, Post
from tests.cast import Cast
from tests.posts import create_post

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture(autouse=True)
def strict(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(too_late_minutes=30)


def late(cast: Cast, *, by: timedelta = timedelta(hours=2)) -> Delivery:
    """A post of Ed's for X that was held just now."""
    post = create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk])
    schedule_post(cast.priya, post, at=now() + timedelta(minutes=1))
    at = now() - by
    Outgoing.objects.filter(delivery__post=post).update(planned_at=at, due_at=at)
    Post.objects.filter(pk=post.pk).update(planned_at=at)
    assert send_next()
    delivery = Delivery.objects.select_related("outgoing", "profile", "post").get(post=post)
    assert delivery.outgoing.held == Held.TOO_LATE
    return delivery


def test_its_writer_and_those_who_may_publish_are_told_once_for_all_of_a_profile(cast: Cast) -> None:
    first = late(cast)
    late(cast)
    told = Notification.objects.filter(kind="delivery_late")
    assert {one.member_id for one in told} == {one.pk for one in (cast.ed, cast.priya, cast.lena, cast.ava)}
    assert {one.count for one in told} == {2}
    assert told[0].title.startswith(f"A post for {first.profile.name} is too late")


def test_its_page_the_queue_and_home_offer_the_decision(cast: Cast, sign_in) -> None:
    delivery = late(cast)
    client = sign_in(cast.priya)
    for address in (f"/o/acme/posts/{delivery.post_id}/", "/o/acme/queue/?state=held"):
        text = client.get(address).content.decode()
        for word in ("Send now", "Another time", "Cancel", "after its time"):
            assert word in text, (address, word)
    assert "Decide when it leaves" in client.get("/o/acme/").content.decode()
    assert "Held" in client.get("/o/acme/posts/?state=held").content.decode()


def test_sending_it_now_sends_it_however_late(cast: Cast, sign_in) -> None:
    delivery = late(cast)
    sign_in(cast.priya).post(f"/o/acme/deliveries/{delivery.pk}/send/")
    found = begin_next_row(now())
    assert found is not None
    assert (found[0].pk, found[0].state) == (delivery.outgoing_id, "sending")
    assert AuditEntry.objects.filter(verb="delivery.moved", actor_id=cast.priya.pk).exists()
    assert not Notification.objects.filter(kind="delivery_late", read_at=None).exists()


def test_another_time_is_a_time_of_this_profile_alone(cast: Cast, sign_in) -> None:
    delivery = late(cast)
    day = (now() + timedelta(days=2)).date().isoformat()
    sign_in(cast.priya).post(f"/o/acme/deliveries/{delivery.pk}/move/", {"day": day, "clock": "09:00"})
    row = Outgoing.objects.get(pk=delivery.outgoing_id)
    assert (row.state, row.held, row.reason, row.planned_at.date().isoformat()) == ("waiting", "", "", day)


@pytest.mark.parametrize("body", [{}, {"day": "x", "clock": "y"}, {"day": "2001-01-01", "clock": "09:00"}])
def test_no_time_or_a_past_one_leaves_it_held(cast: Cast, sign_in, body) -> None:
    delivery = late(cast)
    sign_in(cast.priya).post(f"/o/acme/deliveries/{delivery.pk}/move/", body)
    assert Outgoing.objects.get(pk=delivery.outgoing_id).held == Held.TOO_LATE


def test_publishing_the_whole_post_now_is_an_answer_too(cast: Cast) -> None:
    delivery = late(cast)
    publish_now(cast.priya, delivery.post)
    assert Outgoing.objects.get(pk=delivery.outgoing_id).held == ""


def test_only_who_may_publish_decides_and_only_what_waits(cast: Cast) -> None:
    delivery = late(cast)
    with pytest.raises(PermissionDenied):
        move_delivery(cast.ed, delivery, at=now())
    with pytest.raises(Invalid):
        move_delivery(cast.priya, delivery, at=now() - timedelta(hours=1))
    Outgoing.objects.filter(pk=delivery.outgoing_id).update(state="failed")
    with pytest.raises(Conflict):
        move_delivery(cast.priya, delivery, at=now())


def test_by_rest(cast: Cast, api) -> None:
    delivery = late(cast)
    priya = api(cast.priya)
    seen = priya.get(f"deliveries/{delivery.pk}/").json()
    assert (seen["state"], seen["held"], seen["needs_person"]) == ("waiting", "too_late", True)
    assert priya.post(f"deliveries/{delivery.pk}/schedule/", {}).status_code == 400
    assert api(cast.ed).post(f"deliveries/{delivery.pk}/schedule/", {"publish_now": True}).status_code == 403
    moved = priya.post(f"deliveries/{delivery.pk}/schedule/", {"publish_now": True}).json()
    assert (moved["held"], moved["needs_person"], moved["error"]) == (None, False, None)


def test_the_settings_take_minutes_or_nothing(cast: Cast, sign_in) -> None:
    client = sign_in(cast.olive)
    form = {"name": "Acme", "time_zone": "Europe/Madrid", "locale": "", "brand_colour": ""}
    for typed, kept in (("90", 90), ("0", 90), ("-5", 90), ("10081", 90), ("soon", 90), ("", None), ("15", 15)):
        client.post("/o/acme/settings/organization/", {**form, "too_late_minutes": typed})
        assert Organization.objects.get(pk=cast.acme.pk).too_late_minutes == kept, typed
    assert 'value="15"' in client.get("/o/acme/settings/").content.decode()
