"""`/o/<slug>/stream/`: hints of what changed, as server-sent events. Lives on the event loop.

A stream holds neither a page thread nor a database connection. It says {"topic", "id"} and nothing else; the page then
asks for what it may see. `?since=` (or Last-Event-ID) is the moment as of which the page knows everything: what was
said from then on is said again, or where that cannot be told, `resync`. Asked for as JSON it says it at once and ends.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar, TypeVarTuple
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from foundation.errors import NotFound
from foundation.processes import redis_permits
from foundation.processes.realtime import channel
from foundation.texts.ids import parse_number
from organizations.access import member_of, memberships_of
from organizations.configuration.quotas import quota_limit
from organizations.configuration.usage_quotas import streams_key
from organizations.sign_in.admission import hindrance
from organizations.sign_in.session_bounds import note_gap
from organizations.tenancy import scope as in_scope
from socialops.hint_hub import Hint, Listener, LoggedHint, MissedHints, hub
from teams.access import profiles_for

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Given = TypeVarTuple("Given")
Found = TypeVar("Found")
StreamPlace = tuple[str, str]  # among how many streams, and which

HEARTBEAT_EVERY = 15.0  # proxies close what is silent for a minute
AUTHORISED_FOR = 20.0  # what nothing tells of, such as signing out, ends the stream this late
CHANGES_RIGHTS = {"rights", "sessions", "profiles", "teams", "resync"}
MOMENT_LENGTH = 15  # digits, of milliseconds
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
]
rights_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="rights")


@dataclass(frozen=True, slots=True)
class Rights:
    organization_id: int
    user_id: int
    member_id: int
    is_admin: bool
    profiles: frozenset[int]
    streams: int  # how many the organization may have open at once

    def heard(self, hint: Hint) -> Hint | None:
        """What of a hint this member may know: all of it, only that there is something, or nothing."""
        topic, pk = hint["topic"], hint["id"]
        profile = pk if topic == "profiles" and pk else hint.get("profile")
        if profile is not None and profile not in self.profiles:
            return None
        if topic == "notifications" and pk != self.member_id:
            return None
        few = hint.get("members")
        knows = few is None or self.is_admin or self.member_id in few
        return {"topic": topic, "id": pk if knows else ""}


async def serve_stream(scope: Scope, receive: Receive, send: Send, slug: str) -> None:
    """Answers one reader until they leave, lose their membership, or the process ends."""
    if scope["method"] != "GET":
        await refuse_stream(send, 405)
        return
    key, asked = session_key(scope), StreamRequest.of(scope)
    try:
        rights = await fetch_rights(key, slug)
        if rights is None or not asked.by(rights):
            await refuse_stream(send, 404 if rights is None and await is_signed_in(key) else 401)
            return
    except DatabaseError:
        await refuse_stream(send, 503)
        return
    name = channel(rights.organization_id)
    if asked.once:
        await send_missed(send, await hub.missed(name, asked.since), rights)
        return
    place = streams_key(rights.organization_id), secrets.token_hex(8)
    if not await run_off_loop(redis_permits.acquire_permit, *place, rights.streams):
        await refuse_stream(send, 429)
        return
    with hub.listener(name, key) as listener:
        leaving = asyncio.create_task(end_on_disconnect(receive, listener))
        try:
            missed = await hub.missed(name, asked.since)
            await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
            await write_chunk(send, "retry: 2000\n\n")
            await forward_hints(send, listener, missed, key, slug, place)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            leaving.cancel()
            rights_pool.submit(redis_permits.release_permit, *place)


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """What a reader wants: from which moment on, as a stream or at once, and for whom the page was drawn."""

    since: str
    once: bool
    drawn_for: str

    @classmethod
    def of(cls, scope: Scope) -> "StreamRequest":
        headers, query = dict(scope["headers"]), parse_qs(scope["query_string"].decode("latin-1"))
        since = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("since", [""])[-1]
        known = parse_number(since, digits=MOMENT_LENGTH) is not None
        once = b"application/json" in headers.get(b"accept", b"")
        return cls(since if known else "", once, query.get("for", [""])[-1])

    def by(self, rights: Rights) -> bool:
        """Somebody else may have signed in since the page was drawn."""
        return self.drawn_for in ("", str(rights.user_id))


async def send_missed(send: Send, missed: MissedHints, rights: Rights) -> None:
    hints = [heard for entry in missed.entries if (heard := rights.heard(entry.hint))]
    body = json.dumps({"until": missed.until, "hints": hints}).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def forward_hints(
    send: Send, listener: Listener, missed: MissedHints, key: str, slug: str, place: StreamPlace
) -> None:
    """Forwards what the reader may know of; rights are asked for again every so often and whenever they change."""
    clock = asyncio.get_running_loop().time
    rights, good_until = await renew_rights(key, slug, place), clock() + AUTHORISED_FOR  # changed before we listened?
    if rights is None:
        return
    for again in missed.entries:
        await write_hint(send, rights, again)
    last = missed.entries[-1].at if missed.entries else (0, 0)
    while not hub.closed:
        if clock() >= good_until:
            rights, good_until = await renew_rights(key, slug, place), clock() + AUTHORISED_FOR
        if rights is None:
            return
        try:
            entry = await asyncio.wait_for(listener.entries.get(), min(HEARTBEAT_EVERY, good_until - clock()))
        except TimeoutError:
            await write_chunk(send, "event: beat\ndata:\n\n")
            continue
        if entry is None:
            return
        if entry.at <= last:
            continue  # said again already
        if entry.hint["topic"] in CHANGES_RIGHTS:
            rights, good_until = await renew_rights(key, slug, place), clock() + AUTHORISED_FOR
        if rights is not None:
            await write_hint(send, rights, entry)


async def write_hint(send: Send, rights: Rights, entry: LoggedHint) -> None:
    if heard := rights.heard(entry.hint):
        await write_chunk(send, f"id: {entry.at[0]}\ndata: {json.dumps(heard)}\n\n")


async def end_on_disconnect(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.deliver(None)


async def write_chunk(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def refuse_stream(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def session_key(scope: Scope) -> str:
    sent = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(sent).get(settings.SESSION_COOKIE_NAME, "")


def load_session(key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store


async def renew_rights(key: str, slug: str, place: StreamPlace) -> Rights | None:
    """The rights as they are now; whoever has any keeps their place."""
    try:
        rights = await fetch_rights(key, slug)
    except DatabaseError:
        return None  # nobody is let in on yesterday's rights; the reader comes back by itself
    if rights is not None:
        await run_off_loop(redis_permits.acquire_permit, *place, rights.streams)
    return rights


async def fetch_rights(key: str, slug: str) -> Rights | None:
    return await run_off_loop(find_rights, key, slug)


async def run_off_loop(call: Callable[[*Given], Found], *given: *Given) -> Found:
    return await asyncio.get_running_loop().run_in_executor(rights_pool, call, *given)


async def is_signed_in(key: str) -> bool:
    return await asyncio.get_running_loop().run_in_executor(
        rights_pool, lambda: build_session_request(key).user.is_authenticated
    )


def build_session_request(key: str) -> HttpRequest:
    """A request of this session and of whom it belongs to."""
    close_old_connections()
    request = HttpRequest()
    request.session = load_session(key)
    request.user = get_user(request)
    return request


def find_rights(key: str, slug: str) -> Rights | None:
    """What the owner of this session may hear of, None for outsiders: the same doors that the pages use."""
    request = build_session_request(key)
    user = request.user
    if not user.is_authenticated:
        return None
    try:
        member = member_of(memberships_of(user), slug)
    except NotFound:
        return None
    note_gap(request.session, key, used=False)  # nobody looks at a page only because a stream is open
    if hindrance(member, request.session):
        return None
    with in_scope(member.organization_id):
        visible = profiles_for(member, to="view").values_list("pk", flat=True)
        most = quota_limit(member.organization, "streams")
        return Rights(member.organization_id, user.pk, member.pk, member.is_admin, frozenset(visible), most)
