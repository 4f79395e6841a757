"""What X lets one read."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import now

from networks.adapters import reading
from networks.sandbox.dialects.speaking import Refusal, whole
from networks.sandbox.dialects.x import refusals, shapes
from networks.sandbox.ids import lowest_at
from networks.sandbox.models import Account, Entry

_HIGHEST = (1 << 63) - 1


def entries() -> QuerySet[Entry]:
    rows = Entry.objects.filter(network="x").select_related("author", "parent__author", "root")
    return rows.prefetch_related("uploads")


def fields(params: QueryDict, *names: str) -> list[str]:
    return [one.strip() for name in names for one in params.get(name, "").split(",") if one.strip()]


def account(remote_id: str) -> Account | None:
    known = whole(remote_id, least=0, most=_HIGHEST)
    return Account.objects.filter(network="x", remote_id=str(known)).first() if known is not None else None


def user(request: HttpRequest, found: Account | None, asked: str) -> dict[str, Any]:
    if found is None:
        return {"errors": [refusals.missing("user", asked[:100])]}
    wanted = {"id", "name", "username", *fields(request.GET, "user.fields")}
    shape = shapes.user(found, at=now())
    return {"data": {key: value for key, value in shape.items() if key in wanted}}


def looked_up(request: HttpRequest, ids: list[str]) -> dict[str, Any]:
    """GET /2/tweets: those that are there, and beside them an error for each that is not."""
    if not 1 <= len(ids) <= 100:
        raise refusals.invalid(
            "ids",
            ",".join(ids),
            f"The number of values in the `ids` query parameter list [{len(ids)}] is not between 1 and 100",
        )
    numbers = {one: whole(one, least=0, most=_HIGHEST) for one in ids}
    if wrong := next((one for one, number in numbers.items() if number is None), None):
        raise refusals.invalid("ids", wrong, f"The `ids` query parameter value [{wrong[:50]}] is not valid")
    found = {one.remote_id: one for one in entries().filter(number__in=numbers.values())}
    found |= {one: older for one in ids if one not in found and (older := version(one))}
    data = shapes.tweets([found[one] for one in ids if one in found], fields(request.GET, *TWEET_FIELDS), at=now())
    data = [{**shape, "id": one} for shape, one in zip(data, (one for one in ids if one in found), strict=True)]
    gone = [refusals.missing("tweet", one) for one in ids if one not in found]
    return {**({"data": data} if data else {}), **({"errors": gone} if gone else {})}


def edited(remote_id: str) -> Entry | None:
    """What was known by this id before an edit."""
    return entries().filter(earlier__contains=[[remote_id]]).first()


def version(remote_id: str) -> Entry | None:
    """An edited post as it was under an earlier id; what became of it stands in its history."""
    found = edited(remote_id)
    if found:
        found.text = dict(found.earlier)[remote_id]
    return found


TWEET_FIELDS = ("tweet.fields", "post.fields")


def timeline(request: HttpRequest, rows: QuerySet[Entry]) -> dict[str, Any]:
    """One page, newest first. An empty one has no `data`."""
    size = page_size(request.GET)
    listed = list(bounded(rows, request.GET).order_by("-number")[: size + 1])
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
    page: dict[str, Any] = {"data": shapes.tweets(shown, fields(request.GET, *TWEET_FIELDS), at=now()), "meta": meta}
    if "author_id" in fields(request.GET, "expansions"):
        page["includes"] = {"users": authors(request, shown)}
    return page


def authors(request: HttpRequest, shown: list[Entry]) -> list[dict[str, Any]]:
    different = {one.author_id: one.author for one in shown}
    return [user(request, one, one.remote_id)["data"] for one in different.values()]


def page_size(params: QueryDict) -> int:
    given = params.get("max_results", "10")
    size = whole(given, least=5, most=100)
    if size is None:
        raise refusals.invalid(
            "max_results", given, f"The `max_results` query parameter value [{given[:20]}] is not between 5 and 100"
        )
    return size


def bounded(rows: QuerySet[Entry], params: QueryDict) -> QuerySet[Entry]:
    for name, lookup in (("since_id", "number__gt"), ("until_id", "number__lt")):
        if name in params:
            rows = rows.filter(**{lookup: known_number(name, params[name])})
    for name, lookup in (("start_time", "number__gte"), ("end_time", "number__lt")):
        if name in params:
            rows = rows.filter(**{lookup: min(_HIGHEST, lowest_at(known_time(name, params[name])))})
    if "pagination_token" in params:
        rows = rows.filter(number__lt=known_token(params["pagination_token"]))
    return rows


def known_number(name: str, given: str) -> int:
    number = whole(given, least=0, most=_HIGHEST)
    if number is None:
        raise refusals.invalid(name, given, f"The `{name}` query parameter value [{given[:50]}] is not valid")
    return number


def known_time(name: str, given: str) -> datetime:
    at = reading.instant(given) if not given.isdigit() else None
    if at is None:
        raise refusals.invalid(
            name, given, f"The `{name}` query parameter value [{given[:50]}] is not a valid RFC3339 date"
        )
    return at


def known_token(given: str) -> int:
    try:
        number = int(given[:20], 16)
    except ValueError:
        number = -1
    if not 0 <= number <= _HIGHEST:
        raise refusals.invalid("pagination_token", given, "The `pagination_token` query parameter value is not valid")
    return number


def one_tweet(request: HttpRequest, remote_id: str) -> dict[str, Any]:
    body = looked_up(request, [remote_id])
    return {"data": body["data"][0]} if "data" in body else body


def owner(remote_id: str) -> Account:
    """Whose timeline is asked for. Somebody else's is as if it were not there."""
    found = account(remote_id)
    if found is None:
        raise Refusal(200, {"errors": [refusals.missing("user", remote_id[:100])]})
    return found
