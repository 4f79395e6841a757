"""The web process: connections are kept, streams hold none, and clients may leave when they like."""

import concurrent.futures
import signal
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.ops.conftest import SignIn
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture(autouse=True)
def _ready(stack: Stack) -> Iterator[None]:
    yield
    for name in ("web", "worker", "beat"):
        if stack.processes[name].poll() is not None:
            stack.start(name)
    stack.wait_until_ready()


def sessions(stack: Stack) -> int:
    """How many connections the database has ever seen."""
    time.sleep(1.2)  # the server counts with a delay
    return int(stack.sql("SELECT sessions FROM pg_stat_database WHERE datname = current_database()")[0][0])


def raw(stack: Stack, request: bytes) -> socket.socket:
    parts = urlsplit(stack.url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)
    connection.sendall(request)
    return connection


def test_page_threads_keep_their_connections(stack: Stack, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    for _ in range(30):  # until each thread has one
        session.get(f"{stack.url}/o/acme/", timeout=10)
    before = sessions(stack)
    for _ in range(60):
        assert session.get(f"{stack.url}/o/acme/", timeout=10).status_code == 200
    assert sessions(stack) - before < 10


def test_many_streams_hold_no_connection_and_no_page_thread(stack: Stack, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    session.get(f"{stack.url}/o/acme/", timeout=10)
    before = stack.sql(BACKENDS)[0][0]
    open_streams = [session.get(f"{stack.url}/o/acme/stream/", stream=True, timeout=30) for _ in range(60)]
    try:
        assert {answer.status_code for answer in open_streams} == {200}
        assert stack.sql(BACKENDS)[0][0] <= before + 2  # the two threads that ask for rights
        began = time.monotonic()
        assert session.get(f"{stack.url}/o/acme/", timeout=10).status_code == 200
        assert time.monotonic() - began < 2
    finally:
        for answer in open_streams:
            answer.close()


def test_a_lost_database_connection_is_replaced(stack: Stack, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    stack.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(20):
        assert session.get(f"{stack.url}/o/acme/", timeout=10).status_code == 200


def test_clients_that_leave_early_free_their_threads(stack: Stack) -> None:
    head = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=o"
    left = [raw(stack, head) for _ in range(30)]
    for connection in left:
        connection.close()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        pages = pool.map(lambda _: requests.get(stack.url + "/accounts/login/", timeout=10).status_code, range(30))
        assert set(pages) == {200}
    assert stack.processes["web"].poll() is None


def test_large_bodies_arrive_whole_or_are_refused(stack: Stack) -> None:
    answer = requests.post(stack.url + "/hooks/x/", data=b"x" * 8_000_000, timeout=20)
    assert answer.status_code in (400, 401, 403, 413)


def test_underscores_do_not_pass_for_hyphens(stack: Stack) -> None:
    plain = raw(
        stack, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX_Forwarded_Host: evil\r\nConnection: close\r\n\r\n"
    )
    assert plain.recv(20).startswith(b"HTTP/1.1 200")


def test_odd_addresses_are_no_defect(stack: Stack) -> None:
    for path in (b"/?q=\xff\xfe", b"/%ff%fe", b"/o/acme/stream/?\xe9", b"/\xc3\xa9"):
        with raw(stack, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n") as connection:
            status = int(connection.recv(12).split()[1])
        assert status < 500, path


def test_it_ends_soon_with_streams_open(stack: Stack, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    answer = session.get(f"{stack.url}/o/acme/stream/", stream=True, timeout=30)
    lines = answer.iter_lines()
    assert next(lines) == b"retry: 2000"
    began = time.monotonic()
    stack.kill("web", signal.SIGTERM)
    stack.processes["web"].wait(10)
    assert time.monotonic() - began < 3
    # An end, not a broken answer; who did not say since when hears `resync` before it, with its moment.
    assert {line for line in lines if not line.startswith((b"data: ", b"id: "))} == {b""}


PRACTISE = """
from networks.sandbox.accounts import open_account
from networks.sandbox.actions import set_fault
from networks.sandbox.models import Account
from organizations.models import Organization
from organizations.tenancy import scope

with scope(Organization.objects.get(slug="acme")):
    secrets, _ = open_account("x", handle="breaking")
    set_fault(Account.objects.get(handle="breaking"), "cut_after")
    print(secrets["access_token"])
"""


def test_a_practice_network_can_break_off(stack: Stack) -> None:
    token = stack.run_command("shell", "--no-imports", "-c", PRACTISE).stdout.split()[-1]
    call = {"json": {"text": "Half"}, "headers": {"Authorization": f"Bearer {token}"}, "timeout": 10}
    began = time.monotonic()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.post(f"{stack.url}/sandbox/x/2/tweets", **call)
    assert time.monotonic() - began < 5
    assert stack.sql("SELECT text FROM sandbox_entry") == [("Half",)]
    assert requests.get(f"{stack.url}/sandbox/x/2/users/me", headers=call["headers"], timeout=10).status_code == 200
