"""Teams by department and use case, what the audit log says of their changes, and the chart."""

import pytest

from foundation.errors import PermissionDenied
from networks.models import Profile
from organizations.models import AuditEntry
from teams.access import verbs_on
from teams.actions.grants import set_grants
from teams.actions.teams import change_team, create_team, dissolve_team
from teams.models import Team
from tests import builders

pytestmark = pytest.mark.usefixtures("in_acme")
TEAMS = "/o/acme/teams/"
CHART = TEAMS + "chart/"


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_team_says_its_department_and_use_case(cast, sign_in):
    client = sign_in(cast.olive)
    client.post(TEAMS + "new/", {"name": "Oven", "department": "Bakery", "use_case": "support"})
    team = Team.objects.get(name="Oven")
    assert (team.department, team.use_case) == ("Bakery", "support")
    shown = text_of(client.get(f"{TEAMS}{team.pk}/"))
    assert "Bakery" in shown
    assert "Customer support" in shown


@pytest.mark.parametrize("wrong", [{"use_case": "astrology"}, {"department": "x" * 81}])
def test_what_is_no_use_case_or_department_is_refused_beside_its_field(cast, sign_in, api, wrong):
    assert sign_in(cast.olive).post(TEAMS + "new/", {"name": "Oven", **wrong}).status_code == 422
    answer = api(cast.olive).post("teams/", {"name": "Oven", **wrong})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(wrong)
    assert not Team.objects.filter(name="Oven").exists()


def test_rest_has_both(cast, api):
    made = api(cast.olive).post("teams/", {"name": "Oven", "department": "Bakery", "use_case": "hr"}).json()
    assert (made["department"], made["use_case"]) == ("Bakery", "hr")
    changed = api(cast.olive).patch(f"teams/{made['id']}/", {"use_case": ""}).json()
    assert (changed["department"], changed["use_case"]) == ("Bakery", "")


def test_leaders_leave_department_and_use_case_to_admins(cast, api):
    assert api(cast.lena).patch(f"teams/{cast.team.pk}/", {"department": "Mine"}).status_code == 403


def test_a_change_is_told_with_before_and_after_and_only_once(cast):
    for _ in range(2):
        change_team(cast.olive, cast.team, name="Service", members=[cast.cole.pk], profiles=[cast.x.pk])
    entry = AuditEntry.objects.get(verb="team.changed")
    assert entry.change == {
        "name": ["Care", "Service"],
        "members": [["Cole", "Ed", "Lena", "Priya"], ["Cole", "Lena"]],
        "profiles": [["Acme (x)", "Acmepage (facebook)"], ["Acme (x)"]],
    }


def test_founding_and_dissolving_are_told_in_full(cast):
    made = create_team(cast.olive, name="Oven", department="Bakery", leaders=[cast.ana.pk])
    dissolve_team(cast.olive, made)
    founded, ended = (
        AuditEntry.objects.get(verb=verb, target_name="Oven") for verb in ("team.created", "team.dissolved")
    )
    assert founded.change == {"name": "Oven", "department": "Bakery", "leaders": ["Ana"], "members": ["Ana"]}
    assert ended.change["leaders"] == [["Ana"], None]


def test_the_chart_shows_teams_people_leaders_and_profiles(cast, sign_in):
    shown = text_of(sign_in(cast.olive).get(CHART))
    for name in ("Care", "Lena", "Priya", "Acmepage", "olive@acme", "In no team", "Ana"):
        assert name in shown, name
    assert shown.count("orgchart__leader") == 1
    assert CHART in text_of(sign_in(cast.ed).get(TEAMS))


def test_the_chart_hides_profiles_that_the_reader_cannot_see(cast, sign_in):
    shown = text_of(sign_in(cast.cole).get(CHART))
    assert "and one that you cannot see" in shown
    assert "Acmepage" not in shown


def test_the_chart_of_others_is_not_there(cast, sign_in):
    assert sign_in(cast.mallory).get(CHART).status_code == 404
    assert "Care" not in text_of(sign_in(cast.mallory).get("/o/globex/teams/chart/"))


def test_an_empty_organization_has_a_chart(cast, sign_in):
    assert "Mallory" in text_of(sign_in(cast.mallory).get("/o/globex/teams/chart/")).title()


def test_the_chart_costs_the_same_however_large_it_is(
    cast, sign_in, django_assert_num_queries, django_assert_max_num_queries
):
    client = sign_in(cast.ed)
    client.get(CHART)
    with django_assert_max_num_queries(14) as small:
        client.get(CHART)
    people = [builders.member(cast.acme, f"Person{number}").pk for number in range(20)]
    profiles = Profile.objects.bulk_create(
        Profile(organization=cast.acme, network="x", remote_id=f"n{number}", name=f"Shop {number}")
        for number in range(30)
    )
    for number in range(8):
        create_team(
            cast.olive, name=f"Team {number}", leaders=people[:2], members=people, profiles=[one.pk for one in profiles]
        )
    with django_assert_num_queries(len(small.captured_queries)):
        shown = text_of(client.get(CHART))
    assert "and 8 more" in shown


def test_a_leader_takes_away_nothing_that_they_do_not_hold(cast):
    """To take is to change as much as to give: who may not publish says not who may."""
    change_team(cast.olive, cast.team, leaders=[cast.ed.pk])
    before = verbs_on(cast.priya, [cast.x.pk])
    assert "publish" in before[cast.x.pk]
    assert "publish" not in verbs_on(cast.ed, [cast.x.pk])[cast.x.pk]
    for kept in ((), ("view",), ("view", "draft")):
        with pytest.raises(PermissionDenied):
            set_grants(cast.ed, cast.x, members={cast.priya.pk: kept})
    assert verbs_on(cast.priya, [cast.x.pk]) == before
