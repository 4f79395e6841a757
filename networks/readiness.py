"""May a row leave now, and if not: why, until when, and what ends it? One table, for everybody who asks.

The dispatcher asks in SQL (`networks.outbox.lanes`); queue, lists, profiles, alarms and fallback plans ask with
`keeps`, which puts their own columns into the same SQL. What else can hold something up belongs into `HOLDS`, and
nowhere else.

In the SQL `p` is a profile, `o` a row of its outbox, and %(now)s the moment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import compress
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import BooleanField, CharField, DateTimeField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as later

from networks.models import Held, Limit, Priority, Profile
from networks.outbox.reach import REACHES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

R = TypeVar("R", bound=Model)

SOON_WITHIN = timedelta(hours=1)  # what holds only for a while says nothing of what is planned for later

IS_REPLY_SQL = f"o.priority = {Priority.REPLY.value}"
OPEN_CIRCUIT_SQL = f"FROM networks_circuit r WHERE {REACHES} AND r.opened_at IS NOT NULL"
LIMIT_SQL = f"""
    FROM networks_limit r
    WHERE {REACHES} AND (r.profile_id IS NULL OR r.profile_id = p.id) AND r.until > %(now)s AND r.of
"""
LIMITS_ALL, LIMITS_POSTS = f"= '{Limit.Of.ALL.value}'", f"IN ('{Limit.Of.ALL.value}', '{Limit.Of.POSTS.value}')"


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason for which nothing leaves. `why` is what is known, `then` what happens next: it ends in a colon where
    a time follows. `everything`, `posts` and `row` are conditions in SQL under which it keeps all rows of a profile,
    those that are no replies, or one row alone.
    """

    word: str
    why: "_StrPromise"
    then: "_StrPromise | str"
    everything: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    passes: bool = False  # by itself, and before long
    of_network: bool = False  # which answers nobody, whatever a person does: what a fallback plan is for


HOLDS = {
    hold.word: hold
    for hold in (  # the first that applies is the one that is told: what a person can end before what ends by itself
        Hold(
            "disconnected",
            later("The profile is not connected."),
            later("It leaves once the profile is connected again."),
            everything=("p.state <> 'connected'",),
        ),
        Hold(
            "paused",
            later("Publishing is paused here."),
            later("It waits until the pause ends."),
            everything=("p.pause = 'all'",),
            posts=("p.pause <> ''",),
        ),
        Hold(
            Held.TOO_LATE.value,
            later("Its time has passed. It waits for somebody to decide."),
            "",
            row=(f"o.held = '{Held.TOO_LATE.value}'",),
        ),
        Hold(
            Held.CHAIN.value,
            later("The part before it has not left yet."),
            later("It follows as soon as that one is there."),
            row=(f"o.held = '{Held.CHAIN.value}'",),
        ),
        Hold(
            "refused",
            later("%(network)s takes nothing from our app."),
            later("It leaves once that is put right."),
            everything=(f"EXISTS (SELECT {OPEN_CIRCUIT_SQL} AND r.failures = 0)",),
            passes=True,
            of_network=True,
        ),
        Hold(
            "down",
            later("%(network)s does not answer."),
            later("It leaves by itself once the network answers again."),
            everything=(f"EXISTS (SELECT {OPEN_CIRCUIT_SQL} AND r.failures > 0)",),
            passes=True,
            of_network=True,
        ),
        Hold(
            "limit",
            later("%(network)s takes no more from this profile for now."),
            later("It leaves when that is over:"),
            everything=(
                "p.held_until IS NOT NULL AND p.held_until > %(now)s",
                f"EXISTS (SELECT {LIMIT_SQL} {LIMITS_ALL})",
            ),
            posts=(f"EXISTS (SELECT {LIMIT_SQL} {LIMITS_POSTS})",),
            passes=True,
        ),
    )
}
PROFILE_HOLDS = [hold for hold in HOLDS.values() if not hold.row]
NETWORK_HOLDS = frozenset(hold.word for hold in HOLDS.values() if hold.of_network)


def sql_none_of(conditions: Iterable[str]) -> str:
    return " AND ".join(f"NOT ({condition})" for condition in conditions)


