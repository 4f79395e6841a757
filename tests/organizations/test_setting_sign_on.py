"""Setting an organization's sign-on up, changing and removing it: what is refused, kept, forgotten and written down."""

from typing import Any

import pytest

from foundation.errors import Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from organizations.actions.sign_on import describe_actor, remove_sign_on, set_sign_on
from organizations.actors import System
from organizations.models import AuditEntry, OrganizationSignOn, Role, SignOnDomain, SignOnIdentity
from organizations.models.sign_on import NO_SIGN_ON

pytestmark = pytest.mark.usefixtures("in_acme")
GIVEN: dict[str, Any] = {
    "issuer": "https://login.example",
    "client_id": "c",
    "client_secret": "s3cret",
    "domains": ["acme.example"],
    "default_role": "member",
    "required": False,
}


@pytest.fixture
def given(cast):
    """given(**changes): Olive sets it up, or changes it, so."""
    return lambda **changes: set_sign_on(cast.olive, cast.acme, **(GIVEN | changes))


def told() -> tuple[str, dict]:
    entry = AuditEntry.objects.filter(verb__startswith="sign_on.").latest("pk")
    return entry.verb, entry.change


def test_what_is_set_up_is_kept_and_written_down_without_the_secret(cast, given):
    made = given(issuer=" https://login.example ", client_id=" c ", seen=NO_SIGN_ON)
    row = OrganizationSignOn.objects.get()
    assert (row, row.organization) == (made, cast.acme)
    assert (row.issuer, row.client_id, row.client_secret, row.default_role, row.required) == (
        "https://login.example",
        "c",
        "s3cret",
        "member",
        False,
    )
    assert row.set_up_by == f"olive@acme.example (member {cast.olive.pk})"
    assert told() == (
        "sign_on.set_up",
        {
            "issuer": [None, "https://login.example"],
            "client_id": [None, "c"],
            "default_role": [None, "member"],
            "required": [None, False],
            "client_secret": "•••",
            "domains": [[], ["acme.example"]],
        },
    )


def test_a_change_is_written_down_alone_and_what_is_the_same_is_not(cast, given):
    first = given()
    given(client_secret="", required=True, default_role="viewer", seen=first.mark)
    assert told() == ("sign_on.changed", {"required": [False, True], "default_role": ["member", "viewer"]})
    row = OrganizationSignOn.objects.get()
    assert (row.client_secret, row.required, row.default_role) == ("s3cret", True, "viewer")
    count = AuditEntry.objects.count()
    given(client_secret="", required=True, default_role="viewer")
    assert AuditEntry.objects.count() == count
    given(client_secret="", required=True, default_role="viewer", domains=["acme.example", "b.example"])
    assert told()[1] == {"domains": [["acme.example"], ["acme.example", "b.example"]]}


@pytest.mark.parametrize(
    ("change", "forgets", "renames"),
    [
        ({"issuer": "https://other.example"}, True, True),
        ({"client_id": "d"}, True, True),
        ({"client_secret": "new"}, False, True),
        ({"client_secret": "", "default_role": "viewer"}, False, False),
    ],
)
def test_another_provider_knows_nobody_and_says_who_named_it(cast, given, change, forgets, renames):
    given()
    SignOnIdentity.objects.create(user=cast.ed.user, issuer="https://login.example", subject="1")
    OrganizationSignOn.objects.update(set_up_by="Somebody")
    given(**{"client_secret": "", **change})
    assert SignOnIdentity.objects.exists() is not forgets
    assert told()[1].get("links") == ([1, 0] if forgets else None)
    assert (OrganizationSignOn.objects.get().set_up_by != "Somebody") is renames


def test_another_provider_where_nobody_was_known_is_told_without_them(given):
    given()
    given(issuer="https://other.example", client_secret="")
    assert told()[1] == {"issuer": ["https://login.example", "https://other.example"]}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"issuer": "http://login.example"}, {"issuer"}),
        ({"issuer": "https://login.example/?a"}, {"issuer"}),
        ({"issuer": "https://login.example/" + "a" * 279}, {"issuer"}),
        ({"client_id": ""}, {"client_id"}),
        ({"client_id": "c" * 201}, {"client_id"}),
        ({"client_id": "a\0b"}, {"client_id"}),
        ({"client_secret": ""}, {"client_secret"}),
        ({"default_role": "admin"}, {"default_role"}),
        ({"domains": []}, {"domains"}),
        ({"issuer": "", "client_id": "", "domains": ["x"]}, {"issuer", "client_id", "domains"}),
    ],
)
def test_all_that_is_wrong_is_named_and_nothing_is_stored(given, change, fields):
    with pytest.raises(Invalid) as refused:
        given(**change)
    assert set(refused.value.fields) == fields
    assert all(text for texts in refused.value.fields.values() for text in texts)
    assert not OrganizationSignOn.objects.exists()
    assert not SignOnDomain.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://login.example/" + "a" * 278}, {"client_id": "c" * 200}, {"default_role": "viewer"}],
)
def test_what_is_just_right_is_taken(given, change):
    assert given(**change)


def test_only_owners_and_the_operator_set_it_up_and_remove_it(cast, given):
    cast.lena.role = Role.ADMIN
    with pytest.raises(PermissionDenied):
        set_sign_on(cast.lena, cast.acme, **GIVEN | {"issuer": ""})
    set_sign_on(System("command line"), cast.acme, **GIVEN)
    assert OrganizationSignOn.objects.get().set_up_by == "command line (system)"
    with pytest.raises(PermissionDenied):
        remove_sign_on(cast.lena, cast.acme)
    assert OrganizationSignOn.objects.exists()


def test_what_was_changed_meanwhile_is_not_overwritten(cast, given):
    first = given()
    given(client_secret="", required=True)
    for seen in (first.mark, NO_SIGN_ON):
        with pytest.raises(Overtaken):
            given(client_secret="", default_role="viewer", seen=seen)
        with pytest.raises(Overtaken):
            remove_sign_on(cast.olive, cast.acme, seen=seen)
    assert OrganizationSignOn.objects.get().default_role == "member"


def test_removed_it_leaves_nothing_but_a_line(cast, given):
    remove_sign_on(cast.olive, cast.acme)
    assert not AuditEntry.objects.filter(verb="sign_on.removed").exists()
    made = given()
    SignOnIdentity.objects.create(user=cast.ed.user, issuer="https://login.example", subject="1")
    remove_sign_on(cast.olive, cast.acme, seen=made.mark)
    for rows in (OrganizationSignOn, SignOnDomain, SignOnIdentity):
        assert not rows.objects.exists()
    entry = AuditEntry.objects.get(verb="sign_on.removed")
    assert (entry.actor_name, entry.target_name, entry.target_id) == (
        "olive@acme.example",
        "https://login.example",
        str(made.pk),
    )


def test_two_of_one_name_are_told_apart(cast):
    assert describe_actor(cast.olive) == f"olive@acme.example (member {cast.olive.pk})"
    assert describe_actor(System("clock")) == "clock (system)"
