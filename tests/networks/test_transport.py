"""Which failures of a call certainly happened before anything was sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from foundation.internet import http
from foundation.internet.http import Fate, TransportFault, new_session, parse_json, raise_transport_faults

QUICK = (0.3, 0.3)


@contextmanager
def listening(answer: bytes | None) -> Iterator[int]:
    """A port that accepts one connection, waits for a request, and answers these bytes or hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(2)
                connection.recv(4096)
                if answer is not None:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(3)


def told_of_posting(url: str) -> str:
    return failed_posting(url).reason


def fate_of_posting(url: str) -> Fate:
    return failed_posting(url).fate


def failed_posting(url: str) -> TransportFault:
    with new_session(QUICK) as session, pytest.raises(TransportFault) as caught, raise_transport_faults():
        parse_json(session.post(url, json={"text": "Hi"}))
    assert url not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://no-such-host.invalid/", "https://127.0.0.1:9/", "nonsense", "http://"]
)
def test_what_never_left_is_not_sent(url: str) -> None:
    assert fate_of_posting(url) is Fate.NOT_SENT


@pytest.mark.parametrize("answer", [None, b"this is no TLS at all, but a long enough answer to be read\r\n"])
def test_a_failed_handshake_is_not_sent(answer: bytes | None) -> None:
    with listening(answer) as port:
        assert fate_of_posting(f"https://127.0.0.1:{port}/") is Fate.NOT_SENT


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_what_left_and_brought_nothing_usable_is_unknown(answer: bytes | None) -> None:
    with listening(answer) as port:
        assert fate_of_posting(f"http://127.0.0.1:{port}/") is Fate.UNKNOWN


def test_a_header_that_cannot_be_written_is_not_sent() -> None:
    with new_session(QUICK) as session, pytest.raises(TransportFault) as caught, raise_transport_faults():
        session.post("http://127.0.0.1:9/", headers={"Authorization": "Bearer ke\u0144"})
    assert (caught.value.fate, caught.value.reason) == (Fate.NOT_SENT, "the request could not be written")


def test_silence_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert fate_of_posting(f"http://127.0.0.1:{server.getsockname()[1]}/") is Fate.UNKNOWN


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/", "no connection: refused"),
        ("http://no-such-host.invalid/", "no connection: its name is not known"),
        ("nonsense", "the address cannot be used"),
    ],
)
def test_what_never_left_is_told_in_plain_words(url: str, words: str) -> None:
    assert told_of_posting(url) == words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "the connection was cut before an answer came"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", "the connection was cut while the answer was being read"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "the connection was cut while the answer was being read",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "unreadable answer, status 200"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "the answer could not be read",
        ),
    ],
)
def test_what_brought_nothing_usable_is_told_in_plain_words(answer: bytes | None, words: str) -> None:
    with listening(answer) as port:
        assert told_of_posting(f"http://127.0.0.1:{port}/") == words


def test_a_handshake_that_failed_is_told_in_plain_words() -> None:
    with listening(b"this is no TLS at all, but a long enough answer to be read\r\n") as port:
        assert told_of_posting(f"https://127.0.0.1:{port}/") == "no connection: it could not be encrypted"


def test_silence_is_told_with_how_long_it_lasted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert told_of_posting(f"http://127.0.0.1:{port}/") == "no answer within 0.3 s"


def test_writes_never_follow_a_redirect() -> None:
    with listening(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n") as port:
        response = new_session(QUICK).post(f"http://127.0.0.1:{port}/", allow_redirects=True)
    assert response.status_code == 302


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def keeping_alive(*answers: tuple[bytes, bool]) -> Iterator[tuple[str, list[int], threading.Event]]:
    """Gives these answers in turn, each with whether the connection stays open; tells on which connection each came,
    and when the first connection is closed."""
    served: list[int] = []
    closed = threading.Event()
    left = iter(answers)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for number in range(len(answers)):
                with suppress(OSError), server.accept()[0] as connection:  # closed: the test is over
                    connection.settimeout(2)
                    while connection.recv(4096):
                        served.append(number)
                        answer, stays = next(left)
                        connection.sendall(answer)
                        if not stays:
                            break
                closed.set()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", served, closed


def post(url: str) -> None:
    with new_session(QUICK) as session, raise_transport_faults():
        parse_json(session.post(url))  # without a body, so that it arrives in one piece


def test_sessions_share_a_connection_that_was_used_a_moment_ago() -> None:
    with keeping_alive((OK, True), (OK, True)) as (url, served, _):
        post(url)
        post(url)
    assert served == [0, 0]


def test_a_connection_that_was_idle_for_a_while_is_not_trusted(monkeypatch) -> None:
    monkeypatch.setattr(http, "_IDLE_SECONDS", 0.0)
    with keeping_alive((OK, True), (OK, True)) as (url, served, _):
        post(url)
        post(url)
    assert served == [0, 1]


def test_a_connection_that_the_other_end_has_closed_costs_nothing() -> None:
    with keeping_alive((OK, False), (OK, True)) as (url, served, closed):
        post(url)
        assert closed.wait(2)
        post(url)
    assert served == [0, 1]


def test_a_connection_that_dies_under_a_write_leaves_it_unknown_and_nothing_is_sent_twice() -> None:
    with keeping_alive((OK, True), (b"", False), (OK, True)) as (url, served, _):
        post(url)
        with pytest.raises(TransportFault) as caught:
            post(url)
    assert (caught.value.fate, served) == (Fate.UNKNOWN, [0, 0])
