"""A sign-in that is about to end is renewed first, by one worker at a time, and never overwritten by nothing."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.access import open_adapter
from networks.errors import Unavailable
from networks.models import Credential, Profile
from organizations.tenancy import scope


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
