"""X's API, version 2, as far as it is practised here."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from networks.adapters.x.text_length import TEXT_LIMIT, weighted_length
from networks.sandbox.actions import delete_entry, is_repeated, write_entry
from networks.sandbox.dialects import api_calls
from networks.sandbox.dialects.faulty_calls import post_with_faults
from networks.sandbox.dialects.x import media_calls, read_calls, refusals
from networks.sandbox.dialects.x.json_body import require_json_body
from networks.sandbox.models import Account, Entry, visible_in_lists
from networks.sandbox.practice_files import UploadUsed

_PER_WINDOW = 900
_WINDOW_SECONDS = 900
_LONGEST_COUNTED = 65_536  # more than anything that could fit; counting is not for nothing


@csrf_exempt
def answer_x_api(request: HttpRequest, path: str) -> HttpResponse:
    """Every address of X. The limits are told as X tells them, but practice never uses them up."""
    response = api_calls.answer_call(request, "x", path, route_call, refusals.USUAL_REFUSALS)
    if response.status_code == 429:
        return response
    reset = (int(now().timestamp()) // _WINDOW_SECONDS + 1) * _WINDOW_SECONDS
    response.headers.setdefault("x-rate-limit-limit", str(_PER_WINDOW))
    response.headers.setdefault("x-rate-limit-remaining", str(_PER_WINDOW - 1))
    response.headers.setdefault("x-rate-limit-reset", str(reset))
    return response


def route_call(request: HttpRequest, me: Account, path: str) -> HttpResponse:
    for method, pattern, reply in ROUTES:
        found = pattern.fullmatch(path)
        if found and request.method == method:
            return reply(request, me, **found.groupdict())
    raise refusals.NO_ROUTE


def get_me(request: HttpRequest, me: Account) -> HttpResponse:
    return JsonResponse(read_calls.user_body(request, me, me.remote_id))


def get_user(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    return JsonResponse(read_calls.user_body(request, read_calls.find_account(remote_id), remote_id))


def get_tweets(request: HttpRequest, me: Account) -> HttpResponse:
    ids = [one for one in request.GET.get("ids", "").split(",") if one]
    return JsonResponse(read_calls.look_up_tweets(request, ids))


def get_tweet(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    return JsonResponse(read_calls.look_up_tweet(request, remote_id))


def get_own_tweets(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    rows = visible_in_lists(read_calls.network_entries()).filter(author=read_calls.require_timeline_owner(remote_id))
    if "replies" in read_calls.requested_fields(request.GET, "exclude"):
        rows = rows.filter(parent=None)
    return JsonResponse(read_calls.timeline_body(request, rows))


def get_mentions(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    return JsonResponse(
        read_calls.timeline_body(
            request, read_calls.network_entries().filter(addressed=read_calls.require_timeline_owner(remote_id))
        )
    )


def post_tweet(request: HttpRequest, me: Account) -> HttpResponse:
    sent = require_json_body(request)
    shown = media_calls.require_attached_media(me, sent.get("media"))
    text = require_valid_text(sent.get("text")) if sent.get("text") or not shown else ""
    parent = require_parent(me, sent.get("reply"))
    try:
        entry = post_with_faults(
            me,
            refusals.USUAL_REFUSALS,
            repeats=lambda: not shown and is_repeated(me, text, under=parent),
            write=lambda listed_from: write_entry(me, text, under=parent, listed_from=listed_from, uploads=shown),
        )
    except UploadUsed:
        raise refusals.WRONG_MEDIA from None
    made = {"id": entry.remote_id, "text": text, "edit_history_tweet_ids": [entry.remote_id]}
    return JsonResponse({"data": made}, status=201)


def delete_tweet(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    entry = find_tweet(remote_id)
    if entry is None:
        raise api_calls.Refusal(404, {"errors": [refusals.missing_resource("tweet", remote_id)]})
    if entry.author_id != me.pk:
        raise refusals.NOT_PERMITTED
    delete_entry(entry)
    return JsonResponse({"data": {"deleted": True}})


def require_valid_text(text: object) -> str:
    """Raises what X raises for text that is none, cannot be stored or is too long."""
    if not isinstance(text, str) or not text.strip():
        raise refusals.invalid_parameter("text", text, "$.text: is missing but it is required")
    if not api_calls.is_storable(text):
        raise refusals.invalid_parameter("text", "", "$.text: contains characters that are not allowed")
    if len(text) > _LONGEST_COUNTED or weighted_length(text) > TEXT_LIMIT:
        raise refusals.NOT_PERMITTED
    return text


def require_parent(me: Account, reply: object) -> Entry | None:
    """What is answered. X lets a program answer only itself and those who addressed it."""
    if reply is None:
        return None
    given = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else reply
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{1,19}", given):
        raise refusals.invalid_parameter(
            "reply.in_reply_to_tweet_id", given, "$.reply.in_reply_to_tweet_id: is not valid"
        )
    parent = find_tweet(given)
    if parent is None:
        raise refusals.NO_PARENT
    if parent.author_id != me.pk and not parent.addressed.filter(pk=me.pk).exists():
        raise refusals.NOT_PERMITTED
    return parent


def find_tweet(remote_id: str) -> Entry | None:
    return read_calls.network_entries().filter(remote_id=remote_id).first() or read_calls.find_by_earlier_id(remote_id)


_ID = r"(?P<remote_id>[0-9]{1,19})"
ROUTES: list[tuple[str, re.Pattern[str], Callable[..., HttpResponse]]] = [
    ("GET", re.compile(r"2/users/me"), get_me),
    ("GET", re.compile(rf"2/users/{_ID}"), get_user),
    ("GET", re.compile(rf"2/users/{_ID}/tweets"), get_own_tweets),
    ("GET", re.compile(rf"2/users/{_ID}/mentions"), get_mentions),
    ("GET", re.compile(r"2/tweets"), get_tweets),
    ("GET", re.compile(rf"2/tweets/{_ID}"), get_tweet),
    ("POST", re.compile(r"2/tweets"), post_tweet),
    ("POST", re.compile(r"2/media/upload/initialize"), media_calls.initialize_upload),
    ("POST", re.compile(rf"2/media/upload/{_ID}/append"), media_calls.append_segment),
    ("POST", re.compile(rf"2/media/upload/{_ID}/finalize"), media_calls.finalize_upload),
    ("GET", re.compile(r"2/media/upload"), media_calls.get_upload_status),
    ("POST", re.compile(r"2/media/metadata"), media_calls.set_alt_text),
    ("DELETE", re.compile(rf"2/tweets/{_ID}"), delete_tweet),
]
