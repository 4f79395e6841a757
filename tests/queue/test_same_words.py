"""The list of posts says of what waits the same words as the queue."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from networks.models import Circuit, Limit, Outgoing, Profile
from publishing.queries.posts import list_posts, shown_state_case, with_shown_state
from publishing.queries.queue import count_by_place, visible_rows
from tests.cast import Cast

SOON = timedelta(minutes=15)


def nothing(profile: Profile) -> None:
    pass


def network_is_silent(profile: Profile) -> None:
    Circuit.objects.create(network="x", failures=5, failing_since=now(), opened_at=now(), next_at=now() + SOON)


def network_refuses_the_app(profile: Profile) -> None:
    Circuit.objects.create(network="x", failing_since=now(), opened_at=now(), next_at=now() + SOON)


def app_is_limited(profile: Profile) -> None:
    Limit.objects.create(network="x", of=Limit.Of.ALL, until=now() + SOON)


def last_is_kept_for_replies(profile: Profile) -> None:
    Limit.objects.create(network="x", profile=profile, of=Limit.Of.POSTS, until=now() + SOON)


def only_reading_is_limited(profile: Profile) -> None:
    Limit.objects.create(network="x", profile=profile, of=Limit.Of.READS, until=now() + SOON)


def limit_is_over(profile: Profile) -> None:
    Limit.objects.create(network="x", of=Limit.Of.ALL, until=now())


def another_is_limited(profile: Profile) -> None:
    other = Profile.objects.exclude(pk=profile.pk).first()
    Limit.objects.create(network="x", profile=other, of=Limit.Of.ALL, until=now() + SOON)


def profile_is_held(profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(held_until=now() + SOON)


def profile_is_cut_off(profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(state="disconnected", pause="all")


def publishing_is_paused(profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(pause="posts")


def too_late_and_paused(profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(pause="all")
    Outgoing.objects.update(held="too_late")


@pytest.mark.parametrize(
    ("happens", "in_queue", "in_list"),
    [
        (nothing, "due", "scheduled"),
        (network_is_silent, "held", "held"),
        (network_refuses_the_app, "held", "held"),
        (app_is_limited, "held", "held"),
        (last_is_kept_for_replies, "held", "held"),
        (only_reading_is_limited, "due", "scheduled"),
        (limit_is_over, "due", "scheduled"),
        (another_is_limited, "due", "scheduled"),
        (profile_is_held, "held", "held"),
        (profile_is_cut_off, "held", "held"),
        (publishing_is_paused, "held", "paused"),
        (too_late_and_paused, "held", "paused"),
    ],
)
def test_what_waits_is_called_the_same(
    cast: Cast, lay, sign_in, happens: Callable, in_queue: str, in_list: str
) -> None:
    row = lay("Bread", minutes=-3)
    happens(cast.x)
    found = count_by_place(visible_rows(cast.olive), now())
    assert {place for place, count in found.items() if count} == {in_queue}
    shown = dict(with_shown_state(list_posts(cast.olive), shown_state_case()).values_list("pk", "shown"))
    assert shown[row.delivery.post_id] == in_list
    page = sign_in(cast.olive).get("/o/acme/posts/", {"state": in_list}).content.decode()
    assert "Bread" in page


def test_what_holds_for_a_while_says_nothing_of_next_week(cast: Cast, lay) -> None:
    later = lay("Next week", minutes=7 * 24 * 60)
    for happens in (network_is_silent, app_is_limited, profile_is_held):
        happens(cast.x)
    shown = dict(with_shown_state(list_posts(cast.olive), shown_state_case()).values_list("pk", "shown"))
    assert shown[later.delivery.post_id] == "scheduled"


def test_the_list_costs_the_same_however_many_are_held(cast: Cast, lay, sign_in, django_assert_num_queries) -> None:
    network_is_silent(cast.x)
    client = sign_in(cast.olive)
    lay("Bread", minutes=-3)
    with CaptureQueriesContext(connection) as once:
        client.get("/o/acme/posts/")
    for number in range(9):
        lay(f"Bread {number}", minutes=-3)
    with django_assert_num_queries(len(once)):
        client.get("/o/acme/posts/")
