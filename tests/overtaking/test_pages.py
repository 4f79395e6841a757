"""What is pressed on an old page of the inbox, of a task or of the settings is refused in its place."""

import pytest

from foundation.overtaking import format_seen_mark
from inbox.actions.assign import assign_conversation
from inbox.models import Conversation
from networks.models import FallbackPlan
from organizations.actions.hours import set_business_hours
from organizations.actions.organizations import change_organization
from organizations.models import Organization
from publishing.actions.fallback_plans import set_fallback_plan
from teams.actions.tasks import create_task, hand_over_task
from tests.cast import Cast


@pytest.fixture
def conversation(cast: Cast, in_acme: None) -> Conversation:
    return Conversation.objects.create(profile=cast.x, kind="direct", root_id="1", last_message_at=cast.x.created_at)


def old(thing) -> str:
    return format_seen_mark(thing.mark, thing.profile.created_at)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_conversation_that_somebody_took_is_not_taken_from_them(cast: Cast, conversation, sign_in, headers) -> None:
    seen = old(conversation)
    assign_conversation(cast.olive, conversation, member=cast.cole)
    posted = {"member": cast.lena.pk, "seen": seen}
    answer = sign_in(cast.lena).post(f"/o/acme/inbox/{conversation.pk}/assign/", posted, headers=headers)
    assert answer.status_code == 409
    assert "gave a conversation to Cole" in answer.content.decode()
    assert Conversation.objects.get().assignee == cast.cole


def test_settings_that_somebody_changed_are_merged(cast: Cast, in_acme: None, sign_in) -> None:
    client, page = sign_in(cast.olive), "/o/acme/settings/"
    form = client.get(page).context["organization_form"]
    mine = {name: form[name].value() or "" for name in form.fields} | {"brand_colour": "#3f51d1"}
    change_organization(cast.olive, cast.acme, name="Acme and sons", time_zone="Europe/Madrid")
    answer = client.post(f"{page}organization/", mine)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "changed the settings of the organization" in text
    assert "Keep mine" in text
    assert Organization.objects.get(pk=cast.acme.pk).brand_colour == ""
    merged = answer.context["organization_form"]
    again = {name: merged[name].value() or "" for name in merged.fields}
    assert (again["name"], again["brand_colour"]) == ("Acme and sons", "#3f51d1")
    assert client.post(f"{page}organization/", again).status_code == 302
    now = Organization.objects.get(pk=cast.acme.pk)
    assert (now.name, now.brand_colour) == ("Acme and sons", "#3f51d1")


def test_hours_that_somebody_changed_are_kept_where_they_are_to_be(cast: Cast, in_acme: None, sign_in) -> None:
    client, page = sign_in(cast.olive), "/o/acme/settings/hours/"
    form = client.get(page).context["week_form"]
    mine = {name: form[name].value() or "" for name in form.fields} | {"monday": "09:00-12:00"}
    set_business_hours(cast.olive, cast.acme, week={"monday": "10:00-12:00", "friday": "08:00-10:00"})
    answer = client.post(f"{page}week/", mine)
    assert answer.status_code == 409
    kept = dict(answer.context["overtaking"].kept)
    assert client.post(f"{page}week/", kept).status_code == 302
    assert client.get(page).context["week_form"]["monday"].value() == "09:00-12:00"


def test_a_plan_that_somebody_else_made_meanwhile_is_not_replaced(cast: Cast, in_acme: None, sign_in) -> None:
    client, page = sign_in(cast.olive), "/o/acme/settings/fallback/"
    seen = {one["network"]: one["form"] for one in client.get(page).context["plans"]}["x"]["seen"].value()
    set_fallback_plan(cast.olive, "x", after_minutes=9, profile=cast.page, text="{text}", told=[])
    mine = {"network": "x", "x-after_minutes": 5, "x-profile": cast.page.pk, "x-text": "Mine: {text}", "x-seen": seen}
    answer = client.post(f"{page}plan/", mine)
    assert answer.status_code == 409
    assert "Mine: {text}" in answer.content.decode()
    assert FallbackPlan.objects.get().after_minutes == 9


def test_a_note_is_there_when_its_task_was_handed_over_meanwhile(cast: Cast, in_acme: None, sign_in) -> None:
    task = create_task(cast.olive, title="Bake", member=cast.ed)
    seen = format_seen_mark(task.mark, task.created_at)
    hand_over_task(cast.olive, task, member=cast.priya)
    answer = sign_in(cast.olive).post(f"/o/acme/tasks/{task.pk}/done/", {"note": "Baked at nine", "seen": seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "handed over the task" in text
    assert 'value="Baked at nine"' in text
