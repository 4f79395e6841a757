"""What Graph means when it says no: one table from code and subcode to `networks.errors`.

Codes come before the HTTP status, which is 400 for nearly everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foundation.texts.text_comparison import clip_to_line
from networks import errors
from networks.adapters import json_values, transport
from networks.adapters.facebook import rate_limits
from networks.adapters.facebook.client import GraphError
from networks.adapters.facebook.manifest import MANIFEST

LABEL = MANIFEST.label
_LIMIT_CODES = {4, 17, 32, 341, 613, *range(80000, 80015)}
_APP_LIMIT_CODES = {4, 341}
_TEMPORARY_CODES = {1, 2, 1363047, 1609010}
_SIGN_IN_MESSAGES = {
    458: "The app was removed from Facebook's settings. Connect the Page again.",
    459: "Facebook wants the person who connected the Page to sign in there first.",
    460: "The password of the person who connected the Page has changed. Connect the Page again.",
    463: "The permission for this Page has expired. Connect the Page again.",
    464: "The Facebook account that connected the Page is not confirmed.",
    467: "Facebook has ended the permission for this Page. Connect the Page again.",
    492: "The person who connected the Page no longer has a role on it. Connect it again as somebody who has.",
}


class MissingPermission(errors.Disconnected):
    """The token works, but not for this: a read that is only a bonus may go on without it."""


@dataclass(frozen=True, slots=True)
class Problem:
    code: int
    subcode: int
    message: str
    for_people: str
    transient: bool


def read_problem(body: Any) -> Problem:
    """The envelope `{"error": {...}}`, or whatever else of it there is."""
    top = json_values.mapping_or_empty(body)
    error = json_values.mapping_or_empty(top.get("error")) or top
    plain = top.get("error") or top.get("message") or body
    message = error.get("message") or (plain if isinstance(plain, str) else "")
    return Problem(
        code=json_values.int_or_none(error.get("code")) or 0,
        subcode=json_values.int_or_none(error.get("error_subcode")) or 0,
        message=clip_to_line(json_values.text_or_empty(message)),
        for_people=clip_to_line(json_values.text_or_empty(error.get("error_user_msg"))),
        transient=error.get("is_transient") is True,
    )


def network_error_of(
    error: GraphError, *, write: bool, on_page: bool, secrets: list[str], now: datetime
) -> errors.NetworkError:
    """The one of `networks.errors` that this answer means. `on_page`: the Page itself was addressed."""
    problem = read_problem(error.body)
    code = f"{problem.code}/{problem.subcode}" if problem.subcode else str(problem.code or error.status)
    detail = transport.redact_secrets(f"{error.status} {code} {problem.message}".strip(), secrets)
    text = transport.redact_secrets(problem.for_people or problem.message, secrets)
    if problem.code in _LIMIT_CODES or (error.status == 429 and not problem.code):
        return errors.RateLimited(
            "Facebook accepts no more for now; this continues when its limit resets.",
            retry_at=_retry_at(error.headers, now),
            whole_app=problem.code in _APP_LIMIT_CODES,
            detail=detail,
            code=code,
        )
    mapped = _access_error(problem, error.status, on_page=on_page) or _content_error(problem)
    if mapped:
        kind, message = mapped
        return kind(message, detail=detail, code=code)
    return _status_error(error, problem, text, write=write, detail=detail, code=code)


def _access_error(problem: Problem, status: int, *, on_page: bool) -> tuple[type[errors.NetworkError], str] | None:
    if problem.code in {190, 102} or (status == 401 and not problem.code):
        signed_out = "Facebook no longer accepts this Page's sign-in. Connect the Page again."
        return errors.Disconnected, _SIGN_IN_MESSAGES.get(problem.subcode, signed_out)
    if problem.code == 100 and problem.subcode == 33 and on_page:
        return errors.Disconnected, "Facebook no longer lets us act for this Page. Connect it again."
    if problem.code == 10 and problem.subcode == 2018278:
        return errors.Refused, "Facebook allows an answer only for a limited time after the last message."
    if problem.code == 10 or 200 <= problem.code <= 299:
        named = f" Facebook says: {problem.message}" if problem.message else ""
        return MissingPermission, f"A permission for this Page is missing; connect it again and allow it.{named}"
    if problem.code == 104:
        return errors.AppShutOut, "Facebook does not accept this app's secret. An administrator has to check it."
    if problem.code == 3:
        return errors.AppMisconfigured, "The Facebook app is not set up for this. An administrator has to check it."
    return None


def _content_error(problem: Problem) -> tuple[type[errors.NetworkError], str] | None:
    if problem.code == 506 or problem.subcode == 1455006:
        return errors.Duplicate, "Facebook refused this because the Page already has a post with the same text."
    if problem.code == 803 or (problem.code == 100 and problem.subcode == 33):
        return errors.Gone, "Facebook no longer has what this refers to."
    if problem.code == 368:
        return errors.Refused, (
            "Facebook has temporarily blocked this Page from posting. Open Facebook to see why, "
            "and wait before you try again."
        )
    return None


def _status_error(
    error: GraphError, problem: Problem, text: str, *, write: bool, detail: str, code: str
) -> errors.NetworkError:
    temporary = problem.transient or {problem.code, problem.subcode} & _TEMPORARY_CODES
    refused = 400 <= error.status < 500 and error.status != 408
    in_success = 200 <= error.status < 300 and problem.code > 0
    if not temporary and (in_success or (refused and (error.body is not None or not write))):
        message = f"Facebook refused this: {text}" if text else "Facebook refused this without saying why."
        return errors.Refused(message, detail=detail, code=code)
    if write:
        # Graph may have done it before it failed, and a page that Graph did not write says nothing.
        return transport.ambiguous_error(LABEL, detail, code=code)
    return errors.Unavailable("Facebook has a fault at the moment.", detail=detail, code=code)


def _retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    minutes = max(map(rate_limits.minutes_to_wait, rate_limits.business_usages(headers)), default=0)
    if minutes:
        return now + timedelta(minutes=minutes)
    return transport.parse_retry_after(headers, now) or now + transport.DEFAULT_WAIT
