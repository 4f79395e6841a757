"""A profile's name, handle and picture are asked for again, on a schedule."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks import errors
from networks.actions.profiles import IDENTIFY_INTERVAL, refresh_profile
from networks.contract import Identity
from networks.incoming import identifying
from networks.incoming.identifying import identify_due_profiles, identify_profile, list_profiles_to_identify
from networks.models import Profile
from organizations.actors import System
from organizations.models import AuditEntry
from socialops.celery import app
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_acme")
US = System("networks")


class Says:
    def __init__(self, answer: Identity | errors.NetworkError) -> None:
        self.answer = answer

    def identify(self) -> Identity:
        if isinstance(self.answer, errors.NetworkError):
            raise self.answer
        return self.answer


@pytest.fixture
def network(monkeypatch):
    """network(answer): what every network says of whoever asks."""

    def says(answer: Identity | errors.NetworkError) -> None:
        monkeypatch.setattr(identifying, "open_adapter", lambda profile: Says(answer))

    return says


def identity(profile: Profile, **more: str) -> Identity:
    return Identity(**{"remote_id": profile.remote_id, "name": profile.name, "handle": profile.handle, **more})


def test_the_picture_is_followed_without_a_word_in_the_log(cast: Cast, network) -> None:
    network(identity(cast.x, avatar_url="https://pics.example/new.png", url="https://x.com/acme"))
    identify_profile(cast.x.pk)
    cast.x.refresh_from_db()
    assert (cast.x.avatar_url, cast.x.url) == ("https://pics.example/new.png", "https://x.com/acme")
    assert not AuditEntry.objects.filter(verb="profile.renamed").exists()


@pytest.mark.parametrize("more", [{"remote_id": "999", "name": "Somebody else"}, {"name": ""}, {"name": " \u202e "}])
def test_what_cannot_be_ours_changes_nothing(cast: Cast, more: dict[str, str]) -> None:
    before = cast.x.name
    assert refresh_profile(US, cast.x, identity(cast.x, **more)).name == before
    cast.x.refresh_from_db()
    assert cast.x.name == before


def test_a_failure_waits_for_the_next_time(cast: Cast, network) -> None:
    network(errors.Unavailable("Not now."))
    identify_profile(cast.x.pk)
    cast.x.refresh_from_db()
    assert cast.x.state == "connected"
    assert cast.x.identify_at > now() + IDENTIFY_INTERVAL - timedelta(minutes=1)
    network(errors.Disconnected("The sign-in has ended."))
    identify_profile(cast.x.pk)
    cast.x.refresh_from_db()
    assert (cast.x.state, cast.x.state_reason) == ("disconnected", "The sign-in has ended.")


def test_each_in_its_turn(cast: Cast, network) -> None:
    network(errors.Unavailable("Not now."))
    Profile.unscoped.update(identify_at=now() + timedelta(hours=1))
    Profile.unscoped.filter(pk=cast.page.pk).update(identify_at=now() - timedelta(hours=1))
    Profile.unscoped.filter(pk=cast.theirs.pk).update(identify_at=None)
    assert [pk for _, pk in list_profiles_to_identify(now())] == [cast.theirs.pk, cast.page.pk]
    identify_due_profiles(now())
    assert list_profiles_to_identify(now()) == []
    Profile.unscoped.filter(pk=cast.page.pk).update(identify_at=None, state="disconnected")
    assert list_profiles_to_identify(now()) == []


def test_beat_asks_for_it() -> None:
    assert "networks.tasks.identify_profiles" in {one["task"] for one in app.conf.beat_schedule.values()}
