"""Whether rights stay quick in a large organization: the first page of each, beside a small one in the same run."""

import time
from collections.abc import Callable

from django.test import Client

from inbox.conversation_filters import ConversationFilters
from inbox.queries.conversation_list import fetch_listing
from organizations.models import Member
from organizations.tenancy import scope
from teams.access import profiles_for
from tests.benchmarks.table import show
from tests.volume import Large, large

TIMES = 30
BOUND = 3.0  # times what the small one takes
WHO = ("owner", "leader", "member")


def run() -> None:
    """Prints milliseconds of both sizes, the best of many in turn, and how many times longer the large one takes."""
    small = large("bench-small", profiles=10, members=5)
    huge = large("bench-huge", profiles=1000, members=200)
    analyse()
    rows = [row(name, work, small, huge, who) for name, work in WORKS.items() for who in WHO]
    title = "Rights at 1,000 profiles × 200 members beside 10 × 5 (first page, ms)"
    show(title, ("", "10 × 5", "1,000 × 200", "ratio", f"bound {BOUND:.0f}x"), rows)


def analyse() -> None:
    """What autovacuum does within minutes, so that both are planned for what is there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def row(name: str, work: Callable[[Member], object], small: Large, huge: Large, who: str) -> tuple[str, ...]:
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        for found, one in zip(taken, (small, huge), strict=True):
            found.append(measured(work, one, getattr(one, who)))
    first, second = (min(times) * 1000 for times in taken)
    ratio = second / first
    return f"{name}, {who}", f"{first:.2f}", f"{second:.2f}", f"{ratio:.1f}x", "ok" if ratio <= BOUND else "TOO SLOW"


def measured(work: Callable[[Member], object], one: Large, member: Member) -> float:
    with scope(one.organization):
        start = time.perf_counter()
        work(member)
        return time.perf_counter() - start


clients: dict[int, Client] = {}


def matrix_page(member: Member) -> None:
    client = clients.get(member.pk)
    if client is None:
        client = clients[member.pk] = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/o/{member.organization.slug}/teams/rights/", headers={"Host": "localhost"})
    assert answer.status_code == 200, answer.status_code


WORKS: dict[str, Callable[[Member], object]] = {
    "rights page": matrix_page,
    "profiles_for": lambda member: list(profiles_for(member, to="publish").order_by("name", "pk")[:50]),
    "inbox filter": lambda member: fetch_listing(member, ConversationFilters(state="open")),
}
