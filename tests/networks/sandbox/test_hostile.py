"""Empty, huge and hostile calls get the network's own error, and never a defect."""

import json

import pytest

from networks.models import Credential
from networks.sandbox.accounts import account_credentials
from networks.sandbox.models import Account, Entry
from organizations.tenancy import scope

TEXTS = ["", "   ", "x" * 100_000, "nul \0 byte", "\ud800 half", "\u202e", "<script>alert(1)</script>", "'; drop table"]


@pytest.fixture
def call(client, account):
    token = account_credentials(account)["access_token"]

    def called(method: str, path: str, body=None, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/json"
        if account.network == "facebook" and isinstance(body, dict):
            from urllib.parse import urlencode

            data, kind = urlencode(body, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
        return client.generic(
            method,
            f"/sandbox/{account.network}/{path}",
            data if method == "POST" else b"",
            content_type=kind,
            headers={"Authorization": f"Bearer {token}", **headers},
        )

    return called


def is_networks_error(response, network: str) -> bool:
    body = response.json()
    return "error" in body if network == "facebook" else ("errors" in body or "detail" in body)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_taken_or_refused(call, account, acme, text) -> None:
    path, body = (
        ("2/tweets", {"text": text})
        if account.network == "x"
        else (f"v25.0/{account.remote_id}/feed", {"message": text})
    )
    response = call("POST", path, body)
    assert response.status_code < 500
    with scope(acme):
        stored = Entry.objects.filter(author=account).count()
    taken = response.status_code in {200, 201}
    assert stored == int(taken)
    assert taken or is_networks_error(response, account.network)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"text": 3}',
        b'{"text":"a","reply":{"in_reply_to_tweet_id":"x"}}',
        b'{"text":"a","reply":7}',
        b"a" * 3_000_000,
    ],
)
def test_any_body_is_refused(call, account, body) -> None:
    response = call("POST", "2/tweets" if account.network == "x" else f"v25.0/{account.remote_id}/feed", body)
    assert 400 <= response.status_code < 500
    assert is_networks_error(response, account.network)


def segment(index: str, content: bytes | None = b"x") -> tuple[bytes, str]:
    head = f'--b\r\nContent-Disposition: form-data; name="segment_index"\r\n\r\n{index}\r\n'.encode()
    named = b'--b\r\nContent-Disposition: form-data; name="media"; filename="a"\r\n\r\n'
    body = b"" if content is None else named + content + b"\r\n"
    return head + body + b"--b--\r\n", "multipart/form-data; boundary=b"


ANNOUNCED = {"media_type": "image/png", "total_bytes": 3, "media_category": "tweet_image"}
NEVER = [
    b"",
    {**ANNOUNCED, "media_type": "text/html"},
    {**ANNOUNCED, "media_category": "tweet_virus"},
    {**ANNOUNCED, "media_category": ["tweet_image"]},
    {**ANNOUNCED, "media_type": ["image/png"]},
    {**ANNOUNCED, "total_bytes": -1},
    {**ANNOUNCED, "total_bytes": 0},
    {**ANNOUNCED, "total_bytes": "\0"},
    {**ANNOUNCED, "total_bytes": 10**30},
]


@pytest.mark.parametrize("profile", ["x"], indirect=True)
def test_no_file_is_announced_that_could_not_come(call, account, acme) -> None:
    for body in NEVER:
        response = call("POST", "2/media/upload/initialize", body)
        assert response.status_code == 400, body
        assert is_networks_error(response, "x")
    with scope(acme):
        assert not account.uploads.exists()


