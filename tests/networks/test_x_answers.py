"""What each of X's answers means: the class decides what becomes of the post, the words go to a person."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from networks import errors
from networks.adapters import transport
from networks.adapters.x.errors import network_error_of, read_problem

NOW = datetime(2026, 1, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def meant(status: int, body: Any = None, *, write: bool = True, **headers: str) -> errors.NetworkError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Any = SimpleNamespace(status=status, headers=named, body=body)
    return network_error_of(answer, write=write, secrets=["t0ken"], now=NOW)


def of_type(name: str, **more: Any) -> dict[str, Any]:
    return {"type": f"https://api.twitter.com/2/problems/{name}", **more}


def coded(code: object) -> dict[str, Any]:
    return {"errors": [{"code": code, "message": "So"}]}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (429, None, errors.RateLimited, "429"),
        (428, {}, errors.Refused, "428"),
        (430, {}, errors.Refused, "430"),
        (403, coded(88), errors.RateLimited, "403"),
        (403, coded("88"), errors.RateLimited, "403"),
        (403, coded(87), errors.Refused, "403"),
        (400, of_type("usage-capped"), errors.RateLimited, "usage-capped"),
        (400, {"title": "UsageCapExceeded"}, errors.RateLimited, "400"),
        (401, None, errors.SignInRefused, "401"),
        (402, {}, errors.AppShutOut, "402"),
        (403, coded(32), errors.SignInRefused, "403"),
        (403, coded(89), errors.SignInRefused, "403"),
        (400, {"detail": "One or more of your media IDs are invalid."}, errors.Gone, "400"),
        (403, {"detail": "One or more of your media IDs are invalid."}, errors.Refused, "403"),
        (400, coded(187), errors.Duplicate, "400"),
        (403, {"detail": "This is a duplicate."}, errors.Duplicate, "403"),
        (400, {"detail": "This is a duplicate."}, errors.Refused, "400"),
        (403, {"detail": "It is deleted or not visible to you."}, errors.NotVisible, "403"),
        (400, {"detail": "It is deleted or not visible to you."}, errors.Refused, "400"),
        (403, of_type("user-suspended"), errors.Disconnected, "user-suspended"),
        (403, {"detail": "Your account is suspended"}, errors.Disconnected, "403"),
        (403, {"detail": "It is temporarily locked"}, errors.Disconnected, "403"),
        (400, {"detail": "It is temporarily locked"}, errors.Refused, "400"),
        (403, of_type("client-forbidden"), errors.AppShutOut, "client-forbidden"),
        (400, of_type("client-forbidden"), errors.Refused, "client-forbidden"),
        (403, {"detail": "Your OAuth1 app permissions"}, errors.AppMisconfigured, "403"),
        (403, {"title": "Unsupported Authentication"}, errors.AppMisconfigured, "403"),
        (403, of_type("unsupported-authentication"), errors.AppMisconfigured, "unsupported-authentication"),
        (403, {"detail": "You are not permitted to access this feature"}, errors.AppMisconfigured, "403"),
        (400, {"detail": "You are not permitted to access this feature"}, errors.Refused, "400"),
        (404, {}, errors.Gone, "404"),
        (404, None, errors.Ambiguous, "404"),
        (413, None, errors.Refused, "413"),
        (412, None, errors.Ambiguous, "412"),
        (400, {"type": "about:blank"}, errors.Refused, "400"),
        (499, {}, errors.Refused, "499"),
        (408, {}, errors.Ambiguous, "408"),
        (500, {"detail": "duplicate, media ids are invalid"}, errors.Ambiguous, "500"),
        (500, coded(187), errors.Ambiguous, "500"),
        (399, coded(187), errors.Ambiguous, "399"),
        (499, coded(187), errors.Duplicate, "499"),
    ],
)
def test_a_write(status: int, body: Any, kind: type, code: str) -> None:
    found = meant(status, body)
    assert (type(found), found.code) == (kind, code)
    assert "X" in found.user_message
    assert found.detail.startswith(str(status))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, {}, errors.Unavailable),
        (408, {}, errors.Unavailable),
        (302, None, errors.Unavailable),
        (404, None, errors.Gone),
        (400, None, errors.Refused),
    ],
)
def test_a_read(status: int, body: Any, kind: type) -> None:
    assert type(meant(status, body, write=False)) is kind


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, {}, "X accepts no more for now; this continues when its limit resets."),
        (400, {"detail": "No t0ken"}, "X refused this: No [hidden]"),
        (400, {}, "X refused this without saying why (status 400)."),
        (404, {"detail": "?"}, "X no longer has what this refers to."),
        (500, {}, "X did not confirm this, so it has to be looked up there."),
    ],
)
def test_what_a_person_reads(status: int, body: Any, said: str) -> None:
    assert meant(status, body).user_message == said


def test_the_ledger_keeps_what_x_said_without_a_secret() -> None:
    for write in (True, False):
        found = meant(500, of_type("new", detail="No t0ken"), write=write)
        assert (found.detail, found.code) == ("500 new No [hidden]", "new")
    assert meant(500, None).detail == "500"
    assert meant(500, None, write=False).user_message == "X has a fault at the moment."
    limited = meant(429, of_type("slow", detail="No t0ken"))
    assert (limited.detail, limited.code) == ("429 slow No [hidden]", "slow")
    assert meant(401, of_type("no", detail="No t0ken")).detail == "401 no No [hidden]"
    assert meant(404, of_type("no", detail="No")).detail == "404 no No"


@pytest.mark.parametrize(
    ("body", "detail", "codes"),
    [
        ({"title": "T", "detail": "D", "error_description": "E", "message": "M"}, "T D E M", set()),
        ({"title": "T", "detail": "T", "error": " T "}, "T", set()),
        ({"errors": [{"message": "A", "code": 1}, {"detail": "B", "code": 2}]}, "A B", {1, 2}),
        ([{"message": "A", "code": 1}, "B", 5], "A B", {1}),
        ({"error": {"message": "A", "code": "7"}}, "A", {7}),
        ({"error": "A", "code": 3}, "A", {3}),
        ("A", "A", set()),
        ({"title": 5, "detail": " "}, "", set()),
        (None, "", set()),
    ],
)
def test_whatever_form_a_body_has_it_is_read(body: Any, detail: str, codes: set[int]) -> None:
    found = read_problem(body)
    assert (found.detail, found.codes) == (detail, codes)


@pytest.mark.parametrize(
    ("body", "kind", "period"),
    [
        ({"type": "https://api.x.com/2/problems/Usage-Capped/", "period": "Daily"}, "usage-capped", "daily"),
        ({"type": "about:blank"}, "about:blank", ""),
        ({}, "", ""),
    ],
)
def test_of_the_type_the_last_part_counts(body: Any, kind: str, period: str) -> None:
    assert (read_problem(body).kind, read_problem(body).period) == (kind, period)


class TestLimits:
    """When X may be asked again: at the latest reset of what is used up."""

    def again(self, body: Any = None, **headers: str) -> datetime:
        found = meant(429, body, **headers)
        assert isinstance(found, errors.RateLimited)
        return found.retry_at

    def test_where_nothing_is_said_it_is_the_usual(self) -> None:
        assert self.again() == NOW + transport.DEFAULT_WAIT

    @pytest.mark.parametrize(
        ("headers", "after"),
        [
            ({"x_rate_limit_reset": 60}, timedelta(seconds=60)),  # the 429 itself tells that nothing is left
            ({"x_rate_limit_reset": 60, "x_rate_limit_remaining": "0"}, timedelta(seconds=60)),
            ({"x_rate_limit_reset": 60, "x_rate_limit_remaining": "1"}, transport.DEFAULT_WAIT),
            ({"x_user_limit_24hour_reset": 60}, transport.DEFAULT_WAIT),
            ({"x_user_limit_24hour_reset": 60, "x_user_limit_24hour_remaining": "0"}, timedelta(seconds=60)),
            ({"x_app_limit_24hour_reset": 60, "x_app_limit_24hour_remaining": "0"}, timedelta(seconds=60)),
            (
                {"x_rate_limit_reset": 60, "x_app_limit_24hour_reset": 90, "x_app_limit_24hour_remaining": "0"},
                timedelta(seconds=90),
            ),
            ({"x_rate_limit_reset": 60, "retry_after": "120"}, timedelta(seconds=120)),
            ({"x_rate_limit_reset": -60}, SECOND),
            ({"x_rate_limit_reset": 32 * 86_400}, timedelta(days=32)),
            ({"x_rate_limit_reset": 32 * 86_400 + 1}, transport.DEFAULT_WAIT),
            ({"retry_after": "5"}, timedelta(seconds=5)),
        ],
    )
    def test_the_latest_of_what_is_used_up(self, headers: dict[str, Any], after: timedelta) -> None:
        at = int(NOW.timestamp())
        named = {key: str(at + value) if isinstance(value, int) else value for key, value in headers.items()}
        assert self.again(**named) == NOW + after

    @pytest.mark.parametrize(
        ("period", "again"), [("Daily", datetime(2026, 1, 31, tzinfo=UTC)), ("", datetime(2026, 2, 1, tzinfo=UTC))]
    )
    def test_a_cap_lasts_for_its_period_and_is_the_whole_apps(self, period: str, again: datetime) -> None:
        found = meant(429, of_type("usage-capped", period=period))
        assert isinstance(found, errors.RateLimited)
        assert (found.retry_at, found.whole_app) == (again, True)
        other = meant(429)
        assert isinstance(other, errors.RateLimited)
        assert other.whole_app is False
