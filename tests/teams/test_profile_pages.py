"""Profiles, their connection, their rule and their rights, as people change them."""

import pytest

from networks.actions.profiles import store_connected_profile
from networks.contract import Identity
from networks.models import Profile
from teams.access import verbs_on
from teams.levels import LEVELS
from tests import builders

pytestmark = pytest.mark.usefixtures("in_acme")
PROFILES = "/o/acme/profiles/"


def identity_of(profile: Profile) -> Identity:
    return Identity(remote_id=profile.remote_id, name=profile.name, handle=profile.handle)


def text_of(answer) -> str:
    return answer.content.decode()


def verbs(member, profile):
    return verbs_on(member, [profile.pk])[profile.pk]


def test_one_sees_the_profiles_one_may_view(cast, sign_in):
    seen = text_of(sign_in(cast.cole).get(PROFILES))
    assert "@acme<" in seen
    assert "@acmepage" not in seen
    assert "view, reply" in seen


def test_a_disconnected_profile_says_why(cast, sign_in):
    Profile.objects.filter(pk=cast.x.pk).update(state="disconnected", state_reason="X wants a new sign-in.")
    assert "X wants a new sign-in." in text_of(sign_in(cast.ed).get(PROFILES))
    assert "Connect again" in text_of(sign_in(cast.olive).get(f"{PROFILES}{cast.x.pk}/"))


def test_connecting_again_says_which_profile_and_moves_its_date(cast, sign_in):
    profile = builders.profile(cast.acme, "x", handle="kiosk", sandbox=True)
    client = sign_in(cast.olive)
    page = f"{PROFILES}{profile.pk}/"
    assert f"connect/?profile={profile.pk}" in text_of(client.get(page))  # a practice profile has the button too
    form = client.get(f"{PROFILES}connect/?profile={profile.pk}")
    assert "Connect Kiosk again" in text_of(form)
    assert "@kiosk" in text_of(form)
    assert form.context["practice"].initial == {"network": "x", "credentials": "kiosk"}
    before = client.get(page).context["connected_at"]
    store_connected_profile(builders.SETUP, "x", {"access_token": "t"}, identity_of(profile), sandbox=True)
    assert client.get(page).context["connected_at"] > before


def test_a_profile_that_is_cut_off_is_not_said_to_be_connected(cast, sign_in):
    Profile.objects.filter(pk=cast.x.pk).update(state="disconnected", state_reason="X wants a new sign-in.")
    seen = text_of(sign_in(cast.olive).get(f"{PROFILES}{cast.x.pk}/"))
    assert "Not connected." in seen
    assert "X wants a new sign-in." in text_of(sign_in(cast.olive).get(f"{PROFILES}connect/?profile={cast.x.pk}"))


def test_credentials_of_another_profile_than_was_meant_are_told(cast, sign_in):
    cut_off = builders.profile(cast.acme, "x", handle="kiosk", sandbox=True)
    given = {"practice-network": "x", "practice-credentials": "stall"}
    answer = sign_in(cast.olive).post(f"{PROFILES}connect/?profile={cut_off.pk}", given, follow=True)
    [told] = answer.context["messages"]
    assert told.level_tag == "warning"
    assert "@stall" in str(told)
    assert "Kiosk @kiosk is as it was." in str(told)


def test_nobody_connects_a_profile_of_others(cast, sign_in):
    assert sign_in(cast.olive).get(f"{PROFILES}connect/?profile={cast.theirs.pk}").status_code == 404
    assert sign_in(cast.olive).get(f"{PROFILES}connect/?profile=x").status_code == 404


def test_an_invisible_profile_is_not_there(cast, sign_in):
    assert sign_in(cast.cole).get(f"{PROFILES}{cast.page.pk}/").status_code == 404


def test_an_admin_ticks_and_unticks_rights(cast, sign_in):
    sign_in(cast.olive).post(
        f"{PROFILES}{cast.x.pk}/rights/",
        {
            "row": [f"member-{cast.ed.pk}", f"member-{cast.cole.pk}", f"team-{cast.team.pk}"],
            f"member-{cast.ed.pk}": ["publish"],
            f"team-{cast.team.pk}": ["analyse"],
        },
    )
    assert verbs(cast.ed, cast.x) == {"view", "publish", "analyse"}  # the last through the team
    assert verbs(cast.cole, cast.x) == {"view", "analyse"}
    assert verbs(cast.priya, cast.x) == LEVELS["publisher"] | {"analyse"}


