"""Being away: the deputy sees the work, and gets no right by it."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from foundation.errors import Invalid, PermissionDenied
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.conversation_filters import ConversationFilters
from inbox.models import Conversation
from inbox.queries.conversation_list import count_inbox_views, fetch_listing
from networks.models import Profile
from organizations.actions.absences import end_absence, plan_absence
from organizations.models import Absence, Member
from organizations.queries.absences import deputised_member_ids
from organizations.queries.leaving import gaps_between
from teams.access import verbs_on
from teams.actions.grants import set_grants
from tests.cast import Cast
from tests.inbox.talk import says

pytestmark = pytest.mark.usefixtures("in_acme")
PEOPLE = "/o/acme/settings/people/"
DAY = timedelta(days=1)


def today() -> date:
    """On the clock of acme's people."""
    return now().astimezone(ZoneInfo("Europe/Madrid")).date()


def away(cast: Cast, member: Member, deputy: Member, first: int = -1, last: int = 2) -> Absence:
    return plan_absence(
        cast.olive, member, deputy=deputy, first_day=today() + first * DAY, last_day=today() + last * DAY
    )


def assigned(cast: Cast, profile: Profile, member: Member) -> Conversation:
    held = verbs_on(member, [profile.pk])[profile.pk]
    set_grants(cast.olive, profile, members={member.pk: held | {"view", "reply"}})
    message = ingest_inbound(profile, [says("Anybody?")])[0]
    conversation = Conversation.objects.get(pk=message.conversation_id)
    return assign_conversation(cast.olive, conversation, member=member)


def mine(member: Member) -> list[Conversation]:
    return fetch_listing(member, ConversationFilters(assignee="me")).rows


def test_the_deputy_sees_what_is_assigned_and_only_while_it_lasts(cast: Cast) -> None:
    theirs = assigned(cast, cast.x, cast.priya)
    assert mine(cast.cole) == []
    absence = away(cast, cast.priya, cast.cole)
    assert list(deputised_member_ids(cast.cole)) == [cast.priya.pk]
    assert mine(cast.cole) == mine(cast.priya) == [theirs]
    assert count_inbox_views(cast.cole)["mine"] == 1
    end_absence(cast.priya, absence)
    assert mine(cast.cole) == []
    assert mine(cast.priya) == [theirs]


def test_the_deputy_gets_no_right_by_it(cast: Cast) -> None:
    assigned(cast, cast.page, cast.priya)
    before = verbs_on(cast.cole, [cast.x.pk, cast.page.pk])
    away(cast, cast.priya, cast.cole)
    assert mine(cast.cole) == [], "Cole cannot see the page"
    assert verbs_on(cast.cole, [cast.x.pk, cast.page.pk]) == before


def test_before_it_is_told_what_the_deputy_cannot_do(cast: Cast, sign_in) -> None:
    found = gaps_between(cast.priya, cast.cole)
    assert len(found) == 2
    assert any("publish" in gap for gap in found)
    assert gaps_between(cast.priya, cast.olive) == []
    shown = sign_in(cast.priya).get(f"{PEOPLE}{cast.priya.pk}/deputy/", {"deputy": cast.cole.pk}).content.decode()
    assert "What Cole may not do" in shown
    assert sign_in(cast.ed).get(f"{PEOPLE}{cast.priya.pk}/deputy/", {"deputy": cast.cole.pk}).status_code == 404


def test_one_plans_ones_own_and_admins_anybodys(cast: Cast) -> None:
    given = {"deputy": cast.ed, "first_day": today(), "last_day": today()}
    plan_absence(cast.priya, cast.priya, **given)
    plan_absence(cast.olive, cast.cole, **given)
    with pytest.raises(PermissionDenied):
        plan_absence(cast.lena, cast.ana, **given)
    with pytest.raises(PermissionDenied):
        end_absence(cast.lena, Absence.objects.filter(member=cast.cole).get())


def test_the_days_are_those_of_the_members_own_clock(cast: Cast) -> None:
    absence = plan_absence(cast.olive, cast.ed, deputy=cast.cole, first_day=today() + DAY, last_day=today() + DAY)
    assert absence.ends_at - absence.starts_at in (DAY, DAY - timedelta(hours=1), DAY + timedelta(hours=1))
    assert absence.starts_at.utcoffset() != timedelta(0), "Europe/Madrid is never UTC"
    assert not deputised_member_ids(cast.cole).exists()


@pytest.mark.parametrize(
    ("first", "last", "field"), [(2, 1, "last_day"), (-3, -2, "last_day"), (0, 5000, "last_day"), (3, 4, "first_day")]
)
def test_days_that_cannot_be(cast: Cast, first: int, last: int, field: str) -> None:
    away(cast, cast.ed, cast.priya, first=4, last=6)
    with pytest.raises(Invalid) as error:
        away(cast, cast.ed, cast.priya, first, last)
    assert list(error.value.fields) == [field]


def test_a_deputy_is_somebody_else_who_is_there(cast: Cast) -> None:
    for deputy in (cast.ed, cast.vic, cast.mallory):
        with pytest.raises(Invalid, match="another member"):
            away(cast, cast.ed, deputy)
    away(cast, cast.priya, cast.cole)
    with pytest.raises(Invalid, match="away then too"):
        away(cast, cast.ed, cast.priya)
    with pytest.raises(Invalid, match="stands in for Priya"):
        away(cast, cast.cole, cast.ed)


def test_the_page_plans_and_ends(cast: Cast, sign_in, django_assert_max_num_queries) -> None:
    client = sign_in(cast.priya)
    address = f"{PEOPLE}{cast.priya.pk}/"
    form = {"deputy": cast.cole.pk, "first_day": today().isoformat(), "last_day": today().isoformat()}
    assert client.post(address + "absences/", form).status_code == 302
    with django_assert_max_num_queries(12):
        assert "Cole stands in" in client.get(address).content.decode()
    refused = client.post(address + "absences/", form)
    assert refused.status_code == 422
    assert "overlap" in refused.content.decode()
    absence = Absence.objects.get()
    assert sign_in(cast.ed).post(f"/o/acme/settings/absences/{absence.pk}/end/").status_code == 403
    sign_in(cast.priya).post(f"/o/acme/settings/absences/{absence.pk}/end/")
    assert not deputised_member_ids(cast.cole).exists()
