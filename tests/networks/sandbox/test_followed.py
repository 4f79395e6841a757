"""What the audience takes back or says otherwise, through the real adapters: by push, by the lists, by looking again."""

import json

import pytest

from networks.contract import Draft, DraftKind, InboundChange
from networks.incoming import intake
from networks.incoming.identifying import identify_profile, list_profiles_to_identify
from networks.models import Profile, WebhookReceipt
from networks.sandbox.actions import delete_entry, edit_entry, hide_entry, write_entry
from networks.sandbox.models import Account, Entry
from networks.sandbox.tasks import push, push_body
from networks.signals import inbound_changed
from organizations.models import AuditEntry
from organizations.tenancy import scope


@pytest.fixture
def told():
    """Every change that was passed up."""
    found: list[InboundChange] = []

    def hear(sender, profile, changes, **_) -> None:
        found.extend(changes)

    inbound_changed.connect(hear)
    yield found
    inbound_changed.disconnect(hear)


@pytest.fixture
def question(adapter, account, nora, acme) -> Entry:
    """Nora asks beneath a post of ours."""
    ours = adapter.publish(Draft(DraftKind.POST, "New boots are in."))
    with scope(acme):
        return write_entry(nora, f"In size 38, @{account.handle}?", under=account.entries.get(remote_id=ours.remote_id))


def digest_all(pushed: list[tuple], monkeypatch) -> None:
    monkeypatch.setattr("networks.views.hooks.request_digest", lambda receipt_id: None)
    for args in pushed:
        (push_body if isinstance(args[1], str) else push)(*args)
    for pk in WebhookReceipt.objects.filter(digested_at=None).order_by("pk").values_list("pk", flat=True):
        intake.digest_receipt(pk)


def test_an_edit_is_seen_by_its_first_id(adapter, question, acme) -> None:
    first = question.remote_id
    (item,) = [one for one in adapter.fetch_inbound({}, posts=[]).items if not one.from_self]
    assert item.remote_id == first
    assert adapter.refetch_inbound([first])[0].text == item.text
    with scope(acme):
        edit_entry(question, "In size 39?")
    (change,) = adapter.refetch_inbound([first])
    assert (change.remote_id, change.text.rpartition("size ")[2], change.removed) == (first, "39?", False)
    page = adapter.fetch_inbound({}, posts=[])
    assert [one.remote_id for one in page.items if not one.from_self] == [first]
    assert [one.text.rpartition("size ")[2] for one in page.changes if one.remote_id == first] == ["39?"]


def test_what_is_gone_is_told_from_what_is_there(adapter, question, nora, account, acme) -> None:
    with scope(acme):
        other = write_entry(nora, f"Another, @{account.handle}", under=question.root)
        delete_entry(question)
    changes = {one.remote_id: one for one in adapter.refetch_inbound([other.remote_id, question.remote_id])}
    assert (changes[other.remote_id].removed, changes[question.remote_id].removed) == (False, True)


def test_hidden_and_shown_again(adapter, question, acme) -> None:
    if adapter.network != "facebook":
        pytest.skip("nobody else is told of what is hidden on X")
    for hidden in (True, False):
        with scope(acme):
            hide_entry(question, hidden=hidden)
        assert [one.hidden for one in adapter.refetch_inbound([question.remote_id])] == [hidden]
        page = adapter.fetch_inbound({}, posts=[])
        assert [one.hidden for one in page.changes if one.remote_id == question.remote_id] == [hidden]
        assert question.root.remote_id in page.listed


def test_changes_are_pushed(profile, account, question, acme, pushed, told, monkeypatch) -> None:
    first = question.remote_id
    with scope(acme):
        edit_entry(question, f"In size 39, @{account.handle}?")
    digest_all(pushed, monkeypatch)
    (change,) = told
    assert (change.remote_id, "39" in change.text) == (first, True)
    if profile.network == "x":
        return
    del pushed[:], told[:]
    with scope(acme):
        hide_entry(question, hidden=True)
    digest_all(pushed, monkeypatch)
    with scope(acme):
        delete_entry(question)
    assert "message" not in json.loads(pushed[-1][2])["entry"][0]["changes"][0]["value"]
    digest_all(pushed, monkeypatch)
    assert told == [InboundChange(first, hidden=True), InboundChange(first, removed=True)]


@pytest.mark.parametrize("do", ["edit", "remove", "hide", "unhide"])
def test_the_page_does_it_as_the_audience(profile, question, acme, cast, sign_in, do: str) -> None:
    handle = profile.handle
    url = f"/sandbox/acme/{profile.network}/{handle}/change/{question.pk}/"
    answer = sign_in(cast.vic).post(url, {"do": do, "text": "Quite another thing"})
    assert answer.status_code == 200
    with scope(acme):
        left = Entry.objects.filter(pk=question.pk).first()
    assert (left is None) == (do == "remove")
    if left:
        assert (left.text == "Quite another thing") == (do == "edit")
        assert left.is_hidden == (do == "hide" and profile.network == "facebook")


def test_the_page_changes_nothing_of_ours(profile, question, acme, cast, sign_in) -> None:
    base = f"/sandbox/acme/{profile.network}/{profile.handle}/change"
    assert sign_in(cast.vic).post(f"{base}/{question.root_id}/", {"do": "remove"}).status_code == 404
    assert sign_in(cast.vic).post(f"{base}/{question.pk}/", {"do": "edit", "text": " "}).status_code == 422
    assert sign_in(cast.mallory).post(f"{base}/{question.pk}/", {"do": "remove"}).status_code == 404


def test_a_new_name_and_handle_are_followed(profile, account, acme) -> None:
    with scope(acme):
        Account.objects.filter(pk=account.pk).update(name="Acme & Daughters", handle="acme_daughters")
    Profile.unscoped.filter(pk=profile.pk).update(identify_at=None)
    assert (acme.pk, profile.pk) in list_profiles_to_identify(profile.created_at)
    with scope(acme):
        identify_profile(profile.pk)
        profile.refresh_from_db()
        assert (profile.name, profile.handle) == ("Acme & Daughters", "acme_daughters")
        entry = AuditEntry.objects.filter(verb="profile.renamed").get()
        assert entry.change["handle"][1] == "acme_daughters"
        identify_profile(profile.pk)
        assert AuditEntry.objects.filter(verb="profile.renamed").count() == 1
    assert (acme.pk, profile.pk) not in list_profiles_to_identify(profile.created_at)
