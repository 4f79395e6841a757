"""X's API, version 2, as far as it is practised here."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from networks.adapters.x.text import LIMIT, weighted_length
from networks.sandbox.actions import delete_entry, is_repeated, write_entry
from networks.sandbox.dialects import speaking
from networks.sandbox.dialects.posting import post
from networks.sandbox.dialects.x import media, reads, refusals
from networks.sandbox.dialects.x.bodies import posted
from networks.sandbox.models import Account, Entry, in_lists
from networks.sandbox.uploads import Used

_PER_WINDOW = 900
_WINDOW_SECONDS = 900
_LONGEST_READ = 65_536  # more than anything that could fit; counting is not for nothing


@csrf_exempt
def x(request: HttpRequest, path: str) -> HttpResponse:
    """Every address of X. The limits are told as X tells them, but practice never uses them up."""
    response = speaking.speak(request, "x", path, answer, refusals.WORDS)
    if response.status_code == 429:
        return response
    reset = (int(now().timestamp()) // _WINDOW_SECONDS + 1) * _WINDOW_SECONDS
    response.headers.setdefault("x-rate-limit-limit", str(_PER_WINDOW))
    response.headers.setdefault("x-rate-limit-remaining", str(_PER_WINDOW - 1))
    response.headers.setdefault("x-rate-limit-reset", str(reset))
    return response


def answer(request: HttpRequest, me: Account, path: str) -> HttpResponse:
    for method, pattern, reply in ROUTES:
        found = pattern.fullmatch(path)
        if found and request.method == method:
            return reply(request, me, **found.groupdict())
    raise refusals.NO_ROUTE


def get_me(request: HttpRequest, me: Account) -> HttpResponse:
    return JsonResponse(reads.user(request, me, me.remote_id))


def get_user(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    return JsonResponse(reads.user(request, reads.account(remote_id), remote_id))


def get_tweets(request: HttpRequest, me: Account) -> HttpResponse:
    ids = [one for one in request.GET.get("ids", "").split(",") if one]
    return JsonResponse(reads.looked_up(request, ids))


def get_tweet(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    return JsonResponse(reads.one_tweet(request, remote_id))


def get_own(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    rows = in_lists(reads.entries()).filter(author=reads.owner(remote_id))
    if "replies" in reads.fields(request.GET, "exclude"):
        rows = rows.filter(parent=None)
    return JsonResponse(reads.timeline(request, rows))


def get_mentions(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    return JsonResponse(reads.timeline(request, reads.entries().filter(addressed=reads.owner(remote_id))))


def post_tweet(request: HttpRequest, me: Account) -> HttpResponse:
    sent = posted(request)
    shown = media.wanted(me, sent.get("media"))
    text = checked_text(sent.get("text")) if sent.get("text") or not shown else ""
    parent = answered(me, sent.get("reply"))
    try:
        entry = post(
            me,
            refusals.WORDS,
            repeats=lambda: not shown and is_repeated(me, text, under=parent),
            write=lambda listed_from: write_entry(me, text, under=parent, listed_from=listed_from, uploads=shown),
        )
    except Used:
        raise refusals.WRONG_MEDIA from None
    made = {"id": entry.remote_id, "text": text, "edit_history_tweet_ids": [entry.remote_id]}
    return JsonResponse({"data": made}, status=201)


def delete_tweet(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    entry = find(remote_id)
    if entry is None:
        raise speaking.Refusal(404, {"errors": [refusals.missing("tweet", remote_id)]})
    if entry.author_id != me.pk:
        raise refusals.NOT_PERMITTED
    delete_entry(entry)
    return JsonResponse({"data": {"deleted": True}})


def checked_text(text: object) -> str:
    """Raises what X raises for text that is none, cannot be stored or is too long."""
    if not isinstance(text, str) or not text.strip():
        raise refusals.invalid("text", text, "$.text: is missing but it is required")
    if not speaking.storable(text):
        raise refusals.invalid("text", "", "$.text: contains characters that are not allowed")
    if len(text) > _LONGEST_READ or weighted_length(text) > LIMIT:
        raise refusals.NOT_PERMITTED
    return text


def answered(me: Account, reply: object) -> Entry | None:
    """What is answered. X lets a program answer only itself and those who addressed it."""
    if reply is None:
        return None
    given = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else reply
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{1,19}", given):
        raise refusals.invalid("reply.in_reply_to_tweet_id", given, "$.reply.in_reply_to_tweet_id: is not valid")
    parent = find(given)
    if parent is None:
        raise refusals.NO_PARENT
    if parent.author_id != me.pk and not parent.addressed.filter(pk=me.pk).exists():
        raise refusals.NOT_PERMITTED
    return parent


def find(remote_id: str) -> Entry | None:
    return reads.entries().filter(remote_id=remote_id).first() or reads.edited(remote_id)


_ID = r"(?P<remote_id>[0-9]{1,19})"
ROUTES: list[tuple[str, re.Pattern[str], Callable[..., HttpResponse]]] = [
    ("GET", re.compile(r"2/users/me"), get_me),
    ("GET", re.compile(rf"2/users/{_ID}"), get_user),
    ("GET", re.compile(rf"2/users/{_ID}/tweets"), get_own),
    ("GET", re.compile(rf"2/users/{_ID}/mentions"), get_mentions),
    ("GET", re.compile(r"2/tweets"), get_tweets),
    ("GET", re.compile(rf"2/tweets/{_ID}"), get_tweet),
    ("POST", re.compile(r"2/tweets"), post_tweet),
    ("POST", re.compile(r"2/media/upload/initialize"), media.initialize),
    ("POST", re.compile(rf"2/media/upload/{_ID}/append"), media.append),
    ("POST", re.compile(rf"2/media/upload/{_ID}/finalize"), media.finalize),
    ("GET", re.compile(r"2/media/upload"), media.status),
    ("POST", re.compile(r"2/media/metadata"), media.describe),
    ("DELETE", re.compile(rf"2/tweets/{_ID}"), delete_tweet),
]
