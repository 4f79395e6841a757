"""A change of rights is told by its result."""

import pytest

from networks.models import PROFILE_VERBS
from teams.access import verbs_on
from teams.actions.grants import set_grants
from teams.rights.change_words import RightsChange, describe_changes

pytestmark = pytest.mark.usefixtures("in_acme")
ALL = frozenset(PROFILE_VERBS)


def change(who="Cole", where="Help", before="", after="") -> RightsChange:
    return RightsChange(who, where, frozenset(before.split()), frozenset(after.split()))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([change(before="view", after="view publish")], "Cole may now publish on Help."),
        ([change(after="view draft publish")], "Cole may now draft and publish on Help."),
        ([change(after="view")], "Cole may now see Help."),
        ([change(before="view reply", after="view")], "Cole may no longer reply on Help."),
        ([change(before="view reply")], "Cole may no longer do anything on Help."),
        (
            [change(before="view reply", after="view publish")],
            "Cole may now publish, and no longer reply, on Help.",
        ),
        ([RightsChange("Cole", "Help", frozenset(), ALL)], "Cole may now do everything on Help."),
        (
            [change(before="view", after="view")],
            "Nothing is different: the same rights come through a team or the role.",
        ),
        ([], "Nothing is different: the same rights come through a team or the role."),
        (
            [change(where=where, after="view publish") for where in ("Help", "News", "Jobs", "Shop")],
            "Cole may now publish on Help, News and 2 more.",
        ),
        (
            [change(who=who, after="view publish") for who in ("Cole", "Ed", "Ana")],
            "Cole, Ed and Ana may now publish on Help.",
        ),
        (
            [change(after="view publish"), change(where="News", after="view reply")],
            "The rights of Cole on Help and News are changed.",
        ),
        (
            [change(after="view publish"), change(who="Ed", where="News", after="view publish")],
            "The rights of 2 people or teams on Help and News are changed.",
        ),
    ],
)
def test_it_says_what_is_possible_now(changes, sentence):
    assert describe_changes(changes) == sentence


def said(answer) -> list[str]:
    """What the messages say, before the button that takes it back."""
    return [str(one).partition(" <button")[0] for one in answer.context["messages"]]


def test_the_profiles_page_tells_the_result(cast, sign_in):
    page = f"/o/acme/profiles/{cast.x.pk}/"
    form = {"row": f"member-{cast.cole.pk}", f"member-{cast.cole.pk}": ["view", "reply", "publish"]}
    assert said(sign_in(cast.olive).post(page + "rights/", form, follow=True)) == ["Cole may now publish on Acme."]
    form = {"holder": f"member-{cast.cole.pk}", "level": "publisher"}
    page = f"/o/acme/profiles/{cast.page.pk}/"
    told = said(sign_in(cast.olive).post(page + "rights/add/", form, follow=True))
    assert told == ["Cole may now draft and publish on Acmepage."]


def test_what_comes_through_a_team_all_the_same_is_not_said_to_be_gone(cast, sign_in):
    set_grants(cast.olive, cast.x, teams={cast.team.pk: ["reply"]})
    form = {"row": f"member-{cast.cole.pk}"}
    told = said(sign_in(cast.olive).post(f"/o/acme/profiles/{cast.x.pk}/rights/", form, follow=True))
    assert told == ["Nothing is different: the same rights come through a team or the role."]
    assert verbs_on(cast.cole, [cast.x.pk])[cast.x.pk] == {"view", "reply"}


def test_the_matrix_tells_the_result_and_nothing_of_what_was_refused(cast, sign_in):
    cells = [f"{cast.ed.pk}-{cast.x.pk}", f"{cast.vic.pk}-{cast.page.pk}"]
    answer = sign_in(cast.olive).post("/o/acme/teams/rights/", {"cell": cells, "level": "publisher"})
    assert said(answer) == ["Ed may now publish on Acme."]  # a viewer looks on


def test_a_manager_sees_everybody_whose_rights_they_may_change(cast, sign_in):
    set_grants(cast.olive, cast.x, members={cast.priya.pk: PROFILE_VERBS})
    page = sign_in(cast.priya).get("/o/acme/teams/rights/").content.decode()
    for who in (cast.ed, cast.cole, cast.ana, cast.vic):
        assert f"value={who.pk}-{cast.x.pk} " in page, who
        assert f"why/{who.pk}/{cast.x.pk}/" in page
        assert f"why/{who.pk}/{cast.page.pk}/" not in page, "this may not be asked, so it is no link"
    answer = sign_in(cast.priya).post(
        "/o/acme/teams/rights/", {"cell": f"{cast.ana.pk}-{cast.x.pk}", "level": "publisher"}
    )
    assert answer.status_code == 302
    assert "publish" in verbs_on(cast.ana, [cast.x.pk])[cast.x.pk]


def test_whoever_manages_nothing_sees_only_themselves_and_their_teams(cast, sign_in):
    page = sign_in(cast.ed).get("/o/acme/teams/rights/").content.decode()
    assert f"why/{cast.ed.pk}/" in page
    assert f"why/{cast.ana.pk}/" not in page
