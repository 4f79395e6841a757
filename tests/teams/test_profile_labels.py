"""Labels of profiles: given by who manages one, found by in the composer."""

import pytest

from foundation.errors import Invalid
from networks.actions.labels import MAX_LABELS, add_label, remove_label
from networks.models import Profile
from organizations.models import AuditEntry

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def page(cast) -> str:
    return f"/o/acme/profiles/{cast.page.pk}/"


def options(client, q: str) -> str:
    return client.get("/o/acme/compose/profiles/", {"q": q}).content.decode()


def test_a_label_is_given_shown_found_by_and_taken_away(cast, page, sign_in, api):
    client = sign_in(cast.olive)
    for label in ("Zürich", "bakery", "BAKERY", "  España  "):
        assert client.post(f"{page}labels/", {"add": label}).status_code == 302
    assert api(cast.olive).get(f"profiles/{cast.page.pk}/").json()["labels"] == ["bakery", "España", "Zürich"]
    shown = client.get(page).content.decode()
    assert shown.count("<bdi>bakery</bdi>") == 1
    assert "Remove the label bakery" in shown
    assert "<bdi>bakery</bdi>" in client.get("/o/acme/profiles/").content.decode()
    for q in ("baker", "zurich", "espana bakery"):
        assert f'value="{cast.page.pk}"' in options(client, q), q
        assert f'value="{cast.x.pk}"' not in options(client, q), q
    client.post(f"{page}labels/", {"remove": "bakery"})
    client.post(f"{page}labels/", {"remove": "bakery"})
    assert Profile.objects.get(pk=cast.page.pk).labels == ["España", "Zürich"]
    changes = AuditEntry.objects.filter(verb="profile.labelled").order_by("-pk").values_list("change", flat=True)
    assert len(changes) == 4
    assert changes[0] == {"labels": [["bakery", "España", "Zürich"], ["España", "Zürich"]]}


def test_who_does_not_manage_sees_them_and_changes_nothing(cast, page, sign_in):
    add_label(cast.olive, cast.page, "<b>Iberia</b>")
    client = sign_in(cast.priya)
    shown = client.get(page).content.decode()
    assert "&lt;b&gt;Iberia&lt;/b&gt;" in shown
    assert "Remove the label" not in shown
    assert client.post(f"{page}labels/", {"remove": "<b>Iberia</b>"}).status_code == 403
    assert Profile.objects.get(pk=cast.page.pk).labels == ["<b>Iberia</b>"]


@pytest.mark.parametrize("label", ["", "  ", "x" * 41, "two\nlines", "\u202eabc", "\0"])
def test_what_is_no_label_is_refused_in_words(cast, page, sign_in, label):
    answer = sign_in(cast.olive).post(f"{page}labels/", {"add": label})
    assert answer.status_code == 422
    assert "Give a name of 1 to 40 characters" in answer.content.decode()
    assert Profile.objects.get(pk=cast.page.pk).labels == []


def test_there_are_so_many_at_the_most(cast):
    for number in range(MAX_LABELS):
        add_label(cast.olive, cast.page, f"Label {number:02}")
    with pytest.raises(Invalid, match=f"{MAX_LABELS} labels at most"):
        add_label(cast.olive, cast.page, "One more")
    remove_label(cast.olive, cast.page, "Label 00")
    add_label(cast.olive, cast.page, "One more")
