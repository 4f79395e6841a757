"""`/o/<slug>/stream/`: hints of what changed, as server-sent events. Lives on the event loop.

A stream holds neither a page thread nor a database connection. It says {"topic", "id"} and nothing else; the page then
asks for what it may see. Whatever is lost on the way is made good by `resync`.
"""

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from typing import Any

import redis.asyncio
from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from organizations.access import member_of, memberships_of
from organizations.entry import hindrance
from organizations.tenancy import scope as in_scope
from socialops.lib.errors import NotFound
from socialops.lib.realtime import channel
from teams.access import profiles_for

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Hint = dict[str, Any]

HEARTBEAT = 15.0  # proxies close what is silent for a minute
AUTHORISED_FOR = 20.0  # what nothing tells of, such as signing out, ends the stream this late
HEARD_AGAIN = 10.0  # longer than a slow browser takes from the page to its stream
BACKLOG = 200  # hints for a reader who does not read
CHANGES_RIGHTS = {"rights", "sessions", "profiles", "teams", "resync"}
RESYNC: Hint = {"topic": "resync", "id": "", "profile": None}
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
]
checks = ThreadPoolExecutor(max_workers=2, thread_name_prefix="rights")


@dataclass(frozen=True, slots=True)
class Rights:
    organization_id: int
    member_id: int
    is_admin: bool
    profiles: frozenset[int]

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


class Listener:
    """The hints on their way to one reader; None ends the stream."""

    def __init__(self) -> None:
        self.hints: asyncio.Queue[Hint | None] = asyncio.Queue()

    def tell(self, hint: Hint | None) -> None:
        if self.hints.qsize() >= BACKLOG:
            self.hints = asyncio.Queue()
            hint = hint and RESYNC
        self.hints.put_nowait(hint)


class Hub:
    """One subscription per web process, however many streams it serves."""

    def __init__(self) -> None:
        self.listeners: dict[str, set[Listener]] = defaultdict(set)
        self.recent: dict[str, deque[tuple[float, Hint]]] = defaultdict(lambda: deque(maxlen=BACKLOG))
        self.closed = False

    @contextmanager
    def listener(self, name: str) -> Iterator[Listener]:
        """A new reader hears the last seconds again: what came between drawing the page and opening its stream."""
        added = Listener()
        self.listeners[name].add(added)
        for at, hint in self.recent[name]:
            if monotonic() - at < HEARD_AGAIN:
                added.tell(hint)
        try:
            yield added
        finally:
            self.listeners[name].discard(added)
            if not self.listeners[name]:
                del self.listeners[name]

    async def listen(self) -> None:
        """Passes on what Redis says, until cancelled. After every gap each reader hears `resync`."""
        while True:
            try:
                await self.subscribed()
            except (redis.RedisError, OSError) as error:
                log.warning("realtime hints are away: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def subscribed(self) -> None:
        # Without retries of the client's own: a silent reconnection would hide the gap.
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=10, retry=Retry(NoBackoff(), 0)
        )
        async with client, client.pubsub() as pubsub:
            await pubsub.psubscribe(channel("*"))
            self.tell_all(RESYNC)
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5)
                if message is not None:
                    self.tell(message["channel"].decode(), message["data"])

    def tell(self, name: str, data: bytes) -> None:
        hint = json.loads(data)
        self.recent[name].append((monotonic(), hint))
        for listener in self.listeners.get(name, ()):
            listener.tell(hint)

    def tell_all(self, hint: Hint | None) -> None:
        for listeners in self.listeners.values():
            for listener in listeners:
                listener.tell(hint)

    def close(self) -> None:
        self.closed = True
        self.tell_all(None)


hub = Hub()


async def stream(scope: Scope, receive: Receive, send: Send, slug: str) -> None:
    """Answers one reader until they leave, lose their membership, or the process ends."""
    if scope["method"] != "GET":
        await refuse(send, 405)
        return
    key = session_key(scope)
    try:
        rights = await check(key, slug)
    except DatabaseError:
        await refuse(send, 503)
        return
    if rights is None:
        await refuse(send, 404)
        return
    with hub.listener(channel(rights.organization_id)) as listener:
        leaving = asyncio.create_task(tell_when_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await say(send, "retry: 2000\n\n")
            await pass_on(send, listener, key, slug)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            leaving.cancel()


async def pass_on(send: Send, listener: Listener, key: str, slug: str) -> None:
    """Forwards what the reader may know of; rights are asked for again every so often and whenever they change."""
    clock = asyncio.get_running_loop().time
    rights, good_until = None, 0.0  # asked for once more here: they may have changed before we listened
    while not hub.closed:
        if clock() >= good_until:
            rights, good_until = await still(key, slug), clock() + AUTHORISED_FOR
        if rights is None:
            return
        try:
            hint = await asyncio.wait_for(listener.hints.get(), min(HEARTBEAT, good_until - clock()))
        except TimeoutError:
            await say(send, ": still here\n\n")
            continue
        if hint is None:
            return
        if hint["topic"] in CHANGES_RIGHTS:
            rights, good_until = await still(key, slug), clock() + AUTHORISED_FOR
        if rights is not None and (heard := rights.heard(hint)):
            await say(send, f"data: {json.dumps(heard)}\n\n")


async def tell_when_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.tell(None)


async def say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def session_key(scope: Scope) -> str:
    sent = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(sent).get(settings.SESSION_COOKIE_NAME, "")


async def still(key: str, slug: str) -> Rights | None:
    try:
        return await check(key, slug)
    except DatabaseError:
        return None  # nobody is let in on yesterday's rights; the reader comes back by itself


async def check(key: str, slug: str) -> Rights | None:
    return await asyncio.get_running_loop().run_in_executor(checks, rights_of, key, slug)


def rights_of(key: str, slug: str) -> Rights | None:
    """What the owner of this session may hear of, None for outsiders: the same doors that the pages use."""
    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not user.is_authenticated:
        return None
    try:
        member = member_of(memberships_of(user), slug)
    except NotFound:
        return None
    if hindrance(member, request.session):
        return None
    with in_scope(member.organization_id):
        visible = profiles_for(member, to="view").values_list("pk", flat=True)
        return Rights(member.organization_id, member.pk, member.is_admin, frozenset(visible))
