"""The Celery application. One beat entry wakes each floor; everything due is read from the database."""

import contextlib
import logging
import os
import sys

import django
from celery import Celery
from celery.schedules import crontab
from celery.signals import (
    after_task_publish,
    beat_init,
    celeryd_init,
    heartbeat_sent,
    task_prerun,
    worker_init,
    worker_shutdown,
)
from django.db import DatabaseError, close_old_connections, connections
from django.utils.timezone import now
from kombu.entity import Exchange, Queue
from kombu.transport.redis import Channel

from foundation.processes.heartbeat import record_clock, record_heartbeat
from socialops.schema_check import exit_unless_schema_known

log = logging.getLogger(__name__)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "socialops.settings")

app = Celery("socialops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize  # or Celery would connect anew for each task: Django's own rules are enough

# A worker that loses Redis would put back what it had reserved, over the connection that is gone, and end of that. What
# is lost so is asked for again by the next tick.
Channel.do_restore = False

# A tick that was not run within its period is worthless: the next one does the same work.
EVERY_SECOND = {"schedule": 1.0, "options": {"expires": 5, "queue": "ticks"}}
EVERY_MINUTE = {"schedule": 60.0, "options": {"expires": 60}}
EVERY_HOUR = {"schedule": crontab(minute=17), "options": {"expires": 3600}}  # by the clock, however often beat restarts

# Keys of their own: without them all queues would share the default one, and each would get what is meant for another.
# Celery itself addresses queues by name, without bindings, so that an emptied Redis loses nothing but messages.
direct_exchange = Exchange("socialops", type="direct")  # type: ignore[no-untyped-call]  # kombu types a part of itself
app.conf.task_queues = [
    Queue(name, direct_exchange, routing_key=name)  # type: ignore[no-untyped-call]  # as above
    for name in ("default", "ticks", "inbound")
]
app.conf.beat_schedule = {
    "outbox": {"task": "networks.tasks.tick", **EVERY_SECOND},
    "polls": {"task": "networks.tasks.poll_due", **EVERY_SECOND},
    "files": {"task": "networks.tasks.bring_files", **EVERY_MINUTE},
    "profiles": {
        "task": "networks.tasks.identify_profiles",
        "schedule": 300.0,
        "options": {"expires": 300, "queue": "inbound"},
    },
    "mails": {"task": "organizations.tasks.send_mails", **EVERY_MINUTE},
    "invitations": {"task": "organizations.tasks.send_invitations", **EVERY_MINUTE},
    "digests": {"task": "organizations.tasks.collect_digests", **EVERY_MINUTE},
    "old notices": {"task": "organizations.tasks.purge_notices", **EVERY_HOUR},
    "domains": {"task": "organizations.tasks.check_domains", **EVERY_HOUR},
    "old answers and sessions": {"task": "organizations.tasks.purge_old", **EVERY_HOUR},
    "old receipts": {"task": "networks.tasks.purge_receipts", **EVERY_HOUR},
    "quotas": {"task": "organizations.tasks.watch_use", "schedule": 300.0, "options": {"expires": 300}},
    "task reminders": {"task": "teams.tasks.remind_due", **EVERY_MINUTE},
    "fallback plans": {"task": "publishing.tasks.stand_in_for_silent", **EVERY_MINUTE},
    "unused files": {"task": "publishing.tasks.purge_files", **EVERY_HOUR},
    "overdue": {"task": "publishing.tasks.watch_queue", **EVERY_MINUTE},
    "measurements": {"task": "analytics.tasks.measure_due", **EVERY_MINUTE},
}


@celeryd_init.connect
@beat_init.connect
def require_known_database(**given: object) -> None:
    django.setup()  # the worker is asked before Celery does it
    exit_unless_schema_known()


@after_task_publish.connect(sender="networks.tasks.poll_due")  # which nobody but beat asks for
def note_beat(**given: object) -> None:
    record_heartbeat("beat")
    record_clock("beat")


@task_prerun.connect
def close_broken_connections(**given: object) -> None:
    """Those that are too old as well, as Django does before each request."""
    if not given["task"].request.is_eager:  # type: ignore[attr-defined]  # set before a view begins
        close_old_connections()


@heartbeat_sent.connect
def note_worker(**given: object) -> None:
    record_heartbeat("worker")
    record_clock("worker")


@worker_init.connect
def check_pulse(**given: object) -> None:
    """Before the first task: an older state of the database must be known before anything leaves, e-mails too."""
    from networks.actions.restoring import watch_pulse

    try:
        watch_pulse(now())
    except DatabaseError as error:
        log.warning("the database was not there at the start: %s", " ".join(str(error).split()))
    finally:
        connections.close_all()  # the children must not share it


@worker_shutdown.connect
def note_stop(**given: object) -> None:
    """That it was told to stop: however long it stands still, nothing is amiss."""
    from networks.outbox.pulse import beat_pulse as count

    with contextlib.suppress(DatabaseError):
        count(now(), stopped=True)
