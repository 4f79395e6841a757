"""What X means when it says no: one table from its answers to `networks.errors`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.texts.text_comparison import clip_to_line
from networks import errors
from networks.adapters import json_values, transport
from networks.adapters.x import rate_limits
from networks.adapters.x.client import XError
from networks.adapters.x.manifest import MANIFEST

LABEL = MANIFEST.label
_APP_FAULT_PHRASES = (
    "oauth1 app permissions",
    "unsupported authentication",
    "unsupported-authentication",
    "not permitted to access this feature",
)
_ACCOUNT_BLOCKED_PHRASES = ("user-suspended", "account is suspended", "temporarily locked")


@dataclass(frozen=True, slots=True)
class Problem:
    """The readable parts of an error body, whatever its form."""

    detail: str
    kind: str
    codes: frozenset[int]
    period: str

    def mentions(self, *phrases: str) -> bool:
        text = f"{self.kind} {self.detail}".lower()
        return any(phrase in text for phrase in phrases)


def read_problem(body: Any) -> Problem:
    """Problem+json, the legacy list of errors, a bare list or a bare string: all occur."""
    top = json_values.mapping_or_empty(body)
    parts = (
        json_values.mappings_in(top.get("errors"))
        or json_values.mappings_in(body)
        or json_values.mappings_in([top.get("error")])
    )
    texts = [top.get("title"), top.get("detail"), top.get("error_description"), top.get("message"), body]
    texts += [value for part in parts for value in (part.get("message"), part.get("detail"))]
    if isinstance(body, list):
        texts += body
    texts += [top.get("error")]
    details = dict.fromkeys(item.strip() for item in texts if isinstance(item, str) and item.strip())
    codes = (json_values.int_or_none(part.get("code")) for part in [top, *parts])
    return Problem(
        detail=clip_to_line(" ".join(details)),
        # The host of the type may be either of X's names: only the last segment counts.
        kind=json_values.text_or_empty(top.get("type")).rstrip("/").rpartition("/")[2].lower(),
        codes=frozenset(code for code in codes if code is not None),
        period=json_values.text_or_empty(top.get("period")).lower(),
    )


def network_error_of(error: XError, *, write: bool, secrets: list[str], now: datetime) -> errors.NetworkError:
    """The one of `networks.errors` that this answer means."""
    problem = read_problem(error.body)
    detail = transport.redact_secrets(f"{error.status} {problem.kind} {problem.detail}".strip(), secrets)
    code = problem.kind if problem.kind not in {"", "about:blank"} else str(error.status)
    if _is_rate_limited(error.status, problem):
        return errors.RateLimited(
            "X accepts no more for now; this continues when its limit resets.",
            retry_at=_retry_at(error.headers, problem, now),
            whole_app=_is_usage_capped(problem),
            detail=detail,
            code=code,
        )
    mapped = _certain_error(error.status, problem)
    if mapped:
        kind, message = mapped
        return kind(message, detail=detail, code=code)
    return _status_error(
        error, transport.redact_secrets(problem.detail, secrets), write=write, detail=detail, code=code
    )


def _is_rate_limited(status: int, problem: Problem) -> bool:
    return status == 429 or 88 in problem.codes or _is_usage_capped(problem)


def _is_usage_capped(problem: Problem) -> bool:
    """What the app may do in a day or a month is used up."""
    return problem.mentions("usage-capped", "usagecapexceeded")


def _certain_error(status: int, problem: Problem) -> tuple[Callable[..., errors.NetworkError], str] | None:
    """Answers whose meaning is certain, whatever else the body holds."""
    if status == 401 or problem.codes & {32, 89}:
        return errors.SignInRefused, "X no longer accepts this profile's sign-in. Connect the profile again."
    if status == 402:
        return errors.AppShutOut, "The X app's credits are used up. An administrator has to top it up."
    if status >= 500 or status < 400:
        return None
    if status == 400 and problem.mentions("media ids are invalid"):
        return errors.Gone, "X no longer has the files of this post."
    if problem.codes & {187} or (status == 403 and problem.mentions("duplicate")):
        return errors.Duplicate, "X refused this because the profile already has a post with the same text."
    if status == 403 and problem.mentions("deleted or not visible"):
        return errors.NotVisible, "X does not show what this answers: it is deleted, or not shown yet."
    if status == 403 and problem.mentions(*_ACCOUNT_BLOCKED_PHRASES):
        return errors.Disconnected, "X has suspended or locked this profile. Sign in on X to see why."
    if status == 403 and problem.mentions("client-forbidden"):
        return errors.AppShutOut, "X does not let this app in. An administrator has to check it."
    if status == 403 and problem.mentions(*_APP_FAULT_PHRASES):
        return errors.AppMisconfigured, "The X app lacks a permission for this. An administrator has to check it."
    return None


def _status_error(error: XError, message: str, *, write: bool, detail: str, code: str) -> errors.NetworkError:
    refused = 400 <= error.status < 500 and error.status != 408
    if refused and (error.body is not None or not write or error.status == 413):
        kind = errors.Gone if error.status == 404 else errors.Refused
        return kind(_refusal_message(error.status, message), detail=detail, code=code)
    if write:
        # A 5xx, a redirect, 408, or a page that X itself did not write: the post may exist all the same.
        return transport.ambiguous_error(LABEL, detail, code=code)
    return errors.Unavailable("X has a fault at the moment.", detail=detail, code=code)


def _refusal_message(status: int, message: str) -> str:
    if status == 404:
        return "X no longer has what this refers to."
    return f"X refused this: {message}" if message else f"X refused this without saying why (status {status})."


def _retry_at(headers: Mapping[str, str], problem: Problem, now: datetime) -> datetime:
    """The latest reset among the limits that are used up, never in the past and never beyond a month."""
    resets = [reset for group in rate_limits.HEADER_GROUPS if (reset := _reset_of(headers, group, now))]
    if _is_usage_capped(problem):
        resets.append(_period_end(problem.period, now))
    retry_time = transport.parse_retry_after(headers, now)
    if retry_time:
        resets.append(retry_time)
    soonest = now + timedelta(seconds=1)
    return max(resets, default=now + transport.DEFAULT_WAIT) if not resets else max(soonest, *resets)


def _reset_of(headers: Mapping[str, str], group: str, now: datetime) -> datetime | None:
    # The group that every answer names may leave out the count that the 429 itself tells.
    default_remaining = "0" if group == "x-rate-limit" else "1"
    remaining = json_values.int_or_none(headers.get(f"{group}-remaining", default_remaining))
    reset = json_values.time_or_none(headers.get(f"{group}-reset"))
    if remaining or reset is None or reset > now + transport.LONGEST_WAIT:
        return None
    return reset


def _period_end(period: str, now: datetime) -> datetime:
    today = datetime(now.year, now.month, now.day, tzinfo=UTC)
    if period == "daily":
        return today + timedelta(days=1)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
