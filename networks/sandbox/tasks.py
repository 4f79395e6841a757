"""Pushing from the practice networks to ourselves, over HTTP as the real ones do."""

import logging

from celery import shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from networks.sandbox import pushes
from networks.sandbox.models import Entry
from networks.tasks import TenantTask
from socialops.lib import http

log = logging.getLogger(__name__)

MOST_TRIES = 5
PATIENCE = (2.0, 10.0)


class NotTaken(Exception):
    """The hook did not answer as it should."""


def announce(entry: Entry) -> None:
    """After the commit. A lost hint costs a minute: polling finds the entry as well."""
    transaction.on_commit(lambda: hint(entry.organization_id, entry.pk), robust=True)


def hint(organization_id: int, entry_id: int, *, tries: int = 0) -> None:
    try:
        push.apply_async((organization_id, entry_id, tries), countdown=2**tries - 1, retry=False, queue="inbound")
    except OperationalError as error:
        log.warning("the broker did not take a hint: %s", error)


@shared_task(base=TenantTask)
def push(organization_id: int, entry_id: int, tries: int = 0) -> None:
    rows = Entry.objects.select_related("author", "wall", "parent__author", "root")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        return
    try:
        for body in pushes.bodies(entry):
            deliver(entry.network, body)
    except (http.TransportFault, NotTaken) as error:
        log.warning("a practice push was not taken: %s", error)
        if tries < MOST_TRIES:
            hint(organization_id, entry_id, tries=tries + 1)


def deliver(network: str, body: bytes) -> None:
    """The receiver keeps each body once, so delivering again is harmless."""
    headers = {"Content-Type": "application/json", **pushes.signature(network, body)}
    with http.faults(), http.new_session(PATIENCE) as session:
        response = session.post(f"{settings.SANDBOX_URL}/hooks/{network}/", data=body, headers=headers)
    if response.status_code != 200:
        raise NotTaken(f"status {response.status_code}")
