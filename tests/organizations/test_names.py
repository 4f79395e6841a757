"""Names are one line of characters that can be seen, whatever door they come by."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Invalid
from foundation.texts.names import checked_name, is_one_line, join_lines
from inbox.intake.inbound_cleaning import clean_author
from networks.actions.profiles import store_connected_profile
from networks.contract import Author, Identity
from organizations.actions.hours import add_holiday
from organizations.actions.invitations import create_invited_user, invite_member
from organizations.actions.organizations import create_member
from organizations.models import User
from organizations.tenancy import scope
from tests.builders import PASSWORD
from tests.rest.caller import caller

BREAKS = ["\n", "\r\n", "\x0b", "\x1b[2J", "\x85", "\u2028", "\u2029", "\u202e", "\x7f", "\x01"]
NAMED = {"name", "title", "department", "target_name", "actor_name"}


def stored() -> list[str]:
    """Every name that stands in the database."""
    found: list[str] = []
    for model in apps.get_models():
        columns = [one.name for one in model._meta.concrete_fields if isinstance(one, models.CharField)]
        rows = getattr(model, "unscoped", model._base_manager)
        for column in NAMED & set(columns):
            found += rows.values_list(column, flat=True)
    return found


def posted(name: str, member: int) -> dict[str, dict[str, object]]:
    return {
        "/o/acme/settings/organization/": {"name": name, "time_zone": "UTC"},
        "/o/acme/settings/members/": {"name": name, "email": "nia@acme.example", "role": "member"},
        "/o/acme/settings/hours/holidays/": {"day": "2027-01-01", "name": name},
        "/o/acme/settings/tokens/": {"name": name, "scopes": ["read"], "days": "30"},
        "/o/acme/teams/new/": {"name": name},
        "/o/acme/teams/levels/new/": {"name": name, "verbs": ["draft"]},
        "/o/acme/tasks/new/": {"title": name, "member": f"member-{member}", "form_key": str(uuid4())},
    }


def called(name: str) -> dict[str, dict[str, object]]:
    return {"teams/": {"name": name}, "levels/": {"name": name, "verbs": ["draft"]}, "tasks/": {"title": name}}


def test_one_line_is_taken_at_each_door(cast, sign_in) -> None:
    page, rest = sign_in(cast.olive), caller(cast.olive)
    for address, form in posted("Acme & Sons", cast.ed.pk).items():
        answer = page.post(address, form)
        assert answer.status_code in (200, 302), (address, answer.text)
    for path, body in called("Acme in words").items():
        assert rest.post(path, body).status_code == 201, path


@pytest.mark.parametrize("mark", BREAKS, ids=ascii)
def test_no_name_takes_a_line_break(cast, sign_in, monkeypatch, mark: str) -> None:
    name = f"Acme{mark}Bcc: all@acme.example"
    page, rest = sign_in(cast.olive), caller(cast.olive)
    for address, form in posted(name, cast.ed.pk).items():
        assert page.post(address, form).status_code in (400, 422), address
    for path, body in called(name).items():
        assert rest.post(path, body).status_code == 400, path
    assert rest.patch(f"teams/{cast.team.pk}/", {"name": name}).status_code == 400
    assert rest.patch(f"teams/{cast.team.pk}/", {"department": name}).status_code == 400
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError):
        call_command("create_organization", name, slug="other", owner_email="o@other.example")
    with pytest.raises(CommandError):
        call_command("create_api_token", organization="acme", email=cast.olive.user.email, name=name)
    with scope(cast.acme):
        with pytest.raises(Invalid):
            create_member(cast.olive, cast.acme, email="n@acme.example", role="member", password=PASSWORD, name=name)
        with pytest.raises(Invalid):
            create_invited_user(invite_member(cast.olive, email="nia@acme.example"), name, PASSWORD)
        with pytest.raises(Invalid):
            add_holiday(cast.olive, cast.acme, day=cast.x.created_at.date(), name=name)
        store_connected_profile(
            cast.olive, "x", {}, Identity(remote_id="7", name=name, handle=name, url="", avatar_url=""), sandbox=True
        )
    assert all(map(is_one_line, stored()))


def test_a_provider_gives_nobody_a_name_of_two_lines(client, sign_on, come_in, issuer) -> None:
    issuer.person["name"] = "Nia\u2028New\r\nBcc: all@acme.example"
    sign_on()
    assert come_in(client).status_code == 302
    assert User.objects.get(email="nia@acme.example").name == "Nia New Bcc: all@acme.example"


def test_a_list_of_people_names_nobody_on_two_lines(cast, sign_in) -> None:
    text = 'email,role,teams\n"nia@acme.example\u2028x",member,\nnia@acme.example,member,"Ca\u2028re"\n'
    answer = sign_in(cast.olive).post("/o/acme/settings/people/invite/list/", {"people": text})
    assert answer.status_code in (200, 422)
    assert all(map(is_one_line, stored()))


ANY = st.text(st.characters(codec=None), max_size=40)


@given(ANY)
def test_what_is_taken_is_one_line_and_what_was_typed(given: str) -> None:
    try:
        taken = checked_name(given, 30)
    except Invalid:
        return
    assert taken == given.strip(" ")
    assert len(taken.splitlines()) == 1
    assert taken.isprintable() or not any(mark in taken for mark in "\n\r\x85\u2028\u2029\0")


@given(ANY)
def test_what_a_network_says_becomes_one_line(given: str) -> None:
    assert is_one_line(join_lines(given))
    assert join_lines(join_lines(given)) == join_lines(given)
    author = clean_author(Author("1", given, given, ""))
    assert author is not None
    assert is_one_line(author.name)


@pytest.mark.parametrize("name", ["Ünïcödé GmbH", "株式会社", "مثال", "Family 👨‍👩‍👧", "O’Neil & Søns", "نمی‌خواهم"])
def test_names_of_all_the_world_are_taken(name: str) -> None:
    assert checked_name(name, 120) == name