@pytest.mark.parametrize("profile", ["x"], indirect=True)
def test_odd_steps_of_an_upload_are_refused(call, client, account, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    announced = call("POST", "2/media/upload/initialize", ANNOUNCED).json()["data"]["id"]
    token = account_credentials(account)["access_token"]

    def append(index: str, content: bytes | None, media_id: str = announced) -> int:
        body, kind = segment(index, content)
        path = f"/sandbox/x/2/media/upload/{media_id}/append"
        head = {"Authorization": f"Bearer {token}"}
        return client.generic("POST", path, body, content_type=kind, headers=head).status_code

    odd = [
        ("", b"x"),
        ("-1", b"x"),
        ("1000", b"x"),
        ("\u0663", b"x"),
        ("0", None),
        ("0", b""),
        ("0", b"more than told"),
    ]
    assert {append(index, content) for index, content in odd} == {400}
    assert append("0", b"x", "404") == 404
    assert call("POST", f"2/media/upload/{announced}/finalize").status_code == 400
    for sent in (
        b"",
        {"id": announced},
        {"id": announced, "metadata": {"alt_text": {"text": "\0"}}},
        {"id": 7, "metadata": 7},
    ):
        assert call("POST", "2/media/metadata", sent).status_code == 400
    for asked in ("", "?command=STATUS", "?command=STATUS&media_id=%00", f"?command=INIT&media_id={announced}"):
        assert call("GET", f"2/media/upload{asked}").status_code in {400, 404}
    for shown in (
        7,
        {"media_ids": 7},
        {"media_ids": []},
        {"media_ids": [7]},
        {"media_ids": [["a"]]},
        {"media_ids": [announced]},
    ):
        assert call("POST", "2/tweets", {"text": "Hi", "media": shown}).status_code == 400


ODD = ["7", "[]", "[7]", "{", '["1"]', '[{"media_fbid":[]}]', '[{"media_fbid":"\\u0000"}]', "[" * 4_000]


@pytest.mark.parametrize("profile", ["facebook"], indirect=True)
def test_odd_pictures_of_a_page_are_refused(call, account, acme) -> None:
    for given in ODD:
        response = call("POST", f"v25.0/{account.remote_id}/feed", {"message": "Hi", "attached_media": given})
        assert response.status_code == 400, given
        assert is_networks_error(response, "facebook")
    for sent in ({"published": "false"}, {}):
        assert call("POST", f"v25.0/{account.remote_id}/photos", sent).status_code == 400
    with scope(acme):
        assert not Entry.objects.exists()


def test_a_form_that_cannot_be_read_is_refused(client, call, account) -> None:
    path = f"v25.0/{account.remote_id}/photos"
    if account.network == "x":
        path = f"2/media/upload/{call('POST', '2/media/upload/initialize', ANNOUNCED).json()['data']['id']}/append"
    head = {"Authorization": f"Bearer {account_credentials(account)['access_token']}"}
    many = b"".join(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(1_100)) + b"--b--"
    for body, kind in [
        (b"x", "multipart/form-data"),
        (b"--b\r\n", "multipart/form-data; boundary=\xff"),
        (b"--b\r\nno header", "multipart/form-data; boundary=b"),
        (many, "multipart/form-data; boundary=b"),
    ]:
        response = client.generic("POST", f"/sandbox/{account.network}/{path}", body, content_type=kind, headers=head)
        assert response.status_code == 400, kind
        assert is_networks_error(response, account.network)


X_READS = [
    "2/tweets",
    "2/tweets?ids=",
    "2/tweets?ids=a,b",
    "2/tweets?ids=1",
    f"2/tweets?ids={'9' * 40}",
    "2/tweets?ids=1%00",
    f"2/tweets?ids={','.join('1' for _ in range(200))}",
    "2/tweets/1",
    "2/users/1",
    "2/users/1/mentions",
    "2/nothing",
    "",
    "2/users/{id}/tweets?max_results=4",
    "2/users/{id}/tweets?max_results=%00",
    "2/users/{id}/mentions?since_id=a",
    "2/users/{id}/mentions?start_time=yesterday",
    "2/users/{id}/mentions?start_time=9999-12-31T23:59:59Z",
    "2/users/{id}/mentions?end_time=0001-01-01T00:00:00Z",
    "2/users/{id}/mentions?pagination_token=zz",
    "2/users/{id}/mentions?since_id=99999999999999999999",
]
GRAPH_READS = [
    "", "v25.0", "v25.0/", "v25.0/?ids=", "v25.0/?ids=1,2", "v25.0/1", "v25.0/1_2", "v25.0/%00", "v25.0/{id}?fields=nothing",
    "v25.0/{id}?fields=((((", "v25.0/{id}?fields=" + "a," * 3_000, "v25.0/{id}/feed?limit=1000", "v25.0/{id}/feed?limit=a",
    "v25.0/{id}/feed?after=%00", "v25.0/{id}/feed?since=never", "v25.0/{id}/feed?since=99999999999999", "v25.0/{id}/nothing",
    "v25.0/{id}/insights?metric=post_impressions", "v25.0/{id}/feed?fields=shares{", "v25.0/{id}/comments",
]  # fmt: skip


def test_any_read_is_answered(call, account) -> None:
    for path in X_READS if account.network == "x" else GRAPH_READS:
        response = call("GET", path.replace("{id}", account.remote_id))
        assert response.status_code < 500, path
        assert response.status_code == 200 or is_networks_error(response, account.network), path


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Bearer 1:abc", "Basic abc", "Bearer é"])
def test_without_a_token_nobody_is_let_in(call, account, header) -> None:
    response = call("GET", "2/users/me" if account.network == "x" else "v25.0/me", Authorization=header)
    assert response.status_code in {400, 401}
    assert is_networks_error(response, account.network)


def test_a_token_is_of_one_network_only(client, account) -> None:
    other, path = ("facebook", "v25.0/me") if account.network == "x" else ("x", "2/users/me")
    token = account_credentials(account)["access_token"]
    response = client.get(f"/sandbox/{other}/{path}", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code in {400, 401}


def test_switched_off_there_is_nothing(call, account, settings) -> None:
    settings.SANDBOX = False
    assert call("GET", "2/users/me" if account.network == "x" else "v25.0/me").status_code == 404


def test_deleting_is_for_the_owner(call, account, acme, nora) -> None:
    from networks.sandbox.actions import write_entry

    with scope(acme):
        wall = account if account.network == "facebook" else None
        own, other = write_entry(account, "mine", wall=wall), write_entry(nora, "hers", wall=None)
    prefix = "2/tweets/" if account.network == "x" else "v25.0/"
    assert call("DELETE", prefix + own.remote_id).status_code == 200
    assert call("DELETE", prefix + own.remote_id).status_code in {400, 404}
    assert call("DELETE", prefix + other.remote_id).status_code == 403


def test_the_same_handle_is_the_same_account(connect, acme, profile) -> None:
    again = connect(acme, profile.network, profile.handle.upper())
    assert again == profile
    with scope(acme):
        assert Account.objects.filter(is_audience=False).count() == 1
        assert Credential.objects.filter(profile=profile).count() == 1
