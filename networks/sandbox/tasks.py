"""Pushing from the practice networks to ourselves, over HTTP as the real ones do."""

import logging
from functools import partial

from celery import Task, shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from foundation.internet import http
from networks.sandbox import push_bodies
from networks.sandbox.models import Entry
from organizations.tenancy import TenantTask

log = logging.getLogger(__name__)

MOST_TRIES = 5
PUSH_TIMEOUT = (2.0, 10.0)


class PushNotTaken(Exception):
    """The hook did not answer as it should."""


def schedule_push(entry: Entry, verb: str = "add") -> None:
    """After the commit. A lost hint costs a minute: polling finds it as well. What goes is described before it goes."""
    bodies = [body.decode() for body in push_bodies.build_push_bodies(entry, verb)] if verb == "remove" else []
    organization_id, network, pk = entry.organization_id, entry.network, entry.pk
    if verb == "remove":
        for body in bodies:
            transaction.on_commit(partial(enqueue_push_body, organization_id, network, body), robust=True)
    else:
        transaction.on_commit(lambda: enqueue_push(organization_id, pk, verb=verb), robust=True)


def enqueue_push(organization_id: int, entry_id: int, *, verb: str = "add", tries: int = 0) -> None:
    enqueue_task(push, (organization_id, entry_id, tries, verb), tries)


def enqueue_push_body(organization_id: int, network: str, body: str, *, tries: int = 0) -> None:
    enqueue_task(push_body, (organization_id, network, body, tries), tries)


def enqueue_task(task: Task, values: tuple[int | str, ...], tries: int) -> None:
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
    if not deliver_bodies(entry.network, push_bodies.build_push_bodies(entry, verb)) and tries < MOST_TRIES:
        enqueue_push(organization_id, entry_id, verb=verb, tries=tries + 1)


@shared_task(base=TenantTask)
def push_body(organization_id: int, network: str, body: str, tries: int = 0) -> None:
    """Of what is there no longer: what was said of it when it went."""
    if not deliver_bodies(network, [body.encode()]) and tries < MOST_TRIES:
        enqueue_push_body(organization_id, network, body, tries=tries + 1)


def deliver_bodies(network: str, bodies: list[bytes]) -> bool:
    try:
        for body in bodies:
            deliver_body(network, body)
    except (http.TransportFault, PushNotTaken) as error:
        log.warning("a practice push was not taken: %s", error)
        return False
    return True


def deliver_body(network: str, body: bytes) -> None:
    """The receiver keeps each body once, so delivering again is harmless."""
    headers = {"Content-Type": "application/json", **push_bodies.signature_headers(network, body)}
    with http.raise_transport_faults(), http.new_session(PUSH_TIMEOUT) as session:
        response = session.post(f"{settings.SANDBOX_URL}/hooks/{network}/", data=body, headers=headers)
    if response.status_code != 200:
        raise PushNotTaken(f"status {response.status_code}")
