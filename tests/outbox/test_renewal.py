"""A sign-in that is about to end is renewed first, by one worker at a time, and never overwritten by nothing."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.access import build_adapter, open_adapter, renew_sign_in
from networks.actions.profiles import store_connected_profile
from networks.contract import Identity
from networks.errors import Unavailable
from networks.incoming.intake import poll_profile
from networks.models import Credential, Cursor, Outgoing, Profile
from organizations.tenancy import scope
from tests import builders


@pytest.fixture
def ending(outbox, settings):
    """The outbox's profile with an hour-old sign-in that ends in a minute."""
    settings.NETWORK_APPS = {**settings.NETWORK_APPS, "x": {"client_id": "app"}}
    with scope(outbox.profile.organization_id):
        credential = Credential.objects.get(profile=outbox.profile)
        credential.secrets = {"access_token": "old", "refresh_token": "once-only"}
        credential.expires_at = now() + timedelta(minutes=1)
        credential.save()
        yield outbox


def fresh(outbox) -> Profile:
    return Profile.objects.select_related("credential").get(pk=outbox.profile.pk)


def test_it_is_renewed_before_the_sending_and_the_new_one_is_kept(ending) -> None:
    ending.network.token = "new-token"
    row = ending.put()
    ending.step()
    assert ending.row(row).state == "sent"
    held = fresh(ending).credential
    assert held.secrets["access_token"] == "new-token"
    assert held.secrets["refresh_token"] == "next-once-only"
    assert held.expires_at > now() + timedelta(hours=1)


def test_two_at_once_do_not_use_the_refresh_token_twice(ending) -> None:
    one, other = fresh(ending), fresh(ending)
    open_adapter(one)
    with pytest.raises(Unavailable):
        open_adapter(other)  # read before the renewal: its refresh token is used up
    assert [call.path for call in ending.network.calls].count("/2/oauth2/token") == 1
    open_adapter(fresh(ending))


def test_when_it_cannot_be_renewed_just_now_the_post_waits_and_nothing_is_lost(ending) -> None:
    ending.network.fail_next("error")
    row = ending.put()
    ending.step()
    assert ending.row(row).state == "waiting"
    assert fresh(ending).state == "connected"
    assert fresh(ending).credential.secrets["refresh_token"] == "once-only"


def test_a_refused_renewal_disconnects(ending) -> None:
    credential = fresh(ending).credential
    credential.secrets = {"access_token": "old", "refresh_token": "used-up"}
    credential.save()
    row = ending.put()
    ending.step()
    assert ending.row(row).state == "failed"
    assert fresh(ending).state == "disconnected"


@pytest.mark.parametrize("held", [{"refresh_token": "once-only"}, {}])
def test_a_token_that_is_refused_early_is_renewed_once_before_anybody_must_sign_in(ending, held) -> None:
    credential = fresh(ending).credential
    credential.secrets = {"access_token": "ended-early", **held}
    credential.expires_at = None
    credential.save()
    Credential.objects.update(updated_at=now() - timedelta(hours=1))
    ending.network.token = "new-token"
    row = ending.put()
    ending.step()
    ending.step()
    assert ending.row(row).state == ("sent" if held else "failed")
    assert fresh(ending).state == ("connected" if held else "disconnected")


def test_a_fresh_token_that_is_refused_was_taken_back(ending) -> None:
    ending.network.token = "neither of them"
    row = ending.put()
    ending.step()
    assert ending.row(row).state == "failed"
    assert fresh(ending).state == "disconnected"


def test_a_profile_that_is_connected_while_it_is_renewed_keeps_what_was_given(ending, monkeypatch) -> None:
    profile = fresh(ending)
    adapter = build_adapter(profile)

    def renew_slowly():
        connect(ending, "given-by-a-person")
        return {"access_token": "renewed"}

    monkeypatch.setattr(adapter, "renew", renew_slowly)
    renew_sign_in(profile.credential, adapter)
    assert fresh(ending).credential.secrets["access_token"] == "given-by-a-person"
    assert profile.credential.secrets["access_token"] == "given-by-a-person"


def test_what_a_network_leaves_out_or_empty_overwrites_nothing(ending, monkeypatch) -> None:
    profile = fresh(ending)
    adapter = build_adapter(profile)
    monkeypatch.setattr(adapter, "renew", lambda: {"access_token": "renewed", "refresh_token": ""})
    renew_sign_in(profile.credential, adapter)
    assert fresh(ending).credential.secrets == {"access_token": "renewed", "refresh_token": "once-only"}


def test_connecting_again_sends_what_failed_for_the_sign_in_and_nothing_else(ending) -> None:
    refused = ending.put("x" * 281)
    connect(ending, ending.network.token)
    ending.step()
    ending.network.fail_next("suspended")
    cut_off = ending.put("Hello")
    ending.step()
    waiting = ending.put("And more")
    assert [ending.row(row).state for row in (refused, cut_off, waiting)] == ["failed", "failed", "waiting"]
    connect(ending, ending.network.token)
    for _ in range(2):
        ending.step()
    assert [ending.row(row).state for row in (refused, cut_off, waiting)] == ["failed", "sent", "sent"]


def test_what_failed_for_the_sign_in_days_ago_waits_for_a_person(ending) -> None:
    ending.network.fail_next("suspended")
    row = ending.put()
    connect(ending, ending.network.token)
    ending.step()
    Outgoing.objects.filter(pk=row.pk).update(planned_at=now() - timedelta(days=2))
    connect(ending, ending.network.token)
    assert ending.row(row).state == "failed"


def connect(outbox, token: str) -> None:
    profile = outbox.profile
    identity = Identity(remote_id=profile.remote_id, name=profile.name, handle=profile.handle)
    store_connected_profile(builders.SETUP, "x", {"access_token": token}, identity, sandbox=False)


@pytest.mark.parametrize("refresh_token", ["once-only", "used-up"])
def test_a_poll_that_cannot_renew_says_why_and_only_a_refusal_disconnects(ending, refresh_token: str) -> None:
    if refresh_token == "once-only":
        ending.network.fail_next("error")
    credential = fresh(ending).credential
    credential.secrets = {"access_token": "old", "refresh_token": refresh_token}
    credential.save()
    poll_profile(ending.profile.pk)
    assert Cursor.objects.get(profile=ending.profile).error
    assert fresh(ending).state == ("connected" if refresh_token == "once-only" else "disconnected")


def test_one_that_a_person_has_just_given_is_renewed_as_well_when_it_is_refused(ending) -> None:
    """Its end need not be known: then it is refused before it is renewed."""
    Credential.objects.update(expires_at=None, updated_at=now())
    ending.network.token = "new-token"  # the old one is accepted no longer
    row = ending.put()
    for seconds in (0, 1):
        ending.step(after=timedelta(seconds=seconds))
    assert ending.row(row).state == "sent"
    assert fresh(ending).credential.secrets["access_token"] == "new-token"
