"""Over REST one reads of what waits the same words as on the queue page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from networks.models import Circuit, Limit, Profile
from publishing.instants import format_instant
from tests.cast import Cast
from tests.queue.test_same_words import (
    SOON,
    app_is_limited,
    network_is_silent,
    network_refuses_the_app,
    nothing,
    only_reading_is_limited,
    profile_is_cut_off,
    profile_is_held,
    publishing_is_paused,
)
from tests.rest.caller import caller

HAPPENS = [
    (nothing, None, "Nothing holds it, and yet it has not left"),
    (network_is_silent, "down", "X does not answer. It leaves by itself once the network answers again."),
    (network_refuses_the_app, "refused", "It leaves once that is put right."),
    (app_is_limited, "limit", "X takes no more from this profile for now. It leaves when that is over."),
    (profile_is_held, "limit", "X takes no more from this profile for now. It leaves when that is over."),
    (only_reading_is_limited, None, "Nothing holds it"),
    (profile_is_cut_off, "disconnected", "It leaves once the profile is connected again."),
    (publishing_is_paused, "paused", "Publishing is paused here. It waits until the pause ends."),
]


@pytest.mark.parametrize(("happens", "held", "reason"), HAPPENS)
def test_a_delivery_says_what_it_waits_for(cast: Cast, lay, happens: Callable, held: str | None, reason: str) -> None:
    row = lay("Bread", minutes=-3)
    happens(cast.x)
    olive = caller(cast.olive)
    one = olive.get(f"deliveries/{row.delivery.pk}/").json()
    assert one["held"] == held
    assert reason in one["reason"]
    assert bool(one["held_until"]) == (held == "limit")
    for listed in (olive.get("deliveries/"), olive.get("posts/")):
        [found] = listed.json()["results"]
        found = found["deliveries"][0] if "deliveries" in found else found
        assert {**found, "attempts": 0} == {**one, "attempts": 0}


def test_until_when_is_told(cast: Cast, lay) -> None:
    row = lay("Bread", minutes=-3)
    until = now() + SOON
    Limit.objects.create(network="x", of=Limit.Of.ALL, until=until)
    assert caller(cast.olive).get(f"deliveries/{row.delivery.pk}/").json()["held_until"] == format_instant(until)


def test_what_waits_for_its_time_alone_gives_no_reason(cast: Cast, lay) -> None:
    row = lay("Next week", minutes=7 * 24 * 60)
    for happens in (network_is_silent, app_is_limited, profile_is_held):
        happens(cast.x)
    one = caller(cast.olive).get(f"deliveries/{row.delivery.pk}/").json()
    assert (one["held"], one["held_until"], one["reason"]) == (None, None, None)


def test_a_try_in_vain_is_told(cast: Cast, lay) -> None:
    row = lay("Bread", minutes=-3, reason="The sign-in is renewed first.", attempt_count=1, due_at=now() + SOON)
    one = caller(cast.olive).get(f"deliveries/{row.delivery.pk}/").json()
    assert (one["held"], one["reason"]) == (None, "The sign-in is renewed first. It is tried again.")


@pytest.mark.parametrize("state", ["sent", "cancelled"])
def test_what_has_come_to_an_end_waits_for_nothing(cast: Cast, lay, state: str) -> None:
    row = lay("Bread", minutes=-3, state=state, held="too_late", sent_at=now())
    profile_is_cut_off(cast.x)
    one = caller(cast.olive).get(f"deliveries/{row.delivery.pk}/").json()
    assert (one["held"], one["reason"], one["needs_person"]) == (None, None, False)


@pytest.mark.parametrize("path", ["posts/", "deliveries/", "profiles/"])
def test_lists_cost_the_same_however_many_wait(cast: Cast, lay, django_assert_num_queries, path: str) -> None:
    network_is_silent(cast.x)
    olive = caller(cast.olive)
    lay("Bread", minutes=-3)
    olive.get(path)
    with CaptureQueriesContext(connection) as once:
        olive.get(path)
    for number in range(5):
        lay(f"Bread {number}", minutes=-3)
        Profile.objects.create(network="x", remote_id=f"w{number}", name=f"X {number}")
    with django_assert_num_queries(len(once)):
        assert len(olive.get(path).json()["results"]) > 5


@pytest.mark.parametrize(
    ("happens", "held", "reason"),
    [
        (nothing, None, ""),
        (only_reading_is_limited, None, ""),
        (network_is_silent, "down", "X does not answer."),
        (network_refuses_the_app, "refused", "X takes nothing from our app."),
        (app_is_limited, "limit", "X takes no more from this profile for now."),
        (profile_is_held, "limit", "X takes no more from this profile for now."),
        (publishing_is_paused, "paused", "Publishing is paused here."),
    ],
)
def test_a_profile_says_what_holds_everything_on_it(
    cast: Cast, in_acme, happens: Callable, held: str | None, reason: str
) -> None:
    happens(cast.x)
    olive = caller(cast.olive)
    waits = olive.get(f"profiles/{cast.x.pk}/").json()["waits"]
    assert (waits and waits["held"], waits["reason"] if waits else "") == (held, reason)
    assert bool(waits and waits["until"]) == (held == "limit")
    listed = {one["id"]: one["waits"] for one in olive.get("profiles/").json()["results"]}
    assert listed[cast.x.pk] == waits
    assert listed[cast.page.pk] is None


def test_the_practice_network_of_others_holds_nobody_else(cast: Cast, in_acme) -> None:
    at = now()
    wrong = {"failing_since": at, "opened_at": at, "next_at": at + timedelta(minutes=1)}
    Circuit.objects.create(network="x", sandbox=True, organization=cast.globex, failures=5, **wrong)
    assert caller(cast.olive).get(f"profiles/{cast.x.pk}/").json()["waits"] is None


@pytest.mark.parametrize("state", ["waiting", "sending", "unknown", "sent", "failed", "cancelled"])
def test_the_machinery_moves_no_time_that_people_read(cast: Cast, lay, state: str) -> None:
    row = lay("Bread", minutes=-3, state=state, sent_at=now(), due_at=now() + SOON)
    olive = caller(cast.olive)
    one = olive.get(f"deliveries/{row.delivery.pk}/").json()
    assert one["planned_at"] == format_instant(row.planned_at)
    assert one["due_at"] == format_instant(row.due_at if state == "waiting" else row.planned_at)
    due = [
        bool(olive.get(f"deliveries/?due_before={format_instant(at)}").json()["results"])
        for at in (now(), now() + 2 * SOON)
    ]
    assert due == [state != "waiting", True]


def test_what_was_sent_once_more_is_marked(cast: Cast, lay) -> None:
    row = lay("Bread", minutes=-3, state="sent", sent_at=now(), resends=1)
    one = caller(cast.olive).get(f"deliveries/{row.delivery.pk}/").json()
    assert (one["resends"], one["parts"][0]["resends"]) == (1, 1)
