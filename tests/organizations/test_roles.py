"""Roles: nobody lifts anybody above themselves, and an owner always remains."""

import pytest

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from organizations.actions.organizations import create_member
from organizations.actions.people import change_role
from organizations.models import AuditEntry, Member, Role
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_acme")
PEOPLE = "/o/acme/settings/people/"


def role_of(member: Member) -> str:
    return Member.ever.get(pk=member.pk).role


def test_an_owner_makes_an_admin_and_the_audit_log_says_so(cast: Cast) -> None:
    change_role(cast.olive, cast.ed, role="admin")
    assert role_of(cast.ed) == "admin"
    assert AuditEntry.objects.get(verb="member.role_changed").change == {"role": ["member", "admin"]}


def test_the_same_role_again_changes_nothing(cast: Cast) -> None:
    change_role(cast.olive, cast.ed, role="member")
    assert not AuditEntry.objects.filter(verb="member.role_changed").exists()


@pytest.mark.parametrize("actor", ["lena", "ed", "vic"])
def test_members_change_nobody(cast: Cast, actor: str) -> None:
    for member in (cast.ana, getattr(cast, actor)):
        with pytest.raises(PermissionDenied):
            change_role(getattr(cast, actor), member, role="member")


def test_an_admin_lifts_nobody_to_owner_and_touches_no_owner(cast: Cast) -> None:
    amy = builders.member(cast.acme, "Amy", role=Role.ADMIN)
    change_role(amy, cast.ed, role="admin")
    for member, role in ((cast.ed, "owner"), (amy, "owner"), (cast.olive, "member")):
        with pytest.raises(PermissionDenied):
            change_role(amy, member, role=role)
    with pytest.raises(PermissionDenied):
        create_member(amy, cast.acme, email="x@acme.example", role="owner", password=builders.PASSWORD)


def test_the_last_owner_stays_one(cast: Cast) -> None:
    with pytest.raises(Conflict, match="last owner"):
        change_role(cast.olive, cast.olive, role="admin")
    change_role(cast.olive, cast.ed, role="owner")
    change_role(cast.olive, cast.olive, role="viewer")
    assert role_of(cast.olive) == "viewer"


@pytest.mark.parametrize("role", ["", "king", "OWNER", "\0"])
def test_there_are_four_roles(cast: Cast, role: str) -> None:
    with pytest.raises(Invalid):
        change_role(cast.olive, cast.ed, role=role)


def test_people_of_elsewhere_are_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        change_role(cast.olive, cast.mallory, role="viewer")


def test_the_page_changes_the_role_and_refuses_beside_the_field(cast: Cast, sign_in) -> None:
    client = sign_in(cast.olive)
    assert client.post(f"{PEOPLE}{cast.ed.pk}/role/", {"role": "admin"}).status_code == 302
    assert role_of(cast.ed) == "admin"
    refused = client.post(f"{PEOPLE}{cast.olive.pk}/role/", {"role": "member"})
    assert refused.status_code == 422
    assert "last owner" in refused.content.decode()


def test_members_see_the_people_and_change_nothing(cast: Cast, sign_in) -> None:
    client = sign_in(cast.lena)
    assert "Cole" in client.get(PEOPLE).content.decode()
    assert "Change the role" not in client.get(f"{PEOPLE}{cast.ed.pk}/").content.decode()
    assert client.post(f"{PEOPLE}{cast.ed.pk}/role/", {"role": "admin"}).status_code == 403
    assert client.get(f"{PEOPLE}{cast.mallory.pk}/").status_code == 404


def test_people_page_by_name(cast: Cast, sign_in, django_assert_max_num_queries) -> None:
    for number in range(60):
        builders.member(cast.acme, f"Person{number:02}")
    client = sign_in(cast.olive)
    with django_assert_max_num_queries(12):
        first = client.get(PEOPLE).content.decode()
    assert "Person10" in first
    assert "Person59" not in first
    before = first.split("before=")[1].split('"')[0]
    second = client.get(PEOPLE, {"before": before}).content.decode()
    assert "Person59" in second
    assert "Person10" not in second
    assert client.get(PEOPLE, {"before": "9" * 30, "q": "\0%_'"}).status_code == 200
    assert "Person33" in client.get(PEOPLE, {"q": "person33"}).content.decode()
