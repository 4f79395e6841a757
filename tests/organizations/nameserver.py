"""A small name server on a port of its own, UDP and TCP: it answers TXT questions from `records`, or misbehaves.

with running() as names:
    names.say("_x.acme.example", ["one string", "and another"])   # one record of two strings; again for one more
    names.fails["acme.example"] = "SERVFAIL"                       # or NXDOMAIN, REFUSED, "silent", "garbage", "other"
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class Names:
    def __init__(self) -> None:
        self.records: dict[str, list[list[str]]] = {}  # host: records of strings
        self.aliases: dict[str, str] = {}
        self.fails: dict[str, str] = {}  # a host, or the end of one: how
        self.asked: list[str] = []
        self.address: tuple[str, int] = ("127.0.0.1", 0)

    def say(self, host: str, *strings: str) -> None:
        self.records.setdefault(host, []).append(list(strings))

    def forget(self) -> None:
        self.records.clear()
        self.fails.clear()
        self.aliases.clear()

    def answer(self, wire: bytes, *, udp: bool) -> bytes | None:
        question = dns.message.from_wire(wire)
        asked = question.question[0].name
        host = asked.to_text(omit_final_dot=True).lower()
        self.asked.append(host)
        how = next((self.fails[end] for end in self.fails if host.endswith(end)), "")
        if how == "silent":
            return None
        if how == "garbage":
            return wire[:2] + b"\xff" * 30
        answer = dns.message.make_response(question, recursion_available=True)
        if how in ("NXDOMAIN", "SERVFAIL", "REFUSED"):
            answer.set_rcode(dns.rcode.from_text(how))
        elif how != "none":
            self.fill(answer, host)
        made = answer.to_wire()
        if udp and len(made) > 512 and not question.edns >= 0:
            answer.answer.clear()
            answer.flags |= dns.flags.TC
            made = answer.to_wire()
        return made

    def fill(self, answer: dns.message.Message, host: str) -> None:
        if host in self.aliases:
            answer.answer.append(dns.rrset.from_text(f"{host}.", 60, "IN", "CNAME", f"{self.aliases[host]}."))
            host = self.aliases[host]
        if texts := self.records.get(host):
            rows = [" ".join('"{}"'.format(one.replace('"', '\\"')) for one in strings) for strings in texts]
            answer.answer.append(dns.rrset.from_text(f"{host}.", 60, "IN", "TXT", *rows))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)


class Datagrams(socketserver.BaseRequestHandler):
    names: Names

    def handle(self) -> None:
        wire, socket = self.request
        answer = self.names.answer(wire, udp=True)
        if answer is not None:
            socket.sendto(answer, self.client_address)


class Streams(socketserver.BaseRequestHandler):
    names: Names

    def handle(self) -> None:
        (length,) = struct.unpack("!H", self.request.recv(2))
        answer = self.names.answer(self.request.recv(length), udp=False)
        if answer is not None:
            self.request.sendall(struct.pack("!H", len(answer)) + answer)


def on_one_port(names: Names) -> tuple[Any, Any]:
    """Both servers. A port that is free for one may be taken for the other by whoever else listens on this machine."""
    datagrams, streams = (type("Asked", (base,), {"names": names}) for base in (Datagrams, Streams))
    while True:
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagrams)
        try:
            return udp, socketserver.ThreadingTCPServer(udp.server_address, streams)
        except OSError:
            udp.server_close()


@contextmanager
def running() -> Iterator[Names]:
    names = Names()
    udp, tcp = on_one_port(names)
    names.address = udp.server_address
    for server in (udp, tcp):
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield names
    finally:
        for server in (udp, tcp):
            server.shutdown()
            server.server_close()
