"""Teams, as people found, change and dissolve them."""

import pytest

from teams.models import Team, TeamMember

pytestmark = pytest.mark.usefixtures("in_acme")
TEAMS = "/o/acme/teams/"


def text_of(answer) -> str:
    return answer.content.decode()


def test_everybody_sees_the_teams_and_only_their_profiles(cast, sign_in):
    seen = text_of(sign_in(cast.cole).get(TEAMS))
    assert "Care" in seen
    assert "Lena" in seen
    assert "and one that you cannot see" in seen
    assert "New team" not in seen


def test_an_admin_founds_a_team(cast, sign_in):
    answer = sign_in(cast.olive).post(
        TEAMS + "new/",
        {
            "name": "Bakery",
            "purpose": "Bread",
            "leaders": [cast.ana.pk],
            "members": [cast.ed.pk],
            "profiles": [cast.x.pk],
        },
        follow=True,
    )
    assert "Bakery" in text_of(answer)
    team = Team.objects.get(name="Bakery")
    assert dict(TeamMember.objects.filter(team=team).values_list("member_id", "leads")) == {
        cast.ana.pk: True,
        cast.ed.pk: False,
    }


def test_what_is_wrong_is_told_and_kept(cast, sign_in):
    answer = sign_in(cast.olive).post(TEAMS + "new/", {"name": "Care", "purpose": "Bread", "members": [cast.ed.pk]})
    assert answer.status_code == 422
    assert "Another team has this name." in text_of(answer)
    assert 'value="Bread"' in text_of(answer)


def test_foreign_people_and_profiles_cannot_be_chosen(cast, sign_in):
    answer = sign_in(cast.olive).post(
        TEAMS + "new/", {"name": "Spy", "members": [cast.mallory.pk], "profiles": [cast.theirs.pk]}
    )
    assert answer.status_code == 422
    assert not Team.objects.filter(name="Spy").exists()


def test_a_leader_changes_people_and_purpose_but_neither_name_nor_profiles(cast, sign_in):
    address = f"{TEAMS}{cast.team.pk}/edit/"
    form = text_of(sign_in(cast.lena).get(address))
    assert 'name="members"' in form
    assert 'name="profiles"' not in form
    sign_in(cast.lena).post(address, {"purpose": "Kind", "members": [cast.ava.pk], "name": "Mine", "profiles": []})
    cast.team.refresh_from_db()
    assert (cast.team.name, cast.team.purpose, cast.team.profiles.count()) == ("Care", "Kind", 2)
    assert set(cast.team.memberships.values_list("member_id", flat=True)) == {cast.lena.pk, cast.ava.pk}


@pytest.mark.parametrize("path", ["edit/", "dissolve/"])
def test_members_change_nothing(cast, sign_in, path):
    assert sign_in(cast.ed).post(f"{TEAMS}{cast.team.pk}/{path}", {"purpose": "x"}).status_code == 403


def test_dissolving_leaves_people_and_profiles(cast, sign_in):
    sign_in(cast.olive).post(f"{TEAMS}{cast.team.pk}/dissolve/")
    assert not Team.objects.exists()
    cast.x.refresh_from_db()


def test_the_list_takes_few_queries(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.ed)
    with django_assert_max_num_queries(12):
        client.get(TEAMS)
