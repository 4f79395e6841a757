"""Pushing from the practice networks to ourselves, over HTTP as the real ones do."""

import logging

from celery import Task, shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from foundation.internet import http
from networks.sandbox import pushes
from networks.sandbox.models import Entry
from networks.tasks import TenantTask

log = logging.getLogger(__name__)

MOST_TRIES = 5
PATIENCE = (2.0, 10.0)


class NotTaken(Exception):
    """The hook did not answer as it should."""


def announce(entry: Entry, verb: str = "add") -> None:
    """After the commit. A lost hint costs a minute: polling finds it as well. What goes is described before it goes."""
    told = [body.decode() for body in pushes.bodies(entry, verb)] if verb == "remove" else []
    organization_id, network, pk = entry.organization_id, entry.network, entry.pk
    if verb == "remove":
        transaction.on_commit(lambda: [hint_body(organization_id, network, body) for body in told], robust=True)
    else:
        transaction.on_commit(lambda: hint(organization_id, pk, verb=verb), robust=True)


def hint(organization_id: int, entry_id: int, *, verb: str = "add", tries: int = 0) -> None:
    later(push, (organization_id, entry_id, tries, verb), tries)


def hint_body(organization_id: int, network: str, body: str, *, tries: int = 0) -> None:
    later(push_body, (organization_id, network, body, tries), tries)


def later(task: Task, values: tuple[int | str, ...], tries: int) -> None:
    try:
        task.apply_async(values, countdown=2**tries - 1, retry=False, queue="inbound")
    except OperationalError as error:
        log.warning("the broker did not take a hint: %s", error)


@shared_task(base=TenantTask)
def push(organization_id: int, entry_id: int, tries: int = 0, verb: str = "add") -> None:
    rows = Entry.objects.select_related("author", "wall", "parent__author", "root")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        return
    if not all_taken(entry.network, pushes.bodies(entry, verb)) and tries < MOST_TRIES:
        hint(organization_id, entry_id, verb=verb, tries=tries + 1)


@shared_task(base=TenantTask)
def push_body(organization_id: int, network: str, body: str, tries: int = 0) -> None:
    """Of what is there no longer: what was said of it when it went."""
    if not all_taken(network, [body.encode()]) and tries < MOST_TRIES:
        hint_body(organization_id, network, body, tries=tries + 1)


def all_taken(network: str, bodies: list[bytes]) -> bool:
    try:
        for body in bodies:
            deliver(network, body)
    except (http.TransportFault, NotTaken) as error:
        log.warning("a practice push was not taken: %s", error)
        return False
    return True


def deliver(network: str, body: bytes) -> None:
    """The receiver keeps each body once, so delivering again is harmless."""
    headers = {"Content-Type": "application/json", **pushes.signature(network, body)}
    with http.faults(), http.new_session(PATIENCE) as session:
        response = session.post(f"{settings.SANDBOX_URL}/hooks/{network}/", data=body, headers=headers)
    if response.status_code != 200:
        raise NotTaken(f"status {response.status_code}")
