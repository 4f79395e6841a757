"""Says what is wrong in plain words: services, background processes, the outbox, profiles, settings."""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Count, Q
from django.utils.timezone import now

from foundation.processes import heartbeat
from networks.models import Limit, Outgoing, Profile, Restoration, WebhookReceipt
from networks.queries.hindrances import Hindrance, list_hindrances
from networks.readiness import is_held_by
from networks.registry import manifests
from organizations.models import Mail, Organization
from socialops import health
from socialops.metrics import count_queued_tasks
from socialops.schema_check import describe_unknown

LATE_AFTER = timedelta(minutes=1)
MOST_CLOCK_OFF = 5.0  # seconds
WELL, HINDERED = "✓ Everything works.", "✓ Everything here works; what networks hold up is named above."
Check = Callable[[], Iterator[str]]
LIMIT_TEXTS = {
    Limit.Of.ALL: "takes no more from our app",
    Limit.Of.POSTS: "takes no more posts from our app, only replies,",
    Limit.Of.READS: "is not asked by our app what is new",
}


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = list(list_findings())
        for line in wrong:
            self.stdout.write(f"✗ {line}")
        for line in list_remarks():
            self.stdout.write(f"· {line}")
        if wrong:
            sys.exit(1)
        self.stdout.write(HINDERED if list(run_checks((check_other_networks,))) else WELL)


def list_findings() -> Iterator[str]:
    """One sentence per thing that is wrong. What needs the database is only asked where there is one."""
    yield from (f"{name}: {reason}" for name, reason in health.find_missing().items())
    yield from run_checks(FINDING_CHECKS)


def list_remarks() -> Iterator[str]:
    """What is worth knowing and not wrong."""
    yield from run_checks(REMARK_CHECKS)


def run_checks(looks: tuple[Check, ...]) -> Iterator[str]:
    if not health.check_database():
        for look in looks:
            yield from look()


def check_newer_schema() -> Iterator[str]:
    if sentence := describe_unknown():
        yield f"schema: {sentence}"


def check_late_rows() -> Iterator[str]:
    if sentence := health.describe_late_rows(now()):
        yield f"outbox: {sentence} Is the worker keeping up?"


def check_stuck_rows() -> Iterator[str]:
    # unscoped, here and below: the operator asks about every organization
    count = Outgoing.unscoped.filter(state="sending", lease_until__lt=now() - LATE_AFTER).count()
    if count:
        yield f"outbox: {count} began and were never settled, and nobody looks for them: the dispatcher stands still."


def check_unlooked_rows() -> Iterator[str]:
    waiting = Outgoing.unscoped.filter(state="unknown", needs_person=False, due_at__lt=now() - 2 * LATE_AFTER)
    count = waiting.filter(profile__state="connected").count()
    if count:
        yield f"outbox: {count} may be on the network, and nobody has looked in time; is the worker keeping up?"


def check_unsettled_rows() -> Iterator[str]:
    organizations = list(Organization.objects.values_list("pk", flat=True))  # the index outgoing_queue begins with it
    rows = Outgoing.unscoped.filter(organization__in=organizations, state="unknown", needs_person=True)
    for slug, count in (
        rows.values_list("organization__slug").annotate(count=Count("pk")).order_by("organization__slug")
    ):
        yield f"outbox: {count} of {slug} wait for a person to say whether they are on the network."


def check_restored_rows() -> Iterator[str]:
    """What an older state of the database left open."""
    last = Restoration.objects.order_by("-pk").first()
    rows = Outgoing.unscoped.filter(restoration__isnull=False, state="unknown", doubted=True)
    asked = rows.aggregate(waits=Count("pk", filter=Q(needs_person=True)), all=Count("pk")) if last else {"all": 0}
    if last and asked["all"]:
        yield (
            f"restored: an older state ({format_utc(last.dumped_at)}) came back at {format_utc(last.noticed_at)}; "
            f"of what may have left since, {asked['all'] - asked['waits']} are looked for, {asked['waits']} wait for "
            "a person."
        )


def check_late_networks() -> Iterator[str]:
    """Networks because of which something is late; what waits leaves by itself, but somebody should know."""
    for one in list_hindrances(now()):
        if one.late:
            late = f"{one.late} should have left, the first at {format_utc(one.first)}; they leave by themselves."
            yield f"{describe_hindrance(one)} {late}"


def check_other_networks() -> Iterator[str]:
    """The others."""
    yield from (describe_hindrance(one) for one in list_hindrances(now()) if not one.late)


