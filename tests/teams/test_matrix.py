"""Grants at a glance: who sees whom, what a cell says, and many changed at once."""

import re

import pytest

from networks.models import PROFILE_VERBS
from teams.access import has_verb_on, verbs_on
from teams.actions.grants import set_grants
from teams.actions.levels import create_level
from teams.levels import LEVELS
from teams.queries.matrix import MatrixQuery, build_matrix
from tests import builders

pytestmark = pytest.mark.usefixtures("in_acme")
RIGHTS = "/o/acme/teams/rights/"


def text_of(answer) -> str:
    return answer.content.decode()


def verbs(member, profile):
    return verbs_on(member, [profile.pk])[profile.pk]


def cell_of(page: str, member, profile) -> str:
    found = re.search(rf"<td[^>]*>(?:(?!<td).)*why/{member.pk}/{profile.pk}/(?:(?!<td|</tr).)*", page)
    assert found, (member, profile)
    return found[0]


def test_a_cell_names_the_level_and_where_it_comes_from(cast, sign_in):
    set_grants(cast.olive, cast.x, teams={cast.team.pk: ["reply"]})
    page = text_of(sign_in(cast.olive).get(RIGHTS))
    ava, ed = cell_of(page, cast.ava, cast.x), cell_of(page, cast.ed, cast.x)
    assert "Approver" in ava
    assert "Own rights" in ava
    assert 'class="own can"' in ava
    assert "Contributor +1" in ed  # and to reply, through the team
    assert "own team" in ed
    assert "through Care" in ed
    assert 'class="none"' in cell_of(page, cast.cole, cast.page).replace("none can", "none")
    assert "role" in cell_of(page, cast.vic, cast.x)


def test_a_level_of_ones_own_is_named_too(cast, sign_in):
    create_level(cast.olive, name="Poet", verbs=["draft", "analyse"])
    set_grants(cast.olive, cast.x, members={cast.cole.pk: ["draft", "analyse"]})
    assert "Poet" in cell_of(text_of(sign_in(cast.olive).get(RIGHTS)), cast.cole, cast.x)


def test_the_matrix_says_what_the_door_says(cast):
    set_grants(cast.olive, cast.page, teams={cast.team.pk: ["reply", "analyse"]})
    shown = build_matrix(cast.olive, MatrixQuery())
    assert len(shown.members.rows) == 8
    for who in shown.members.rows:
        for profile in shown.profiles.rows:
            held = shown.cells.get((who.pk, profile.pk))
            told = held.verbs if held else frozenset()
            assert told == {verb for verb in PROFILE_VERBS if has_verb_on(who, verb, profile.pk)}, (who, profile)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("olive", {"Olive", "Lena", "Ed", "Priya", "Ava", "Cole", "Ana", "Vic"}),
        ("lena", {"Olive", "Lena", "Ed", "Priya", "Ava", "Cole", "Ana", "Vic"}),  # who manages both profiles
        ("lena, who only leads", {"Lena", "Ed", "Priya", "Cole"}),
        ("ed", {"Ed"}),
    ],
)
def test_who_looks_into_whose_rights(cast, who, seen):
    who, _comma, only_leads = who.partition(", ")
    for profile in (cast.x, cast.page) if only_leads else ():
        set_grants(cast.olive, profile, members={cast.lena.pk: ["view", "publish"]})
    rows = build_matrix(getattr(cast, who), MatrixQuery()).members.rows
    assert {one.name.partition("@")[0].capitalize() for one in rows} == seen


@pytest.mark.parametrize(
    ("wanted", "people", "profiles"),
    [
        ({"network": "facebook"}, 8, 1),
        ({"q": "priya"}, 1, 2),
        ({"q": "@acmepage"}, 8, 1),
        ({"q": "nobody at all"}, 0, 0),
        ({"team": 10**17}, 0, 0),
    ],
)
def test_filters(cast, wanted, people, profiles):
    shown = build_matrix(cast.olive, MatrixQuery(**wanted))
    assert (len(shown.members.rows), len(shown.profiles.rows)) == (people, profiles)


def test_a_team_is_its_people_by_its_profiles(cast):
    shown = build_matrix(cast.olive, MatrixQuery(team=cast.team.pk))
    assert len(shown.members.rows) == 4
    assert {one.pk for one in shown.profiles.rows} == {cast.x.pk, cast.page.pk}


@pytest.mark.parametrize(
    "query",
    ["?team=x&network=%00&q=%00%25&verb=fly", "?members_after=999999999999&profiles_before=-1", "?team=" + "9" * 40],
)
def test_nonsense_is_passed_over(cast, sign_in, query):
    assert sign_in(cast.olive).get(RIGHTS + query).status_code == 200