def test_an_untouched_row_of_somebody_else_does_not_stop_a_leader(cast, sign_in):
    """Lena's page also shows Ana, who is in none of her teams; only what differs is stored."""
    type(cast.lena).objects.filter(pk=cast.lena.pk).update(role="member")
    answer = sign_in(cast.lena).post(
        f"{PROFILES}{cast.x.pk}/rights/",
        {
            "row": [f"member-{cast.ana.pk}", f"member-{cast.ed.pk}"],
            f"member-{cast.ana.pk}": sorted(LEVELS["analyst"]),
            f"member-{cast.ed.pk}": ["reply"],
        },
    )
    assert answer.status_code == 302
    assert verbs(cast.ed, cast.x) == {"view", "reply"}


def test_a_refusal_is_told_with_the_ticks_kept(cast, sign_in):
    answer = sign_in(cast.cole).post(
        f"{PROFILES}{cast.x.pk}/rights/", {"row": f"member-{cast.ed.pk}", f"member-{cast.ed.pk}": ["manage"]}
    )
    assert answer.status_code == 422
    assert "what you do not hold yourself" in text_of(answer)
    assert verbs(cast.ed, cast.x) == LEVELS["contributor"]


def test_a_level_is_given_to_somebody_new(cast, sign_in):
    sign_in(cast.olive).post(
        f"{PROFILES}{cast.page.pk}/rights/add/", {"holder": f"member-{cast.cole.pk}", "level": "community"}
    )
    assert verbs(cast.cole, cast.page) == LEVELS["community"]


def test_nonsense_is_no_holder(cast, sign_in):
    answer = sign_in(cast.olive).post(
        f"{PROFILES}{cast.x.pk}/rights/add/", {"holder": f"member-{cast.mallory.pk}", "level": "manager"}
    )
    assert answer.status_code == 422


def test_an_admin_asks_for_approval_and_stops_asking(cast, sign_in):
    address = f"{PROFILES}{cast.x.pk}/policy/"
    sign_in(cast.olive).post(address, {"needs_approval": "on"})
    assert Profile.objects.get(pk=cast.x.pk).needs_approval
    sign_in(cast.olive).post(address, {})
    assert not Profile.objects.get(pk=cast.x.pk).needs_approval
    assert sign_in(cast.lena).post(address, {}).status_code == 403


def test_a_practice_profile_is_connected_by_its_handle(cast, sign_in):
    answer = sign_in(cast.olive).post(
        PROFILES + "connect/", {"practice-network": "x", "practice-credentials": "northwind"}, follow=True
    )
    assert answer.status_code == 200
    assert Profile.objects.get(handle="northwind").sandbox


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"practice-network": "x", "practice-credentials": "no spaces"}, "Choose a handle"),
        ({"real-network": "x", "real-credentials": "{oops"}, "This is not JSON."),
        ({"real-network": "x", "real-credentials": "[]"}, "Give one JSON object"),
        ({"real-network": "facebook", "real-credentials": '{"page_id": "1"}'}, "access_token"),
        ({"real-network": "luck", "real-credentials": "{}"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_connection_is_told_and_kept(cast, sign_in, given, said):
    answer = sign_in(cast.olive).post(PROFILES + "connect/", given)
    assert answer.status_code == 422
    assert said in text_of(answer)
    kept = next(value for key, value in given.items() if key.endswith("credentials"))
    assert kept.replace('"', "&quot;") in text_of(answer)


def test_connecting_is_for_admins(cast, sign_in):
    assert sign_in(cast.lena).get(PROFILES + "connect/").status_code == 403


def test_pages_take_few_queries(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.lena)
    with django_assert_max_num_queries(12):
        client.get(PROFILES)
    with django_assert_max_num_queries(20):
        client.get(f"{PROFILES}{cast.x.pk}/")
