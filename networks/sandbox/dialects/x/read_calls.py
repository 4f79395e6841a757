"""What X lets one read."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import now

from networks.adapters import json_values
from networks.sandbox.dialects.api_calls import Refusal, int_within
from networks.sandbox.dialects.x import api_objects, refusals
from networks.sandbox.models import Account, Entry
from networks.sandbox.snowflake_ids import lowest_id_number

_HIGHEST_NUMBER = (1 << 63) - 1


def network_entries() -> QuerySet[Entry]:
    rows = Entry.objects.filter(network="x").select_related("author", "parent__author", "root")
    return rows.prefetch_related("uploads")


def requested_fields(params: QueryDict, *names: str) -> list[str]:
    return [one.strip() for name in names for one in params.get(name, "").split(",") if one.strip()]


def find_account(remote_id: str) -> Account | None:
    known = int_within(remote_id, least=0, most=_HIGHEST_NUMBER)
    return Account.objects.filter(network="x", remote_id=str(known)).first() if known is not None else None


def user_body(request: HttpRequest, found: Account | None, asked: str) -> dict[str, Any]:
    if found is None:
        return {"errors": [refusals.missing_resource("user", asked[:100])]}
    wanted = {"id", "name", "username", *requested_fields(request.GET, "user.fields")}
    shape = api_objects.user_object(found, at=now())
    return {"data": {key: value for key, value in shape.items() if key in wanted}}


def look_up_tweets(request: HttpRequest, ids: list[str]) -> dict[str, Any]:
    """GET /2/tweets: those that are there, and beside them an error for each that is not."""
    if not 1 <= len(ids) <= 100:
        raise refusals.invalid_parameter(
            "ids",
            ",".join(ids),
            f"The number of values in the `ids` query parameter list [{len(ids)}] is not between 1 and 100",
        )
    numbers = {one: int_within(one, least=0, most=_HIGHEST_NUMBER) for one in ids}
    if wrong := next((one for one, number in numbers.items() if number is None), None):
        raise refusals.invalid_parameter("ids", wrong, f"The `ids` query parameter value [{wrong[:50]}] is not valid")
    known = [number for number in numbers.values() if number is not None]
    found = {one.remote_id: one for one in network_entries().filter(number__in=known)}
    found |= {one: older for one in ids if one not in found and (older := find_earlier_version(one))}
    data = api_objects.build_tweets(
        [found[one] for one in ids if one in found], requested_fields(request.GET, *TWEET_FIELD_PARAMS), at=now()
    )
    data = [{**shape, "id": one} for shape, one in zip(data, (one for one in ids if one in found), strict=True)]
    gone = [refusals.missing_resource("tweet", one) for one in ids if one not in found]
    return {**({"data": data} if data else {}), **({"errors": gone} if gone else {})}


def find_by_earlier_id(remote_id: str) -> Entry | None:
    """What was known by this id before an edit."""
    return network_entries().filter(earlier__contains=[[remote_id]]).first()


def find_earlier_version(remote_id: str) -> Entry | None:
    """An edited post as it was under an earlier id; what became of it stands in its history."""
    found = find_by_earlier_id(remote_id)
    if found:
        found.text = dict(found.earlier)[remote_id]
    return found


TWEET_FIELD_PARAMS = ("tweet.fields", "post.fields")


def timeline_body(request: HttpRequest, rows: QuerySet[Entry]) -> dict[str, Any]:
    """One page, newest first. An empty one has no `data`."""
    size = page_size(request.GET)
    listed = list(filter_by_params(rows, request.GET).order_by("-number")[: size + 1])
    shown = listed[:size]
    if not shown:
        return {"meta": {"result_count": 0}}
    meta: dict[str, Any] = {
        "result_count": len(shown),
        "newest_id": shown[0].remote_id,
        "oldest_id": shown[-1].remote_id,
    }
    if len(listed) > size:
        meta["next_token"] = f"{shown[-1].number:x}"
    page: dict[str, Any] = {
        "data": api_objects.build_tweets(shown, requested_fields(request.GET, *TWEET_FIELD_PARAMS), at=now()),
        "meta": meta,
    }
    if "author_id" in requested_fields(request.GET, "expansions"):
        page["includes"] = {"users": author_objects(request, shown)}
    return page


def author_objects(request: HttpRequest, shown: list[Entry]) -> list[dict[str, Any]]:
    different = {one.author_id: one.author for one in shown}
    return [user_body(request, one, one.remote_id)["data"] for one in different.values()]


def page_size(params: QueryDict) -> int:
    given = params.get("max_results", "10")
    size = int_within(given, least=5, most=100)
    if size is None:
        raise refusals.invalid_parameter(
            "max_results", given, f"The `max_results` query parameter value [{given[:20]}] is not between 5 and 100"
        )
    return size


def filter_by_params(rows: QuerySet[Entry], params: QueryDict) -> QuerySet[Entry]:
    for name, lookup in (("since_id", "number__gt"), ("until_id", "number__lt")):
        if name in params:
            rows = rows.filter(**{lookup: require_number(name, params.get(name, ""))})
    for name, lookup in (("start_time", "number__gte"), ("end_time", "number__lt")):
        if name in params:
            at = require_time(name, params.get(name, ""))
            rows = rows.filter(**{lookup: min(_HIGHEST_NUMBER, lowest_id_number(at))})
    if "pagination_token" in params:
        rows = rows.filter(number__lt=require_page_token(params.get("pagination_token", "")))
    return rows


def require_number(name: str, given: str) -> int:
    number = int_within(given, least=0, most=_HIGHEST_NUMBER)
    if number is None:
        raise refusals.invalid_parameter(name, given, f"The `{name}` query parameter value [{given[:50]}] is not valid")
    return number


def require_time(name: str, given: str) -> datetime:
    at = json_values.time_or_none(given) if not given.isdigit() else None
    if at is None:
        raise refusals.invalid_parameter(
            name, given, f"The `{name}` query parameter value [{given[:50]}] is not a valid RFC3339 date"
        )
    return at


def require_page_token(given: str) -> int:
    try:
        number = int(given[:20], 16)
    except ValueError:
        number = -1
    if not 0 <= number <= _HIGHEST_NUMBER:
        raise refusals.invalid_parameter(
            "pagination_token", given, "The `pagination_token` query parameter value is not valid"
        )
    return number


def look_up_tweet(request: HttpRequest, remote_id: str) -> dict[str, Any]:
    body = look_up_tweets(request, [remote_id])
    return {"data": body["data"][0]} if "data" in body else body


def require_timeline_owner(remote_id: str) -> Account:
    """Whose timeline is asked for. Somebody else's is as if it were not there."""
    found = find_account(remote_id)
    if found is None:
        raise Refusal(200, {"errors": [refusals.missing_resource("user", remote_id[:100])]})
    return found
