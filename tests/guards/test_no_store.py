"""Nothing that we say may be kept by a browser or a proxy; what is the same for everybody may. All addresses are walked."""

import pytest
from django.templatetags.static import static
from django.urls import get_resolver

from socialops import stream
from tests.guards.test_urls import ARGUMENT, GROUP, filled, things  # noqa: F401 - a fixture
from tests.rest.caller import caller
from tests.routes import walk

ADDRESSES = sorted({path for path, _ in walk(get_resolver().url_patterns)})


def address(path: str, things: dict[str, int]) -> str:  # noqa: F811
    return filled(path, things) if path.startswith("o/") else "/" + ARGUMENT.sub("1", GROUP.sub("1", path))


def kept(answer) -> bool:
    return "no-store" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize("name", ["olive", ""])
def test_no_answer_is_kept(cast, sign_in, client, things, name: str) -> None:  # noqa: F811
    asking = sign_in(getattr(cast, name)) if name else client
    asking.raise_request_exception = False
    wrong = set()
    for path in ADDRESSES:
        for method in ("GET", "POST"):
            answer = asking.generic(method, address(path, things), headers={"HX-Request": "true"} if name else {})
            if kept(answer):
                wrong.add(f"{method} /{path} ({answer.status_code})")
    assert not wrong, f"{sorted(wrong)}: NoStoreMiddleware (organizations/middleware.py) must see every answer."


def test_none_of_rest_either(cast, things) -> None:  # noqa: F811
    rest = caller(cast.olive)
    bearer = {"Authorization": f"Bearer {rest.secret}"}
    for path in ADDRESSES:
        if path.startswith("api/"):
            assert not kept(rest.client.get(address(path, things), headers=bearer)), path


def test_nor_what_a_stream_says() -> None:
    assert any(name == b"cache-control" and b"no-store" in value for name, value in stream.STREAM_HEADERS)


def test_static_files_may_be_kept(client) -> None:
    answer = client.get(static("css/app.css"))
    assert answer.status_code == 200
    assert kept(answer)
    assert "public" in answer["Cache-Control"]