def describe_hindrance(one: Hindrance) -> str:
    """Which network, since when or until when, and why."""
    if isinstance(one.by, Limit):
        text = LIMIT_TEXTS[Limit.Of(one.by.of)]
        return (
            f"network: {one.network} {text} until {format_utc(one.by.until)}: a limit for all who share it is used up."
        )
    does = "does not answer" if one.by.failure_mode == "silent" else "takes nothing from our app"
    again = f" It is tried again at {format_utc(one.by.next_at)}." if one.by.next_at else ""
    why = one.by.reason.rstrip(".") or "it gave no reason"
    return f"network: {one.network} {does} since {format_utc(one.by.opened_at)}: {why}.{again}"


def format_utc(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "a time that is not known"


def check_clocks() -> Iterator[str]:
    """Whose clock tells another time than the database's: what they plan, send and let expire goes by their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        at = float(cursor.fetchone()[0])
    try:
        found = {**heartbeat.clock_offsets(at), f"this command@{socket.gethostname()}": time.time() - at}
    except redis.RedisError:
        return  # said already
    for name, seconds in sorted(found.items()):
        if abs(seconds) > MOST_CLOCK_OFF:
            process, _, machine = name.partition("@")
            way = "ahead of" if seconds > 0 else "behind"
            yield f"clock: {process} on {machine} is {abs(seconds):.0f} s {way} the database; set that machine's clock."


def check_slowed_profiles() -> Iterator[str]:
    """Profiles that wait by themselves: at a limit, or until the next try."""
    rows = Profile.unscoped.filter(is_held_by("limit"), state="connected").values_list("network").order_by("network")
    for network, count in rows.annotate(count=Count("pk")):
        yield f"network: {count} profiles on {network} wait, at a limit or until the next try."


def check_queue_depths() -> Iterator[str]:
    try:
        found = count_queued_tasks()
    except redis.RedisError:
        return  # said already
    yield f"queues: {', '.join(f'{depth} in {name}' for name, depth in found.items())}"


def check_unread_pushes() -> Iterator[str]:
    count = WebhookReceipt.objects.filter(digested_at=None, received_at__lt=now() - LATE_AFTER).count()
    if count:
        yield f"inbound: {count} pushes of the networks lie unread for more than a minute."


def check_unsent_mails() -> Iterator[str]:
    waiting = Mail.unscoped.filter(state="waiting")
    tried = waiting.filter(tries__gt=0).order_by("-due_at").first()
    if tried:
        yield f"e-mail: the mail server does not take messages (EMAIL_URL): {tried.reason}"
    late = waiting.filter(tries=0, due_at__lt=now() - 10 * LATE_AFTER).count()
    if late:
        yield f"e-mail: {late} are due for more than ten minutes and have not begun; is the worker keeping up?"


def check_disconnected_profiles() -> Iterator[str]:
    for profile in Profile.unscoped.filter(state="disconnected").select_related("organization"):
        yield f"profile: {profile} of {profile.organization.slug} must be connected again: {profile.state_reason}"


def check_unset_variables() -> Iterator[str]:
    for network in list_real_networks():
        for variable in list_lacking_variables(network):
            yield f"settings: {variable} is not set, and there are profiles on {network}."


def check_absent_networks() -> Iterator[str]:
    """Networks whose package was taken away while profiles on them are here."""
    gone = Profile.unscoped.exclude(network__in=[one.network for one in manifests()])
    for network in gone.values_list("network", flat=True).distinct().order_by("network"):
        yield f"settings: there are profiles on {network}, and no such network. Is its package in NETWORK_PACKAGES?"


def check_unneeded_variables() -> Iterator[str]:
    for network in sorted({one.network for one in manifests()} - list_real_networks()):
        if names := list_lacking_variables(network):
            yield f"settings: {', '.join(names)} not set; nothing needs it before a profile on {network} is connected."


def list_real_networks() -> set[str]:
    """The networks on which there are profiles that are not for practice."""
    return set(Profile.unscoped.filter(sandbox=False).values_list("network", flat=True).distinct())


def list_lacking_variables(network: str) -> list[str]:
    """The variables without which a real profile cannot renew its sign-in or receive pushes."""
    app = settings.NETWORK_APPS.get(network, {})
    needed = [one for known in manifests() if known.network == network for one in known.settings if one.needed]
    return [one.variable for one in needed if not app.get(one.key)]


FINDING_CHECKS: tuple[Check, ...] = (
    check_newer_schema,
    check_late_rows,
    check_stuck_rows,
    check_unlooked_rows,
    check_late_networks,
    check_unread_pushes,
    check_unsent_mails,
    check_disconnected_profiles,
    check_unset_variables,
    check_absent_networks,
    check_clocks,
)
REMARK_CHECKS: tuple[Check, ...] = (
    check_restored_rows,
    check_unsettled_rows,
    check_other_networks,
    check_slowed_profiles,
    check_queue_depths,
    check_unneeded_variables,
)
