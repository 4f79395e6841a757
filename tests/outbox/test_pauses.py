"""Pausing: nothing begins to leave while a pause holds, whoever and whatever else pauses; and what becomes of the rest."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from networks.actions.backlog import BacklogDecision
from networks.contract import DraftKind
from networks.models import Held, Outgoing, Profile
from networks.outbox.claims import begin_next_row
from organizations.models import AuditEntry
from organizations.tenancy import scope
from teams.actions.pauses import pause_publishing, release_pause
from teams.actions.teams import change_team, create_team, dissolve_team
from teams.models import Pause
from teams.pauses.pause_access import access_pause, access_pause_target, pauses_for
from tests import builders
from tests.cast import Cast
from tests.outbox.rows import begun, put
from tests.races import at_once

pytestmark = pytest.mark.usefixtures("in_acme")


def pause_of(profile: Profile) -> str:
    return Profile.objects.values_list("pause", flat=True).get(pk=profile.pk)


def words() -> list[str]:
    return list(AuditEntry.objects.filter(verb__contains="pause").order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("of", "paused"), [("acme", {"x", "page"}), ("team", {"x", "page"}), ("x", {"x"})], ids=["all", "team", "profile"]
)
def test_it_holds_what_it_is_of_and_nothing_else(cast: Cast, of: str, paused: set[str]) -> None:
    other = builders.profile(cast.acme, "x")
    for profile in (cast.x, cast.page):
        put(profile)
    pause = pause_publishing(cast.olive, getattr(cast, of), note="Wrong price")
    assert {name for name in ("x", "page") if pause_of(getattr(cast, name)) == "all"} == paused
    assert pause_of(other) == ("all" if of == "acme" else "")
    assert (begun() is None) == (len(paused) == 2)
    release_pause(cast.olive, pause)
    assert {pause_of(profile) for profile in (cast.x, cast.page, other)} == {""}
    assert begun() is not None
    assert words() == [f"{pause.scope}.paused"]
    assert AuditEntry.objects.filter(verb=f"{pause.scope}.released", actor_id=cast.olive.pk).exists()


def test_another_organization_is_not_touched(cast: Cast) -> None:
    pause_publishing(cast.olive, cast.acme)
    with scope(cast.globex):
        assert pause_of(cast.theirs) == ""
        assert not pauses_for(cast.mallory).exists()


def test_replies_leave_where_that_was_chosen(cast: Cast) -> None:
    put(cast.x)
    reply = put(cast.x, kind=DraftKind.REPLY)
    pause_publishing(cast.olive, cast.x, keeps_replies=True)
    assert begun() == reply
    assert begun() is None


def test_of_several_the_stricter_wins_and_the_last_frees(cast: Cast) -> None:
    soft = pause_publishing(cast.olive, cast.acme, keeps_replies=True)
    hard = pause_publishing(cast.lena, cast.team)
    own = pause_publishing(cast.lena, cast.x, keeps_replies=True)
    assert pause_of(cast.x) == "all"
    for pause, left in ((hard, "posts"), (soft, "posts"), (own, "")):
        release_pause(cast.olive, pause)
        assert pause_of(cast.x) == left
    assert pause_of(cast.page) == ""


def test_pausing_again_only_tightens(cast: Cast) -> None:
    first = pause_publishing(cast.olive, cast.x, keeps_replies=True)
    again = pause_publishing(cast.lena, cast.x, note="It got worse")
    assert again.pk == first.pk
    assert pause_of(cast.x) == "all"
    loose = pause_publishing(cast.lena, cast.x, keeps_replies=True)
    assert (loose.keeps_replies, loose.note, loose.by) == (False, "It got worse", cast.olive)
    assert pause_of(cast.x) == "all"
    assert words() == ["profile.paused", "profile.pause_changed"]


def test_a_new_profile_of_a_paused_organization_is_paused(cast: Cast) -> None:
    pause_publishing(cast.olive, cast.acme)
    assert builders.profile(cast.acme, "x").pause == "all"


def test_a_profile_that_joins_a_paused_team_is_paused_and_one_that_leaves_is_free(cast: Cast) -> None:
    other = builders.profile(cast.acme, "x")
    old, young = put(cast.page, late=timedelta(hours=2)), put(cast.page, late=timedelta(minutes=5))
    pause_publishing(cast.lena, cast.team)
    change_team(cast.olive, cast.team, profiles=[cast.x.pk, other.pk])
    assert [pause_of(profile) for profile in (cast.x, other, cast.page)] == ["all", "all", ""]
    old.refresh_from_db()
    assert old.held == Held.TOO_LATE  # nobody has decided
    assert begun() == young


def test_a_paused_team_is_not_dissolved(cast: Cast) -> None:
    pause = pause_publishing(cast.olive, cast.team)
    with pytest.raises(Conflict):
        dissolve_team(cast.olive, cast.team)
    release_pause(cast.olive, pause)
    dissolve_team(cast.olive, cast.team)
    assert not Pause.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("olive", {"acme", "team", "x"}),
        ("lena", {"team", "x"}),
        ("priya", set()),
        ("cole", set()),
        ("vic", set()),
        ("mallory", set()),
    ],
)
def test_only_those_who_may_pause_and_release(cast: Cast, who: str, may: set[str]) -> None:
    actor = getattr(cast, who)
    for of in ("acme", "team", "x"):
        target = getattr(cast, of)
        standing = pause_publishing(cast.olive, target)
        if of in may:
            pause_publishing(actor, target)
            release_pause(actor, standing)
            continue
        for work in (lambda t=target: pause_publishing(actor, t), lambda p=standing: release_pause(actor, p)):
            with pytest.raises(PermissionDenied):
                work()


def test_one_sees_the_pauses_that_touch_one(cast: Cast) -> None:
    lonely = builders.profile(cast.acme, "x")
    empty = create_team(cast.olive, name="Night")
    made = {
        name: pause_publishing(cast.olive, of)
        for name, of in {
            "all": cast.acme,
            "team": cast.team,
            "page": cast.page,
            "lonely": lonely,
            "empty": empty,
        }.items()
    }
    seen = {
        "olive": set(made),
        "cole": {"all", "team"},  # in the team; on the profile x only
        "ava": {"all", "team", "page"},  # views the team's profiles
        "vic": {"all"},
        "mallory": set(),
    }
    for who, names in seen.items():
        found = set(pauses_for(getattr(cast, who)).values_list("pk", flat=True))
        assert found == {made[name].pk for name in names}, who
    with scope(cast.globex), pytest.raises(NotFound):
        access_pause(cast.mallory, made["page"].pk)
    with pytest.raises(NotFound):
        access_pause(cast.cole, made["page"].pk)
    with pytest.raises(PermissionDenied):
        access_pause(cast.ava, made["page"].pk, to="release")
    for scope_, pk in (("profile", lonely.pk), ("profile", None), ("team", 10**30), ("planet", 1)):
        with pytest.raises(NotFound):
            access_pause_target(cast.cole, scope_, pk)


@pytest.mark.parametrize("note", ["x" * 301, "a\0b"])
def test_a_hostile_reason_is_refused(cast: Cast, note: str) -> None:
    with pytest.raises(Invalid):
        pause_publishing(cast.olive, cast.x, note=note)
    assert pause_of(cast.x) == ""


def test_it_is_released_once(cast: Cast) -> None:
    pause = pause_publishing(cast.olive, cast.x)
    release_pause(cast.olive, pause)
    with pytest.raises(Conflict):
        release_pause(cast.lena, Pause.objects.get(pk=pause.pk))


def paused_with(cast: Cast) -> tuple[Pause, int]:
    """The pause, and how much was on its way when it had committed."""
    made = pause_publishing(cast.olive, cast.acme)
    return made, Outgoing.objects.filter(state="sending").count()


@pytest.mark.django_db(transaction=True)
def test_nothing_begins_once_the_pause_has_committed(cast: Cast) -> None:
    """Many rounds of pausing and beginning at the same moment, each on a connection of its own."""
    profiles = [cast.x, cast.page]
    for _ in range(12):
        for profile in profiles:
            put(profile)
        (made, flying), *_begun = at_once(cast.acme, lambda: paused_with(cast), *[lambda: begin_next_row(now())] * 3)
        assert begin_next_row(now()) is None
        assert Outgoing.objects.filter(state="sending").count() == flying
        release_pause(cast.olive, made, kept=BacklogDecision.CANCEL)
        Outgoing.objects.filter(state="sending").update(state="sent")


@pytest.mark.django_db(transaction=True)
def test_pauses_releases_and_new_profiles_at_once_leave_the_truth(cast: Cast) -> None:
    for _ in range(6):
        ends = at_once(
            cast.acme,
            lambda: pause_publishing(cast.olive, cast.acme, keeps_replies=True),
            lambda: pause_publishing(cast.lena, cast.team),
            lambda: pause_publishing(cast.lena, cast.x),
            lambda: builders.profile(cast.acme, "x"),
            lambda: change_team(cast.olive, cast.team, profiles=[cast.x.pk]),
        )
        assert not [one for one in ends if isinstance(one, Exception)], ends
        assert pause_of(cast.x) == "all"
        assert pause_of(cast.page) == pause_of(ends[3]) == "posts"
        ends = at_once(cast.acme, *[lambda p=p: release_pause(cast.olive, p) for p in ends[:3]])
        assert not [one for one in ends if isinstance(one, Exception)], ends
        assert set(Profile.objects.values_list("pause", flat=True)) == {""}
        change_team(cast.olive, cast.team, profiles=[cast.x.pk, cast.page.pk])