def sql_any_of(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


# As the dispatcher asks. A circuit lets a probe pass now and then, and paces what leaves after it: `next_at` says when.
CIRCUIT_SHUT = f"EXISTS (SELECT FROM networks_circuit r WHERE {REACHES} AND r.next_at > %(now)s)"
CIRCUIT_ID = f"(SELECT r.id FROM networks_circuit r WHERE {REACHES} LIMIT 1)"  # noqa: S608 - constants; none while the network is well
HOLDING_PROFILE = [condition for hold in PROFILE_HOLDS if not hold.of_network for condition in hold.everything]
HOLDING_POSTS = [condition for hold in PROFILE_HOLDS for condition in hold.posts]
MAY_SEND = f"{sql_none_of(HOLDING_PROFILE)} AND NOT {CIRCUIT_SHUT}"
MAY_SEND_POSTS = sql_none_of(HOLDING_POSTS)  # and not replies alone

NOT_PROBED = sql_none_of(condition for hold in PROFILE_HOLDS if hold.of_network for condition in hold.everything)

# What of it stands in the profile's own columns: it may have changed since, where the profile is locked by now.
STILL_MAY_SEND, STILL_MAY_SEND_POSTS = (
    sql_none_of(condition for condition in conditions if "EXISTS" not in condition)
    for conditions in (HOLDING_PROFILE, HOLDING_POSTS)
)


class ReadinessSql(Func):
    """SQL of this module in a query: `p` and `o` stand at the paths `profile` and `row` (such as "profile__") of it."""

    NAMES = re.compile(r"\b([po])\.(\w+)|%\(now\)s")

    def __init__(self, sql: str, field: "Field[Any, Any]", *, profile: str, row: str, now: datetime | None) -> None:
        paths = {"p": profile, "o": row}
        moment = Now() if now is None else Value(now)
        found = {m[0]: F(paths[m[1]] + m[2]) if m[1] else moment for m in self.NAMES.finditer(sql)}
        self.sql, self.places = sql, [*found]
        super().__init__(*found.values(), output_field=field)

    def as_sql(self, compiler: Any, connection: Any, **given: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # Django itself joins lists
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        by_name = dict(zip(self.places, compiled, strict=True))
        parameters: list[Any] = []

        def put(match: re.Match[str]) -> str:
            sql, more = by_name[match[0]]
            parameters.extend(more)
            return str(sql)

        return f"({self.NAMES.sub(put, self.sql)})", parameters


def is_held_by(hold: str, profile: str = "", *, row: str | None = None, now: datetime | None = None) -> Q:
    """Whether that one of HOLDS keeps something from leaving: posts of the profile at the path `profile` of a query, or
    the very row at the path `row`, which may be a reply.
    """
    found = HOLDS[hold]
    if row is None:
        sql = sql_any_of([*found.everything, *found.posts])
    else:
        posts = (f"({condition}) AND NOT {IS_REPLY_SQL}" for condition in found.posts)
        sql = sql_any_of([*found.everything, *posts, *found.row])
    return Q(ReadinessSql(sql, BooleanField(), profile=profile, row=row or "", now=now))


def circuit_open_since(profile: str = "") -> ReadinessSql:
    """Since when the network of a query's profile lets nothing pass; null while it does."""
    sql = f"SELECT r.opened_at {OPEN_CIRCUIT_SQL} LIMIT 1"
    return ReadinessSql(sql, DateTimeField(), profile=profile, row="", now=None)


def refusal_reason(profile: str = "") -> ReadinessSql:
    """In its own words, why the network of a query's profile takes nothing from our app; null where that is not so."""
    sql = f"SELECT r.reason {OPEN_CIRCUIT_SQL} AND r.failures = 0 LIMIT 1"
    return ReadinessSql(sql, CharField(), profile=profile, row="", now=None)


def limited_until(profile: str = "", *, row: str | None = None, now: datetime | None = None) -> ReadinessSql:
    """Until when the network takes no more from a profile, or from our app: of posts, or of the kind that `row` is."""
    limit_of_all, limit_of_posts = (f"(SELECT max(r.until) {LIMIT_SQL} {of})" for of in (LIMITS_ALL, LIMITS_POSTS))
    kept = limit_of_posts if row is None else f"CASE WHEN {IS_REPLY_SQL} THEN {limit_of_all} ELSE {limit_of_posts} END"
    sql = f"greatest(CASE WHEN p.held_until > %(now)s THEN p.held_until END, {kept})"
    return ReadinessSql(sql, DateTimeField(), profile=profile, row=row or "", now=now)


def held_profile_ids(profiles: QuerySet[Profile, Any], now: datetime) -> dict[str, set[int]]:
    """{word: ids of those of `profiles` whose posts it keeps at this moment}; the others may send. One query."""
    asked = {f"is_{hold.word}": is_held_by(hold.word, now=now) for hold in PROFILE_HOLDS}
    kept = profiles.filter(reduce(or_, asked.values())).order_by().annotate(**asked).values_list("pk", *asked)
    found: dict[str, set[int]] = {hold.word: set() for hold in PROFILE_HOLDS}
    for pk, *is_kept in kept:
        for hold in compress(PROFILE_HOLDS, is_kept):
            found[hold.word].add(pk)
    return found


def rows_held_by_network_alone(rows: QuerySet[R, Any], now: datetime, *, profile: str, row: str) -> QuerySet[R, Any]:
    """Those of `rows` that would leave if their network answered. That it does not is for the caller to ask."""
    others = [word for word in HOLDS if word not in NETWORK_HOLDS]
    return rows.exclude(reduce(or_, (is_held_by(word, profile, row=row, now=now) for word in others)))
