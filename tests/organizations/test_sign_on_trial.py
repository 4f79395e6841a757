"""*Test sign-in* says in words what holds and what does not, and changes nothing."""

import pytest

from organizations.models import AuditEntry, Member, SignOnIdentity, User
from organizations.tenancy import scope
from tests.organizations.oidc import go_there

PAGE = "/o/acme/settings/security/sign-on/test/"


@pytest.fixture
def everything():
    """everything() -> all that a sign-in could change."""

    def counted():
        return [rows.count() for rows in (User.objects, Member.unscoped, SignOnIdentity.unscoped, AuditEntry.unscoped)]

    return counted


def findings(answer) -> list[tuple[bool, str]]:
    return [(one.good, one.text) for one in answer.context["findings"]]


def tried(client):
    """There and back again."""
    page = client.get(PAGE)
    assert page.status_code == 200
    assert all(good for good, _ in findings(page)), findings(page)
    back = client.get(go_there(page.context["address"]).removeprefix("http://127.0.0.1:8000"))
    assert back["Location"] == f"{PAGE}?done=1"
    return client.get(back["Location"])


def test_it_tries_all_of_it_and_changes_nothing(cast, sign_in, sign_on, issuer, everything):
    sign_on()
    client = sign_in(cast.olive)
    client.get(PAGE)
    before = everything()
    shown = tried(client)
    assert "works from end to end" in shown.content.decode()
    assert findings(shown)[-1] == (
        True,
        "A real sign-in makes a new account for this address, with the role “Member”.",
    )
    assert everything() == before
    assert int(client.session["_auth_user_id"]) == cast.olive.user_id
    assert client.get("/o/acme/").status_code == 200


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"email_verified": False}, "does not say that this address is confirmed"),
        ({"email": ""}, "names no e-mail address"),
        ({"email": "nia@other.example"}, "not one of those that may sign in"),
    ],
)
def test_what_is_wrong_with_the_answer_is_said(cast, sign_in, sign_on, issuer, person, said):
    issuer.person |= person
    sign_on()
    good, text = findings(tried(sign_in(cast.olive)))[-1]
    assert not good
    assert said in text


def test_a_wrong_secret_is_said(cast, sign_in, sign_on, everything):
    sign_on(client_secret="mistyped")
    shown = tried(sign_in(cast.olive))
    assert "The exchange of the code" in findings(shown)[-1][1]
    assert "does not work yet" in shown.content.decode()


def test_who_may_sign_in_already_is_named(cast, sign_in, sign_on, issuer):
    issuer.person |= {"email": "ed@acme.example"}
    sign_on()
    assert findings(tried(sign_in(cast.olive)))[-1][1].startswith("A real sign-in first asks Ed, whose address")


def test_what_is_wrong_with_the_provider_is_said_before_anybody_goes_there(cast, sign_in, sign_on, issuer):
    sign_on()
    issuer.also = {"issuer": "https://another.example"}
    page = sign_in(cast.olive).get(PAGE)
    assert not page.context["address"]
    assert "calls itself by another name" in findings(page)[0][1]
    issuer.also = {}
    issuer.keys = lambda: {"keys": []}
    assert "lists no key" in findings(sign_in(cast.olive).get(PAGE))[1][1]


def test_what_the_provider_refuses_is_told_in_its_words(cast, sign_in, sign_on):
    sign_on()
    client = sign_in(cast.olive)
    address = client.get(PAGE).context["address"]
    state = address.partition("state=")[2].partition("&")[0]
    back = f"/accounts/sign-on/acme/callback/?state={state}&error=access_denied&error_description=Not+assigned"
    client.get(back)
    assert "access_denied Not assigned" in findings(client.get(f"{PAGE}?done=1"))[0][1]


def test_nobody_else_comes_in_by_an_owners_trial(cast, sign_in, sign_on, everything):
    sign_on()
    client = sign_in(cast.olive)
    address = client.get(PAGE).context["address"]
    with scope(cast.acme):
        Member.objects.filter(pk=cast.olive.pk).update(role="member")
    before = everything()
    assert client.get(go_there(address).removeprefix("http://127.0.0.1:8000")).status_code == 403
    assert everything() == before


def test_it_is_for_owners_where_there_is_one(cast, sign_in, sign_on):
    assert sign_in(cast.olive).get(PAGE).status_code == 404
    sign_on()
    assert sign_in(cast.lena).get(PAGE).status_code == 403
    assert sign_in(cast.mallory).get(PAGE).status_code == 404
