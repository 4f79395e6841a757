"""Two people change the same rights: what one has narrowed is never widened again by what the other saw before."""

import json
import re

import pytest

from foundation.errors import NotFound
from organizations.actions.people import change_role
from organizations.models import Member
from teams.access import verbs_on
from teams.actions.grants import set_grants
from teams.actions.levels import change_level, create_level, delete_level
from teams.actions.teams import change_team
from teams.levels import LEVELS
from teams.models import Level, TeamMember
from teams.rights.seen_cells import decode_holders, decode_rows, decode_verbs, encode_verbs
from tests import builders

RIGHTS = "/o/acme/teams/rights/"
HIDDEN = re.compile(r'<input type="hidden" name="(seen|row|columns)" value="([^"]*)">')


def verbs(member, profile):
    return verbs_on(member, [profile.pk])[profile.pk]


def hidden(answer) -> dict[str, list[str]]:
    """What a page that was drawn some time ago will say that it showed."""
    found: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(answer.content.decode()):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.usefixtures("in_acme")
class TestFromAnOldPage:
    def test_an_untouched_row_gives_nothing_back(self, cast, sign_in):
        """Olive's page still ticks `publish` for Priya; she changes Ed, and leaves Priya's row as it is."""
        client, page = sign_in(cast.olive), f"/o/acme/profiles/{cast.x.pk}/"
        old = hidden(client.get(page))
        ticks = {
            key: sorted(held)
            for key, held in decode_holders(old["seen"]).items()
            if key in (f"member-{cast.priya.pk}", f"member-{cast.ed.pk}")
        }
        set_grants(cast.lena, cast.x, members={cast.priya.pk: ["view"]})
        ticks[f"member-{cast.ed.pk}"] = ["view", "draft", "reply"]
        answer = client.post(page + "rights/", {"row": list(ticks), "seen": old["seen"], **ticks})
        assert answer.status_code == 302
        assert verbs(cast.priya, cast.x) == {"view"}
        assert verbs(cast.ed, cast.x) == {"view", "draft", "reply"}

    def test_a_row_that_both_changed_is_refused_and_shown_as_it_is(self, cast, sign_in):
        client, page = sign_in(cast.olive), f"/o/acme/profiles/{cast.x.pk}/"
        old, key = hidden(client.get(page)), f"member-{cast.priya.pk}"
        set_grants(cast.lena, cast.x, members={cast.priya.pk: ["view"]})
        wider = ["view", "draft", "publish", "reply"]
        answer = client.post(page + "rights/", {"row": [key], "seen": old["seen"], key: wider})
        assert answer.status_code == 422
        assert "Somebody else has changed the rights of Priya meanwhile." in answer.content.decode()
        assert verbs(cast.priya, cast.x) == {"view"}
        again = hidden(answer)["seen"]
        assert f"{key}:{encode_verbs(['view'])}" in again
        assert client.post(page + "rights/", {"row": [key], "seen": again, key: wider}).status_code == 302
        assert verbs(cast.priya, cast.x) == set(wider)

    def test_after_another_refusal_it_is_still_the_old_page(self, cast, sign_in):
        """Lena may not change her own rights; what she left alone in Priya's row stays left alone."""
        client, page = sign_in(cast.lena), f"/o/acme/profiles/{cast.x.pk}/"
        old, priya, lena = hidden(client.get(page)), f"member-{cast.priya.pk}", f"member-{cast.lena.pk}"
        set_grants(cast.olive, cast.x, members={cast.priya.pk: ["view"]})
        posted = {"row": [priya, lena], "seen": old["seen"], priya: list(LEVELS["publisher"]), lena: ["view"]}
        answer = client.post(page + "rights/", posted)
        assert "You cannot change your own rights." in answer.content.decode()
        assert f"{priya}:{encode_verbs(LEVELS['publisher'])}" in hidden(answer)["seen"]

    @pytest.mark.parametrize("by", ["cell", "row", "column"])
    def test_a_chosen_cell_that_changed_meanwhile_is_refused(self, cast, sign_in, by):
        client = sign_in(cast.olive)
        old = hidden(client.get(RIGHTS))
        set_grants(cast.lena, cast.x, members={cast.priya.pk: ["view"]})
        chosen = {"cell": f"{cast.priya.pk}-{cast.x.pk}", "row": cast.priya.pk, "column": cast.x.pk}[by]
        answer = client.post(RIGHTS, {**old, by: chosen, "level": "manager"})
        assert answer.status_code == 422
        assert "Somebody else has changed the rights of Priya meanwhile." in answer.content.decode()
        assert verbs(cast.priya, cast.x) == {"view"}
        if by == "row":  # on the other profile nobody had changed anything
            assert verbs(cast.priya, cast.page) == LEVELS["manager"]

    def test_a_row_gives_nothing_on_a_profile_that_was_not_shown(self, cast, sign_in):
        client = sign_in(cast.olive)
        old = hidden(client.get(RIGHTS))
        new = builders.profile(cast.acme, "x")
        client.post(RIGHTS, {**old, "row": cast.cole.pk, "level": "publisher"})
        assert verbs(cast.cole, cast.x) == LEVELS["publisher"]
        assert verbs(cast.cole, new) == frozenset()

    def test_a_level(self, cast, sign_in):
        level = create_level(cast.olive, name="Poet", verbs=["draft", "publish"])
        client, page = sign_in(cast.olive), f"/o/acme/teams/levels/{level.pk}/"
        old = hidden(client.get(page))["seen"][0]
        change_level(cast.olive, level, verbs=["view"])
        answer = client.post(page, {"name": "Bard", "verbs": ["view", "draft", "publish"], "seen": old})
        assert answer.status_code == 422
        assert "Somebody else has changed this level meanwhile." in answer.content.decode()
        assert Level.objects.get(pk=level.pk).verbs == ["view"]
        new = hidden(answer)["seen"][0]
        assert client.post(page, {"name": "Bard", "verbs": ["view"], "seen": new}).status_code == 302

    def test_a_level_whose_form_had_a_mistake_is_still_the_old_one(self, cast, sign_in):
        level = create_level(cast.olive, name="Poet", verbs=["draft", "publish"])
        client, page = sign_in(cast.olive), f"/o/acme/teams/levels/{level.pk}/"
        old = hidden(client.get(page))["seen"][0]
        change_level(cast.olive, level, verbs=["view"])
        assert hidden(client.post(page, {"name": "", "verbs": ["draft"], "seen": old}))["seen"] == [old]

    def test_a_deleted_level_does_not_come_back(self, cast):
        level = create_level(cast.olive, name="Poet", verbs=["draft"])
        delete_level(cast.olive, Level.objects.get(pk=level.pk))
        with pytest.raises(NotFound):
            change_level(cast.olive, level, name="Bard")
        assert not Level.objects.exists()

    def test_a_role(self, cast, sign_in):
        change_role(cast.olive, cast.ed, role="admin")
        client, page = sign_in(cast.olive), f"/o/acme/settings/people/{cast.ed.pk}/"
        old = hidden(client.get(page))["seen"][0]
        change_role(cast.olive, cast.ed, role="viewer")
        answer = client.post(page + "role/", {"role": "admin", "seen": old})
        assert answer.status_code == 422
        assert "given Ed the role “Viewer” meanwhile" in answer.content.decode()
        assert Member.objects.get(pk=cast.ed.pk).role == "viewer"

    def test_a_team_takes_nobody_back_in(self, cast, sign_in):
        """The page lists Cole, who was taken out meanwhile, and lacks Ana, who came in; Olive takes Ed out."""
        client, page = sign_in(cast.olive), f"/o/acme/teams/{cast.team.pk}/edit/"
        form = client.get(page).context["form"]
        seen, people = form.initial["seen"], form.initial["members"]
        change_team(cast.olive, cast.team, members=[cast.priya.pk, cast.ed.pk, cast.ana.pk], purpose="Kindness")
        posted = {**seen, "members": sorted(set(people) - {cast.ed.pk}), "seen": json.dumps(seen)}
        assert client.post(page, posted).status_code == 302
        here = set(TeamMember.objects.filter(team=cast.team).values_list("member_id", flat=True))
        assert here == {cast.lena.pk, cast.priya.pk, cast.ana.pk}
        cast.team.refresh_from_db()
        assert cast.team.purpose == "Kindness"
        assert set(cast.team.group.user_set.values_list("pk", flat=True)) == {
            one.user_id for one in (cast.lena, cast.priya, cast.ana)
        }


@pytest.mark.parametrize("text", ["", "0", "000", "zz", "-1", "ff", "+1", "٣٤"])
def test_what_was_not_spelt_by_us_says_nothing(text):
    assert decode_verbs(text) is None


def test_what_was_seen_is_read_as_it_was_spelt():
    for held in LEVELS.values():
        assert decode_verbs(encode_verbs(held)) == held
    assert decode_rows("7 9", [f"3:{encode_verbs(['view'])}00", "x:01", "4:01", "5"]) == {
        (3, 7): {"view"},
        (3, 9): frozenset(),
        (4, 7): {"view"},
    }
