"""Nothing there, nothing that you may see, filtered away: what each reader is told on every page that can be empty."""

import html

import pytest

from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation
from organizations.models import Member
from organizations.tenancy import scope
from tests import builders
from tests.cast import Cast
from tests.inbox.talk import says

RIGHTS = ("none that you may see", "none where you may approve", "none whose numbers you may see")
PAGES = {  # address: what somebody with no rights at all reads there
    "": RIGHTS[0],
    "inbox/": RIGHTS[0],
    "inbox/?state=closed": RIGHTS[0],
    "inbox/?assignee=none": RIGHTS[0],
    "posts/": RIGHTS[0],
    "queue/": RIGHTS[0],
    "calendar/": RIGHTS[0],
    "calendar/?day=2026-11-23": RIGHTS[0],
    "approvals/": RIGHTS[1],
    "profiles/": RIGHTS[0],
    "pauses/": RIGHTS[0],
    "teams/rights/": RIGHTS[0],
    "compose/": "none that you may write for",
}
CLAIMS = (
    "Nobody waits",
    "All answered",
    "Nothing is closed",
    "Nothing is unassigned",
    "No posts yet",
    "Nothing is due",
)


@pytest.fixture
def read(sign_in):
    def read(member: Member, page: str) -> str:
        answer = sign_in(member).get(f"/o/{member.organization.slug}/{page}", follow=True)
        assert answer.status_code == 200, page
        return html.unescape(answer.content.decode())

    return read


@pytest.mark.parametrize("page", PAGES)
def test_who_may_see_nothing_is_told_so_and_who_can_help(cast: Cast, read, page: str) -> None:
    text = read(cast.vic, page)
    assert PAGES[page] in text
    assert f"{cast.olive.name} can" in text
    assert not any(claim in text for claim in CLAIMS), "of what Vic cannot see nothing is claimed"
    assert "Write the first one" not in text


@pytest.mark.parametrize("page", PAGES)
def test_an_owner_is_never_told_to_ask_for_rights(cast: Cast, read, page: str) -> None:
    text = read(cast.olive, page)
    assert "can give you the right" not in text
    assert "Only the profiles" not in text


@pytest.mark.parametrize("page", ["", "inbox/", "posts/", "queue/", "calendar/", "approvals/"])
def test_who_sees_a_part_is_told_of_which(cast: Cast, read, page: str) -> None:
    with scope(cast.acme):
        ingest_inbound(cast.page, [says("Somebody waits where Cole does not look")])
        assert Conversation.objects.exclude(unanswered_since=None).exists()
    text = read(cast.cole, page)
    assert "count here: 1 of 2" in text or "none where you may approve" in text


def test_numbers_have_a_right_of_their_own(cast: Cast, read) -> None:
    assert RIGHTS[2] in read(cast.ed, "analytics/")
    assert RIGHTS[2] not in read(cast.vic, "analytics/")


def test_a_looker_is_told_that_the_role_bars(cast: Cast, read) -> None:
    assert "Your role only looks on" in read(cast.vic, "approvals/")


def test_a_new_organization_begins_with_a_profile(db, read) -> None:
    fresh = builders.organization("fresh", owner="fay")
    ned = builders.member(fresh, "Ned")
    with scope(fresh):
        owner = Member.objects.select_related("user").get(role="owner")
    for page in ("inbox/", "posts/", "profiles/", "analytics/", "teams/rights/"):
        assert "Connect a profile" in read(owner, page), page
        asked = read(ned, page)
        assert f"{owner.name} can connect the first one" in asked, page
        assert "Connect a profile" not in asked, page


@pytest.mark.parametrize(
    "page", ["inbox/?q=zzz", "posts/?q=zzz", "queue/?network=x", "calendar/?state=failed", "settings/people/?q=zzz"]
)
def test_what_is_filtered_away_has_its_way_back(cast: Cast, read, page: str) -> None:
    text = read(cast.olive, page)
    assert "Show all" in text or "Show every" in text