def test_many_cells_change_at_once(cast, sign_in):
    client = sign_in(cast.olive)
    cells = [f"{cast.cole.pk}-{cast.x.pk}", f"{cast.cole.pk}-{cast.page.pk}", f"{cast.ana.pk}-{cast.x.pk}"]
    assert client.post(RIGHTS, {"cell": cells, "level": "publisher"}).status_code == 302
    assert verbs(cast.cole, cast.x) == verbs(cast.cole, cast.page) == verbs(cast.ana, cast.x) == LEVELS["publisher"]
    assert verbs(cast.ana, cast.page) == LEVELS["analyst"]


def test_a_row_and_a_column(cast, sign_in):
    client = sign_in(cast.olive)
    client.post(RIGHTS, {"row": cast.cole.pk, "level": "analyst"})
    assert verbs(cast.cole, cast.x) == verbs(cast.cole, cast.page) == LEVELS["analyst"]
    client.post(RIGHTS + "?q=acmepage", {"column": cast.page.pk, "level": "none"})
    assert verbs(cast.ana, cast.page) == frozenset()
    assert verbs(cast.ana, cast.x) == LEVELS["analyst"]
    assert verbs(cast.olive, cast.page) == frozenset(PROFILE_VERBS)


def test_what_is_refused_is_told_and_the_rest_is_stored(cast, sign_in):
    """Lena manages both, then only leads on the page, where she may not give what she does not hold."""
    set_grants(cast.olive, cast.page, members={cast.lena.pk: ["view", "reply"]})
    cells = [f"{cast.cole.pk}-{cast.x.pk}", f"{cast.cole.pk}-{cast.page.pk}"]
    answer = sign_in(cast.lena).post(RIGHTS, {"cell": cells, "level": "publisher"})
    assert answer.status_code == 422
    assert "Acmepage" in text_of(answer)
    assert "what you do not hold yourself" in text_of(answer)
    assert verbs(cast.cole, cast.x) == LEVELS["publisher"]
    assert verbs(cast.cole, cast.page) == frozenset()


@pytest.mark.parametrize(
    "posted",
    [{}, {"level": "publisher"}, {"cell": "1-1", "level": "king"}, {"cell": ["x", "-", "1-"], "level": "none"}],
)
def test_nothing_chosen_is_told(cast, sign_in, posted):
    assert sign_in(cast.olive).post(RIGHTS, posted).status_code == 422


def test_a_foreign_member_or_profile_in_a_cell_is_not_there(cast, sign_in):
    client = sign_in(cast.olive)
    assert client.post(RIGHTS, {"cell": f"{cast.ed.pk}-{cast.theirs.pk}", "level": "publisher"}).status_code == 404
    assert client.post(RIGHTS, {"cell": f"{cast.mallory.pk}-{cast.x.pk}", "level": "publisher"}).status_code == 422
    assert not has_verb_on(cast.mallory, "publish", cast.x.pk)


def test_a_reader_without_power_has_nothing_to_tick(cast, sign_in):
    page = text_of(sign_in(cast.ed).get(RIGHTS))
    assert "name=cell" not in page
    answer = sign_in(cast.ed).post(RIGHTS, {"cell": f"{cast.ed.pk}-{cast.x.pk}", "level": "manager"})
    assert answer.status_code == 422
    assert verbs(cast.ed, cast.x) == LEVELS["contributor"]


def test_pages_follow_each_other_in_both_directions(cast, monkeypatch):
    monkeypatch.setattr("teams.queries.matrix.MEMBERS_PER_PAGE", 3)
    monkeypatch.setattr("teams.queries.matrix.PROFILES_PER_PAGE", 1)
    names, keys = [], {}
    while True:
        shown = build_matrix(cast.olive, MatrixQuery(**keys))
        names.append([one.name for one in shown.members.rows])
        if shown.members.later is None:
            break
        keys = {"members_after": shown.members.later}
    assert [len(page) for page in names] == [3, 3, 2]
    back = build_matrix(cast.olive, MatrixQuery(members_before=shown.members.earlier))
    assert [one.name for one in back.members.rows] == names[1]
    first = build_matrix(cast.olive, MatrixQuery(members_before=back.members.earlier))
    assert ([one.name for one in first.members.rows], first.members.earlier) == (names[0], None)
    other = build_matrix(cast.olive, MatrixQuery(profiles_after=shown.profiles.later))
    assert other.profiles.rows != shown.profiles.rows
    assert (
        build_matrix(cast.olive, MatrixQuery(profiles_before=other.profiles.earlier)).profiles.rows
        == shown.profiles.rows
    )


@pytest.mark.parametrize("who", ["olive", "lena", "ed"])
def test_the_page_takes_the_same_queries_however_many_there_are(cast, sign_in, django_assert_max_num_queries, who):
    client = sign_in(getattr(cast, who))
    client.get(RIGHTS)
    with django_assert_max_num_queries(100) as small:
        client.get(RIGHTS)
    for number in range(5):
        builders.profile(
            cast.acme, "x", grants={cast.lena: "manager", builders.member(cast.acme, f"M{number}"): "publisher"}
        )
    with django_assert_max_num_queries(25) as large:
        client.get(RIGHTS)
    assert len(large) == len(small)
