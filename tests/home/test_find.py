"""The palette finds what the reader may see of people, posts, conversations, profiles, teams and settings."""

import pytest

from inbox.actions.ingest import ingest_inbound
from organizations.models import Member
from organizations.tenancy import scope
from publishing.queries.composer import profile_options
from tests.cast import Cast
from tests.inbox.talk import says
from tests.posts import create_post


@pytest.fixture
def find(cast: Cast, sign_in):
    with scope(cast.acme):
        create_post(cast.lena, text="Sourdough on the page", profiles=[cast.page.pk])
        ingest_inbound(cast.page, [says("Is the sourdough vegan?")])

    def find(member: Member, q: str) -> list[str]:
        answer = sign_in(member).get(f"/o/{member.organization.slug}/find/", {"q": q})
        return [one["name"] for one in answer.json()["found"]]

    return find


def test_all_kinds(cast: Cast, find) -> None:
    assert find(cast.lena, "sourdough") == ["Sourdough on the page", "Bob Stone: Is the sourdough vegan?"]
    assert find(cast.lena, "cole") == ["Cole"]
    assert find(cast.lena, "@acmep") == ["Acmepage @acmepage"]
    assert find(cast.lena, "care") == ["Care"]
    assert find(cast.lena, "holidays") == ["Office hours and holidays"]
    assert find(cast.lena, "") == []


def test_only_what_one_may_see(cast: Cast, find) -> None:
    assert find(cast.cole, "sourdough") == find(cast.cole, "acmepage") == find(cast.mallory, "sourdough") == []
    assert find(cast.lena, "sign-on") == []
    assert find(cast.olive, "sign-on") == ["Security and sign-on"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("acme", {"x", "page"}),
        ("@acmepage", {"page"}),
        ("facebook", {"page"}),
        ("care", {"x", "page"}),
        ("care facebook", {"page"}),
        ("globex", set()),
        ("care zzz", set()),
    ],
)
def test_the_picker_finds_by_name_handle_network_and_team(cast: Cast, q: str, found: set[str]) -> None:
    with scope(cast.acme):
        assert {one.pk for one in profile_options(cast.priya, q=q)} == {getattr(cast, name).pk for name in found}
