"""Settings → Security and the pages of tokens, as people use them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.actions.tokens import create_api_token
from organizations.models import ApiToken, AuditEntry, OrganizationSignOn, SignOnDomain
from organizations.tenancy import scope

SECURITY = "/o/acme/settings/security/"
TOKENS = "/o/acme/settings/tokens/"
GIVEN = {
    "issuer": "https://login.acme.example/",
    "client_id": "socialops",
    "client_secret": "s3cret-of-theirs",
    "domains": "acme.example, @Acme.Net",
    "default_role": "viewer",
}


def text_of(answer):
    return answer.content.decode()


def test_the_redirect_address_is_shown_as_it_must_be_entered(cast, sign_in):
    page = text_of(sign_in(cast.olive).get(SECURITY))
    assert 'value="http://127.0.0.1:8000/accounts/sign-on/acme/callback/"' in page


def test_an_owner_sets_up_the_sign_on_and_the_secret_is_never_shown(cast, sign_in):
    client = sign_in(cast.olive)
    assert client.post(SECURITY + "sign-on/", GIVEN).status_code == 302
    row = OrganizationSignOn.unscoped.get()
    assert (row.default_role, row.required) == ("viewer", False)
    entered = SignOnDomain.unscoped.order_by("name").values_list("name", "proved_at")
    assert list(entered) == [("acme.example", None), ("acme.net", None)]
    page = text_of(client.get(SECURITY))
    assert "s3cret-of-theirs" not in page
    assert "acme.example, acme.net" in page
    client.post(SECURITY + "sign-on/", {**GIVEN, "client_secret": "", "required": "on"})
    assert OrganizationSignOn.unscoped.get().client_secret == "s3cret-of-theirs"
    assert client.post(SECURITY + "sign-on/remove/").status_code == 302
    assert not OrganizationSignOn.unscoped.exists()


def test_the_secret_is_optional_only_once_there_is_one(cast, sign_in):
    client = sign_in(cast.olive)
    for there in (False, True):
        field = client.get(SECURITY).context["sign_on_form"].fields["client_secret"]
        assert field.required is not there
        assert ("Leave it empty" in str(field.help_text)) is there
        answer = client.post(SECURITY + "sign-on/", {**GIVEN, "client_secret": ""})
        assert answer.status_code == (302 if there else 422)
        client.post(SECURITY + "sign-on/", GIVEN)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://login.acme.example"),
        ("issuer", "https://login.acme.example/?x=1"),
        ("client_id", "a\0b"),
        ("client_secret", ""),
        ("domains", "gmail.com"),
        ("domains", "acme"),
        ("domains", ", ,"),
        ("domains", "acme.example " * 3 + " ".join(f"a{n}.example" for n in range(21))),
        ("domains", "*.example"),
        ("domains", "co.uk"),
        ("domains", "com"),
        ("domains", "acme..example"),
        ("domains", "me@acme.example"),
        ("default_role", "owner"),
        ("default_role", "admin"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast, sign_in, field, value):
    answer = sign_in(cast.olive).post(SECURITY + "sign-on/", {**GIVEN, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text_of(answer) or "field__error" in text_of(answer)
    assert not OrganizationSignOn.unscoped.exists()
    assert "s3cret-of-theirs" not in text_of(answer)


@pytest.mark.parametrize("path", ["", "tokens/"])
def test_members_do_not_see_these_pages(cast, sign_in, path):
    assert sign_in(cast.lena).get(SECURITY + path).status_code == 403


@pytest.mark.parametrize("path", ["mfa/", "sign-on/", "sign-on/remove/"])
def test_members_do_not_change_these_things(cast, sign_in, path):
    assert sign_in(cast.lena).post(SECURITY + path, GIVEN).status_code == 403
    assert not OrganizationSignOn.unscoped.exists()


def test_a_token_says_what_it_may_and_how_long(cast, sign_in):
    client = sign_in(cast.ed)
    answer = client.post(TOKENS, {"name": "Wall", "days": "30", "scopes": ["inbox:read"]})
    assert answer["Cache-Control"] == "no-store"
    assert re.search(r"<code>so_[\w-]{43}</code>", text_of(answer))
    page = text_of(client.get(TOKENS))
    assert "<code>" not in page
    assert "Read conversations" in page
    assert "works until" in page
    assert "Never used" in page


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"days": "-1"}, {"scopes": []}, {"scopes": ["root"]}, {"name": "x" * 81}]
)
def test_a_refused_token_is_not_made(cast, sign_in, bad):
    answer = sign_in(cast.ed).post(TOKENS, {"name": "Wall", "days": "30", "scopes": ["read"], **bad})
    assert answer.status_code == 422
    assert not ApiToken.unscoped.exists()


def test_an_admin_sees_and_ends_everybodys(cast, sign_in):
    with scope(cast.acme):
        row, _ = create_api_token(cast.ed, cast.ed, name="Eds wall")
    with scope(cast.globex):
        foreign, _ = create_api_token(cast.mallory, cast.mallory, name="Mallorys")
    client = sign_in(cast.olive)
    page = text_of(client.get(SECURITY + "tokens/"))
    assert "Eds wall" in page
    assert "Mallorys" not in page
    assert client.post(f"{TOKENS}{row.pk}/revoke/", {"all": "1"})["Location"] == SECURITY + "tokens/"
    assert f'id="token-{row.pk}"' not in text_of(client.get(SECURITY + "tokens/"))
    assert client.post(f"{TOKENS}{row.pk}/revoke/").status_code == 404, "twice"
    assert client.post(f"{TOKENS}{foreign.pk}/revoke/").status_code == 404
    with scope(cast.acme):
        assert AuditEntry.objects.filter(verb="token.revoked").count() == 1


@pytest.mark.parametrize("path", [TOKENS, SECURITY + "tokens/"])
def test_tokens_page_by_key(cast, sign_in, path):
    with scope(cast.acme):
        for number in range(60):
            create_api_token(cast.olive, cast.olive, name=f"n{number:02}-")
    client = sign_in(cast.olive)
    first = text_of(client.get(path))
    assert first.count('id="token-') == 50
    older = re.search(r'href="(\?[^"]*before=\d+)"', first)[1]
    second = text_of(client.get(path + older))
    assert second.count('id="token-') == 10
    newer = re.search(r'href="(\?[^"]*after=\d+)"', second)[1]
    assert text_of(client.get(path + newer)).count('id="token-') == 50
    assert client.get(path, {"before": "x" * 500}).status_code == 200


@pytest.mark.parametrize("path", [SECURITY, SECURITY + "tokens/", TOKENS])
def test_more_people_and_tokens_cost_no_more_queries(cast, sign_in, path):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    client = sign_in(cast.olive)
    few = cost()
    with scope(cast.acme):
        for who in (cast.olive, cast.ed, cast.lena, cast.priya, cast.ava):
            for number in range(5):
                create_api_token(who, who, name=f"{number}")
    assert cost() == few
    assert few <= 12
