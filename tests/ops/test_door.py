"""Slow, greedy and malformed clients: pages go on for everybody else, and memory does not grow."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest
import requests
from django.urls import get_resolver

from socialops.door import request_bodies
from socialops.door.page_threads import run_wsgi
from socialops.door.request_bodies import MIB, MOST_IN_MEMORY, MOST_PLAIN, BodyRefused, RequestBody
from tests import media
from tests.disks import BOUND, FullDisk, bound_on_files, fill, small_disk
from tests.ops.conftest import enter, found
from tests.ops.eventually import eventually, gone
from tests.ops.slow import HALF_A_HEAD, asks, every_path, half_a_body, slow
from tests.stack import Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]
MANY = 400
PAGE_THREADS = 4
GROWS_BY = 96 * 1024 * 1024  # less than 400 clients of one kind would take with a quarter of a megabyte each
MOST_QUEUED = 256 * 1024  # what was sent and not confirmed, and a little that is ready
NO_ROOM = "There is no room left on this server for this. Nothing was changed."
SIGN_IN = "Sign in before you send a file of this size"
BUNDLE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running(only=("web",), WEB_THREADS=str(PAGE_THREADS)) as stack:
        found(stack, "acme", "olive@acme.example")
        yield stack


@pytest.fixture(autouse=True)
def _alive(stack: Stack) -> Iterator[None]:
    yield
    assert stack.processes["web"].poll() is None, stack.log("web")
    assert requests.get(stack.url + "/healthz", timeout=20).text == "ok"


def memory(stack: Stack) -> int:
    leader = psutil.Process(stack.processes["web"].pid)
    return sum(one.memory_info().rss for one in [leader, *leader.children(recursive=True)] if not gone(one))


def pages_work(stack: Stack, session: requests.Session) -> None:
    for path in ("/healthz", "/o/acme/", "/accounts/login/", "/o/acme/posts/") * 2:
        assert session.get(stack.url + path, timeout=10, allow_redirects=False).status_code in (200, 302), path


def raw(stack: Stack, request: bytes, *, source: str = "127.0.0.1") -> bytes:
    """Everything that comes back until the other side closes."""
    with sent(stack, request, source=source) as connection:
        return rest(connection)


def sent(stack: Stack, request: bytes, *, timeout: float = 30, source: str = "127.0.0.1") -> socket.socket:
    parts = urlsplit(stack.url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0), timeout, (source, 0))
    with contextlib.suppress(ConnectionError):
        connection.sendall(request)
    return connection


def rest(connection: socket.socket) -> bytes:
    came = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65_536):
            came += piece
    return came


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.fixture
def olive(stack: Stack) -> requests.Session:
    session = enter(stack, "olive@acme.example")
    pages_work(stack, session)
    return session


def test_slow_bodies_hold_no_page(stack: Stack, olive: requests.Session) -> None:
    before = memory(stack)
    with slow(stack.url, [half_a_body(path) for path in every_path(get_resolver().url_patterns)], MANY, drip=b"x"):
        pages_work(stack, olive)
        with slow(stack.url, [half_a_body("/hooks/facebook/"), half_a_body("/accounts/login/")], MANY, drip=b"x"):
            pages_work(stack, olive)
            assert memory(stack) - before < GROWS_BY


def test_slow_headers_hold_no_page(stack: Stack, olive: requests.Session) -> None:
    before = memory(stack)
    with slow(stack.url, [HALF_A_HEAD], MANY, drip=b"x"):
        pages_work(stack, olive)
        assert memory(stack) - before < GROWS_BY


def test_slow_readers_hold_no_page(stack: Stack, olive: requests.Session, video: tuple[str, bytes]) -> None:
    cookies = f"Cookie: sessionid={olive.cookies['sessionid']}"
    asked = [asks("GET", video[0], cookies), *[asks("GET", BUNDLE)] * 8, asks("GET", "/o/acme/", cookies)]
    before = memory(stack)
    with slow(stack.url, asked, MANY):
        olive.get(stack.url + "/accounts/login/", timeout=120)  # to make what they asked for is work like any other
        pages_work(stack, olive)
        assert memory(stack) - before < GROWS_BY


def queued_by_system(clients: set[int]) -> list[int]:
    """Bytes that wait in the system for each of these ports (https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [int(row[4].split(":")[0], 16) for row in rows if int(row[2].split(":")[1], 16) in clients]


def test_the_system_takes_in_little_for_who_reads_nothing(stack: Stack) -> None:
    """Else it is given megabytes for each at once, while pages wait."""
    with slow(stack.url, [asks("GET", BUNDLE)], 20) as readers:
        ours = {client.getsockname()[1] for client in readers.sockets}
        eventually(lambda: min(queued_by_system(ours)) > 0)
        time.sleep(1)
        assert max(queued_by_system(ours)) < MOST_QUEUED


def test_a_head_without_end_is_refused_and_not_kept(stack: Stack) -> None:
    before = memory(stack)
    with sent(stack, HALF_A_HEAD) as connection, contextlib.suppress(ConnectionError):  # not even read to its end
        connection.sendall(b"x" * 200_000_000)
    assert memory(stack) - before < GROWS_BY


HEADS = {
    "one large header": asks("GET", "/healthz", "X-Long: " + "x" * 40_000),
    "many headers": asks("GET", "/healthz", *[f"X-{number}: x" for number in range(200)]),
    "a long address": asks("GET", "/healthz?" + "x" * 40_000),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=list(HEADS))
def test_large_heads_are_refused_with_words(stack: Stack, head: bytes) -> None:
    answer = raw(stack, head)
    assert status(answer) == 431
    assert b"connection: close" in answer
    assert b"too large" in answer


def test_a_large_cookie_that_a_browser_may_send_is_none(stack: Stack) -> None:
    answer = raw(stack, asks("GET", "/healthz", "Cookie: a=" + "x" * 16_000, "Connection: close"))
    assert status(answer) == 200


def test_thousands_of_requests_in_one_piece_are_not_kept(stack: Stack) -> None:
    before = memory(stack)
    for _ in range(20):
        raw(stack, asks("GET", "/accounts/login/") * 3000)
    assert memory(stack) - before < GROWS_BY


SMUGGLED = {
    "both lengths": asks("POST", "/hooks/x/", "Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "two lengths": asks("POST", "/hooks/x/", "Content-Length: 4", "Content-Length: 5", body=b"12345"),
    "chunked is not last": asks("POST", "/hooks/x/", "Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"),
    "a length that is none": asks("POST", "/hooks/x/", "Content-Length: +4", body=b"1234"),
    "a chunk without length": asks("POST", "/hooks/x/", "Transfer-Encoding: chunked", body=b"x\r\n\r\n"),
    "a folded header": asks("POST", "/hooks/x/", "Content-Length:", " 4", body=b"1234"),
    "a space before the colon": asks("POST", "/hooks/x/", "Content-Length : 4", body=b"1234"),
}


@pytest.mark.parametrize("request_", SMUGGLED.values(), ids=list(SMUGGLED))
def test_what_two_servers_might_read_differently_is_refused(stack: Stack, request_: bytes) -> None:
    answer = raw(stack, request_ + asks("GET", "/robots.txt"))
    assert b"User-agent" not in answer  # the second one was never read as a request
    assert status(answer) == 400


def test_trailers_are_no_headers_and_not_kept(stack: Stack) -> None:
    before = memory(stack)
    begun = asks("POST", "/hooks/x/", "Transfer-Encoding: chunked", body=b"1\r\nx\r\n0\r\nX-Long: ")
    with sent(stack, begun) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"x" * 100_000_000)
    assert memory(stack) - before < GROWS_BY


def test_a_body_in_chunks_arrives_whole(stack: Stack, olive: requests.Session) -> None:
    page = olive.get(stack.url + "/o/acme/settings/", timeout=10)
    assert page.status_code == 200
    form = f"csrfmiddlewaretoken={olive.cookies['csrftoken']}&name=Acme+in+chunks&time_zone=Europe/Berlin&week_start=0"
    pieces = iter([form[:20].encode(), form[20:].encode()])
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": stack.url}
    olive.post(stack.url + "/o/acme/settings/organization/", data=pieces, headers=kind, timeout=10)
    assert stack.sql("SELECT name FROM organizations_organization WHERE slug = 'acme'") == [("Acme in chunks",)]


@pytest.mark.parametrize("path", ["/hooks/facebook/", "/accounts/login/", "/api/v1/posts/", "/o/acme/compose/"])
def test_a_body_that_is_too_large_is_refused_before_it_comes(stack: Stack, path: str) -> None:
    head = asks("POST", path, "Content-Length: 900000000", "Expect: 100-continue")
    answer = raw(stack, head)
    assert status(answer) == 413
    assert b"connection: close" in answer
    assert b"no-store" in answer


def test_one_that_comes_all_the_same_still_hears_why(stack: Stack) -> None:
    answer = requests.post(stack.url + "/accounts/login/", data=b"x" * 8_000_000, timeout=20)
    assert answer.status_code == 413
    assert "larger" in answer.text
    problem = requests.post(stack.url + "/api/v1/posts/", data=(b"x" * 100_000 for _ in range(80)), timeout=20)
    assert problem.status_code == 413
    assert problem.json()["title"] == "Request Entity Too Large"


def test_strangers_send_no_large_files(stack: Stack) -> None:
    for path in ("/api/v1/media/", "/o/acme/media/"):
        answer = requests.post(stack.url + path, data=b"x" * 8_000_000, timeout=20)
        assert answer.status_code == 401, path


MORE = MOST_PLAIN + 500_000  # than is taken in from strangers


def test_practice_networks_take_files_of_their_own_people_and_no_larger_ones(stack: Stack) -> None:
    for path in ("/sandbox/x/2/media/upload", "/sandbox/facebook/v25.0/1/videos"):
        assert status(raw(stack, asks("POST", path, f"Content-Length: {32 * MIB + 1}"))) == 413
        answer = requests.post(stack.url + path, data=b"x" * MORE, timeout=20)
        assert answer.status_code in (400, 401, 404), answer.text  # of the practice network, which knows no such token
        assert SIGN_IN not in answer.text
    slug = requests.post(stack.url + "/sandbox/acme/x/bakery/speak/", data=b"x" * MORE, timeout=20)
    assert slug.status_code == 413  # a page like any other


def test_without_practice_networks_strangers_send_them_nothing_large(small: Stack) -> None:
    for path in ("/sandbox/x/2/media/upload", "/sandbox/facebook/v25.0/1/videos"):
        answer = requests.post(small.url + path, data=b"x" * MORE, timeout=20)
        assert (answer.status_code, answer.text.startswith(SIGN_IN)) == (401, True)


@pytest.fixture(scope="module")
def small() -> Iterator[Stack]:
    with running(only=("web",), WEB_SPOOL_MB="64", SANDBOX="False") as small:
        found(small, "acme", "olive@acme.example")
        yield small


def begun_upload(stack: Stack, session: requests.Session, size: int) -> socket.socket:
    """So many bytes of a body of 200 MB; then it waits."""
    cookies = f"Cookie: sessionid={session.cookies['sessionid']}"
    return sent(stack, asks("POST", "/api/v1/media/", cookies, "Content-Length: 200000000", body=b"x" * size))


def test_bodies_on_their_way_have_a_bound_together(small: Stack) -> None:
    olive = enter(small, "olive@acme.example")
    with begun_upload(small, olive, 40 * MIB) as first:
        with begun_upload(small, olive, 40 * MIB) as second:
            answer = rest(second)
            assert status(answer) == 503
            assert b"retry-after: 10" in answer
            assert b"application/problem+json" in answer
            assert b"Too much is on its way in" in answer
        first.settimeout(0.1)
        with pytest.raises(TimeoutError):
            first.recv(1)  # who was there goes on
    whole = {"data": b"x" * 40 * MIB, "timeout": 60}
    eventually(lambda: olive.post(small.url + "/api/v1/media/", **whole).status_code != 503)


@pytest.fixture(params=["a small disk", "a bound on files"])
def crowded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Stack, FullDisk]]:
    """(stack, full_disk): within `with full_disk():` its web process has no room for temporary files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with contextlib.ExitStack() as held:
        if request.param == "a small disk":
            held.enter_context(small_disk(folder))
        room = shutil.disk_usage(folder).free
        crowded = held.enter_context(running(only=("web",), TMPDIR=str(folder)))
        found(crowded, "acme", "olive@acme.example")
        kind = filled(folder, room) if request.param == "a small disk" else bounded(crowded)
        yield crowded, lambda: kind
        crowded.stop("web")


@contextlib.contextmanager
def filled(folder: Path, room: int) -> Iterator[None]:
    eventually(lambda: shutil.disk_usage(folder).free == room)  # or the bodies before would make some when they go
    fill(folder)
    try:
        yield
        assert [path.name for path in folder.rglob("*")] == ["ballast"]
    finally:
        (folder / "ballast").unlink()
    assert shutil.disk_usage(folder).free == room


@contextlib.contextmanager
def bounded(stack: Stack) -> Iterator[None]:
    web = psutil.Process(stack.processes["web"].pid)
    before = web.rlimit(psutil.RLIMIT_FSIZE)
    web.rlimit(psutil.RLIMIT_FSIZE, (BOUND, before[1]))
    try:
        yield
    finally:
        web.rlimit(psutil.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_at_page_and_rest_and_nothing_stays(crowded: tuple[Stack, FullDisk]) -> None:
    stack, full_disk = crowded
    olive = enter(stack, "olive@acme.example")
    long = b"a=" + b"x" * 100_000

    def answers() -> list[requests.Response]:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        paths = ("/o/acme/compose/", "/api/v1/posts/", "/accounts/login/")
        return [olive.post(stack.url + path, data=long, headers=kind, timeout=20) for path in paths]

    with_room = [one.status_code for one in answers()]
    assert 507 not in with_room
    with full_disk():
        page, rest, plain = answers()
        assert [page.status_code, rest.status_code, plain.status_code] == [507] * 3
        assert rest.json()["detail"] == plain.text == NO_ROOM
        assert "<h1" in page.text
        assert NO_ROOM in page.text
        assert json.loads(page.headers["HX-Trigger"])["toast"]["text"] == NO_ROOM
        pages_work(stack, olive)  # what is short needs no disk
        large = olive.get(stack.url + BUNDLE, timeout=20)
        assert large.status_code == 200  # nor what is sent from its own file
    assert [one.status_code for one in answers()] == with_room


def test_half_a_body_is_never_taken_for_the_whole(stack: Stack) -> None:
    with sent(stack, half_a_body("/accounts/login/")) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert rest(connection) == b""


@pytest.mark.parametrize("beginning", [HALF_A_HEAD, half_a_body("/accounts/login/")], ids=["head", "body"])
def test_who_sends_a_byte_at_a_time_is_told_that_it_took_too_long(stack: Stack, beginning: bytes) -> None:
    with sent(stack, beginning, timeout=60) as connection:
        connection.settimeout(0.5)
        came, until = b"", time.monotonic() + 60
        while not came and time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                came = connection.recv(65_536)
            if not came:
                connection.sendall(b"x")
    assert status(came) == 408


def test_who_says_nothing_at_all_goes_before_who_has_asked_once(stack: Stack) -> None:
    with sent(stack, b"", timeout=60) as silent, sent(stack, asks("GET", "/healthz"), timeout=60) as idle:
        first = b""
        while not first.endswith(b"\r\n\r\nok"):  # head and body may come apart
            first += idle.recv(65_536)
        assert status(first) == 200
        assert silent.recv(1) == b""
        idle.sendall(asks("GET", "/healthz", "Connection: close"))
        assert status(rest(idle)) == 200


@pytest.fixture(scope="module")
def video(stack: Stack) -> tuple[str, bytes]:
    """The address of a large one, which came in by the door with a token, and its bytes."""
    practice = '{"sandbox": true, "handle": "acme"}'
    told = ("--organization", "acme", "--network", "x", "--credentials", "-")
    stack.run_command("connect_profile", *told, input=practice)
    said = stack.run_command(
        "create_api_token", "--organization", "acme", "--email", "olive@acme.example", "--name", "t"
    )
    bearer = {"Authorization": f"Bearer {json.loads(said.stdout)['token']}"}
    content = media.video() + media.box(b"free", os.urandom(12_000_000))
    sent = {"file": ("a.mp4", content, "video/mp4")}
    answer = requests.post(stack.url + "/api/v1/media/", files=sent, headers=bearer, timeout=60)
    assert answer.status_code == 201, answer.text
    return f"/o/acme/media/{answer.json()['id']}/", content


def test_large_files_come_in_and_go_out_whole(stack: Stack, olive: requests.Session, video: tuple[str, bytes]) -> None:
    path, content = video
    assert olive.get(stack.url + path, timeout=60).content == content
    part = olive.get(stack.url + path, headers={"Range": "bytes=5-9000000"}, timeout=60)
    assert (part.status_code, part.content) == (206, content[5:9_000_001])
    assert olive.head(stack.url + path, timeout=60).headers["Content-Length"] == str(len(content))


def test_who_reads_nothing_is_given_up(stack: Stack, olive: requests.Session, video: tuple[str, bytes]) -> None:
    with slow(stack.url, [asks("GET", video[0], f"Cookie: sessionid={olive.cookies['sessionid']}")], 20) as readers:
        ours = {client.getsockname()[1] for client in readers.sockets}

        def served() -> set[int]:
            process = psutil.Process(stack.processes["web"].pid)
            return {one.raddr.port for one in process.net_connections("tcp") if one.raddr} & ours

        eventually(lambda: served() == ours)
        eventually(lambda: not served(), within=60)


def test_one_address_has_so_many_connections(stack: Stack) -> None:
    """127.0.0.1 is a proxy, which brings many; 127.0.0.2 is none."""
    with running(only=("web",), WEB_CONNECTIONS_PER_ADDRESS="20") as small:
        web = psutil.Process(small.processes["web"].pid)

        def theirs() -> int:
            return sum(1 for one in web.net_connections("tcp") if one.raddr and one.raddr.ip == "127.0.0.2")

        with slow(small.url, [HALF_A_HEAD], 60, drip=b"x", source="127.0.0.2"):
            for _ in range(30):
                raw(small, asks("GET", "/healthz", "Connection: close"), source="127.0.0.2")
            eventually(lambda: theirs() <= 20, within=10)  # one that was given up is still there for a moment
            answer = raw(small, asks("GET", "/accounts/login/", "Connection: close"), source="127.0.0.2")
            assert status(answer) == 200  # whoever sends a whole request finds a place among those who do not
            assert status(raw(small, asks("GET", "/healthz", "Connection: close"), source="127.0.0.3")) == 200
            assert status(raw(small, asks("GET", "/healthz", "Connection: close"))) == 200
        named, others = "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.10"
        with slow(small.url, [half_a_body("/accounts/login/", named)], 20, drip=b"x"):
            assert status(raw(small, asks("GET", "/accounts/login/", named))) == 429
            assert status(raw(small, asks("GET", "/accounts/login/", others, "Connection: close"))) == 200


def test_whole_requests_find_a_place_among_too_many_slow_ones(stack: Stack) -> None:
    with running(only=("web",), WEB_CONNECTIONS="64") as small, slow(small.url, [HALF_A_HEAD], 200, drip=b"x"):
        for _ in range(20):
            assert requests.get(small.url + "/accounts/login/", timeout=20).status_code == 200


def test_it_survives_the_end_of_file_descriptors(stack: Stack) -> None:
    with running(only=("web",)) as small:
        assert requests.get(small.url + "/accounts/login/", timeout=20).status_code == 200
        process = psutil.Process(small.processes["web"].pid)
        before = process.rlimit(psutil.RLIMIT_NOFILE)
        process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + 30, before[1]))
        with contextlib.suppress(OSError), slow(small.url, [HALF_A_HEAD], 200):
            eventually(lambda: process.num_fds() >= process.rlimit(psutil.RLIMIT_NOFILE)[0] - 1)
        process.rlimit(psutil.RLIMIT_NOFILE, before)
        eventually(lambda: works(small.url + "/accounts/login/"))
        assert small.processes["web"].poll() is None


def test_the_last_piece_that_does_not_fit_is_no_room_either() -> None:
    async def fill_it() -> None:
        with contextlib.closing(RequestBody()) as body:
            await body.add(b"x" * (MOST_IN_MEMORY + 1))
            await body.add(b"x" * 100)

    with bound_on_files(MOST_IN_MEMORY + 50), pytest.raises(BodyRefused) as refused:
        asyncio.run(fill_it())
    assert refused.value.status == 507
    assert request_bodies._on_disk == 0


def test_an_answer_that_does_not_fit_is_an_error_and_no_shorter_answer() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/csv")])
        return [b"x" * MOST_IN_MEMORY, b"x" * MOST_IN_MEMORY, b"x"]

    with bound_on_files(2 * MOST_IN_MEMORY), pytest.raises(BodyRefused) as refused:
        run_wsgi(app, {})
    assert refused.value.status == 507
    assert run_wsgi(app, {}).length == 2 * MOST_IN_MEMORY + 1


def works(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=5).status_code == 200
    return False


def test_what_is_answered_on_the_loop(stack: Stack) -> None:
    assert requests.get(stack.url + "/robots.txt", timeout=10).text == "User-agent: *\nDisallow: /\n"
    assert requests.head(stack.url + "/healthz", timeout=10).headers["Content-Length"] == "2"
    assert requests.post(stack.url + "/healthz", data=b"x", timeout=10).status_code == 405


def test_healthz_answers_while_every_page_waits(stack: Stack, olive: requests.Session) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with contextlib.closing(psycopg2.connect(stack.env["DATABASE_URL"])) as connection, ThreadPoolExecutor(8) as people:
        connection.cursor().execute("LOCK TABLE organizations_member IN ACCESS EXCLUSIVE MODE")
        pages = [people.submit(olive.get, stack.url + "/o/acme/", timeout=60) for _ in range(8)]
        try:
            eventually(lambda: stack.sql(waiting) == [(PAGE_THREADS,)])
            assert requests.get(stack.url + "/healthz", timeout=20).text == "ok"
            assert not any(page.done() for page in pages)
        finally:
            connection.rollback()
        assert {page.result().status_code for page in pages} == {200}
