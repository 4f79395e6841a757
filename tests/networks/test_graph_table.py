"""What each of Graph's answers means, by its codes: the class decides what becomes of the post, the words go to a person."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from networks import errors
from networks.adapters.facebook.errors import MissingPermission, network_error_of

NOW = datetime(2026, 1, 30, tzinfo=UTC)


def meant(status: int, error: Any, *, write: bool = True, on_page: bool = False) -> errors.NetworkError:
    body = {"error": error} if isinstance(error, dict) else error
    answer: Any = SimpleNamespace(status=status, headers={}, body=body)
    return network_error_of(answer, write=write, on_page=on_page, secrets=["t0ken"], now=NOW)


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        *[(400, {"code": code}, errors.RateLimited, str(code)) for code in (4, 17, 32, 341, 613, 80000, 80014)],
        (400, {"code": 80015}, errors.Refused, "80015"),
        (429, {}, errors.RateLimited, "429"),
        (429, {"code": 100}, errors.Refused, "100"),
        (430, {"message": "?"}, errors.Refused, "430"),
        (400, {"code": 190}, errors.Disconnected, "190"),
        (400, {"code": 102}, errors.Disconnected, "102"),
        (401, {}, errors.Disconnected, "401"),
        (401, {"code": 100}, errors.Refused, "100"),
        (400, {"code": 10, "error_subcode": 2018278}, errors.Refused, "10/2018278"),
        (400, {"code": 100, "error_subcode": 2018278}, errors.Refused, "100/2018278"),
        *[(400, {"code": code}, MissingPermission, str(code)) for code in (10, 200, 299)],
        *[(400, {"code": code}, errors.Refused, str(code)) for code in (11, 199, 300, 368)],
        (400, {"code": 104}, errors.AppShutOut, "104"),
        (400, {"code": 3}, errors.AppMisconfigured, "3"),
        (400, {"code": 506}, errors.Duplicate, "506"),
        (400, {"code": 100, "error_subcode": 1455006}, errors.Duplicate, "100/1455006"),
        (400, {"code": 803}, errors.Gone, "803"),
        (400, {"code": 100, "error_subcode": 33}, errors.Gone, "100/33"),
        (400, {"code": 99, "error_subcode": 33}, errors.Refused, "99/33"),
        *[(400, {"code": code}, errors.Ambiguous, str(code)) for code in (1, 2)],
        (400, {"code": 100, "error_subcode": 1363047}, errors.Ambiguous, "100/1363047"),
        (400, {"code": 100, "is_transient": True}, errors.Ambiguous, "100"),
        (400, {"code": 100, "is_transient": "yes"}, errors.Refused, "100"),
        (408, {"code": 100}, errors.Ambiguous, "100"),
        (500, {"code": 100}, errors.Ambiguous, "100"),
        (499, {"code": 100}, errors.Refused, "100"),
        (200, {"code": 100}, errors.Refused, "100"),
        (200, {}, errors.Ambiguous, "200"),
        (400, None, errors.Ambiguous, "400"),
    ],
)
def test_a_write(status: int, error: Any, kind: type, code: str) -> None:
    found = meant(status, error)
    assert (type(found), found.code) == (kind, code)
    assert found.user_message


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [(500, {"code": 100}, errors.Unavailable), (400, None, errors.Refused), (400, {"code": 1}, errors.Unavailable)],
)
def test_a_read(status: int, error: Any, kind: type) -> None:
    assert type(meant(status, error, write=False)) is kind


def test_the_page_itself_and_the_whole_app() -> None:
    gone = {"code": 100, "error_subcode": 33}
    assert type(meant(400, gone, on_page=True)) is errors.Disconnected
    assert [meant(400, {"code": code}).whole_app for code in (4, 341, 32)] == [True, True, False]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": 100, "message": "No t0ken", "error_user_msg": "For you"}, "Facebook refused this: For you"),
        ({"code": 100, "message": "No t0ken"}, "Facebook refused this: No [hidden]"),
        ({"code": 100}, "Facebook refused this without saying why."),
        ({"error": "Plain"}, "Facebook refused this: Plain"),
        ({"message": "Bare"}, "Facebook refused this: Bare"),
        ({"code": 10, "message": "pages_manage_posts"}, "Facebook says: pages_manage_posts"),
        ({"code": 190, "error_subcode": 460}, "The password of the person who connected the Page has changed."),
        ({"code": 190}, "Facebook no longer accepts this Page's sign-in."),
    ],
)
def test_what_a_person_reads(error: dict[str, Any], said: str) -> None:
    body = error if set(error) in ({"error"}, {"message"}) else {"error": error}
    answer: Any = SimpleNamespace(status=400, headers={}, body=body)
    found = network_error_of(answer, write=True, on_page=False, secrets=["t0ken"], now=NOW)
    assert said in found.user_message
    assert "t0ken" not in found.detail
    assert found.detail.startswith(f"400 {found.code}")


@pytest.mark.parametrize(
    ("status", "error", "write"),
    [(400, {"code": 32, "message": "Slow"}, True), (500, {"code": 9, "message": "Slow"}, False)],
)
def test_the_ledger_keeps_what_graph_said(status: int, error: dict[str, Any], write: bool) -> None:
    found = meant(status, error, write=write)
    assert (found.detail, found.code) == (f"{status} {error['code']} Slow", str(error["code"]))


def test_words_that_stand_alone() -> None:
    assert "temporarily blocked" in meant(400, {"code": 368}).user_message
    assert meant(400, "Nothing but text").user_message.endswith("Nothing but text")
    assert meant(400, {"code": 10}).user_message.endswith("allow it.")
    assert type(meant(300, {"code": 100})) is errors.Ambiguous
    assert meant(500, {"code": 9, "message": "Slow"}).detail == "500 9 Slow"
    assert meant(500, {}).user_message.startswith("Facebook did not")
