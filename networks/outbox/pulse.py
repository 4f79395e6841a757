"""Whether the database is still the one that we wrote last (docs/adr/0015-restored.md). Nothing leaves while it is not.

Three marks, each of which says so by itself: the pulse's row stands in the transaction that wrote it, which no dump
can carry along; its beat is not below the highest that this process, or the file beside the media, knows; and before a
start lies no long time in which nobody had stopped us.
"""

import contextlib
import json
import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models.expressions import RawSQL
from django.utils.timezone import now as clock

from networks.models import Pulse
from networks.models.restoration import Restoration

log = logging.getLogger(__name__)

MARK = ".pulse-"
EVERY = timedelta(seconds=0.9)
GAP = timedelta(minutes=15)
MARGIN = 600  # beats that another process may have seen and nobody could keep
OWN = "written_in = xmin::text::bigint"
READ = f"SELECT beat, coalesce({OWN}, false), beaten_at, stopped_at FROM networks_pulse WHERE id = 1"  # noqa: S608 - made of constants
# The beat, for whoever is about to send; null where the row is a copy, or is not there.
TRUSTED = f"SELECT beat FROM networks_pulse WHERE id = 1 AND {OWN}"  # noqa: S608  # constants, as above
BEAT = f"""
    UPDATE networks_pulse SET beat = greatest(beat, %(least)s) + 1, beaten_at = %(at)s, stopped_at = %(stopped)s
    WHERE id = 1 AND ({OWN} OR %(anew)s)
        AND (beaten_at < %(at)s - %(every)s OR stopped_at IS DISTINCT FROM %(stopped)s OR %(anew)s)
    RETURNING beat, xmin::text::bigint
"""  # noqa: S608 - made of constants
LOADING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg_restore')
"""
# The same for every physical copy of this database, another for whatever is made anew.
NAME = """
    SELECT (SELECT system_identifier FROM pg_control_system()), oid FROM pg_database WHERE datname = current_database()
"""
STARTED = clock()  # whoever lived at the last beat need not wonder what came after it
known = {"beat": 0}  # the highest that this process has seen


@dataclass(frozen=True, slots=True)
class State:
    """The pulse as it stands; `how` an older state came back, empty where none did."""

    beat: int
    how: str
    beaten_at: datetime


def read(now: datetime) -> State | None:
    """None where there is no row: somebody is loading the database, or has emptied it."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        row = cursor.fetchone()
    if row is None:
        return None
    beat, own, beaten_at, stopped_at = row
    how = ""
    if not own:
        how = Restoration.How.COPY
    elif beat < max(known["beat"], kept()):
        how = Restoration.How.BEHIND
    elif stopped_at is None and now - beaten_at > GAP and beaten_at < STARTED:
        how = Restoration.How.GAP
    return State(beat, how, beaten_at)


def beat(now: datetime, *, stopped: bool = False) -> None:
    """Counts one up, at most once a second however many ask."""
    write({"least": 0, "at": now, "stopped": now if stopped else None, "every": EVERY, "anew": False})


def begin_anew(now: datetime) -> None:
    """From here on it is ours again, and above all that was ever known."""
    Pulse.objects.get_or_create(pk=1, defaults={"beaten_at": now})
    least = max(known["beat"], kept()) + MARGIN
    write({"least": least, "at": now, "stopped": None, "every": EVERY, "anew": True})


@transaction.atomic
def write(values: dict[str, object]) -> None:
    """Twice in one transaction, for its own number is known only once the row stands."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, values)
        row = cursor.fetchone()
        if row is None:
            return
        number, transaction_id = row
        cursor.execute("UPDATE networks_pulse SET written_in = %s WHERE id = 1", [transaction_id])
    transaction.on_commit(lambda: remember(number))


def remember(number: int) -> None:
    known["beat"] = max(known["beat"], number)
    keep(number)


def trusted_beat() -> RawSQL:
    """For the query with which a row is taken."""
    return RawSQL(f"({TRUSTED})", ())  # noqa: S611  # constants


def is_trusted(number: int | None) -> bool:
    if number is None or number < known["beat"]:
        return False
    known["beat"] = number
    return True


def being_loaded() -> bool:
    """Whether `pg_restore` is at work at this moment: what it brings is judged once all of it is there."""
    with connection.cursor() as cursor:
        cursor.execute(LOADING)
        return bool(cursor.fetchone()[0])


def kept() -> int:
    """The beat in the file beside the media, which no dump of the database brings back; 0 where there is none."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if path := mark_path():
            return int(json.loads(path.read_text())["beat"])
    return 0


def keep(number: int) -> None:
    path = mark_path()
    if path is None:
        return
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps({"beat": number}))
        partial.replace(path)
    except OSError as error:
        log.warning("the pulse could not be noted in MEDIA_STORAGE_URL: %s", error.strerror)
        with contextlib.suppress(OSError):
            partial.unlink()


def mark_path() -> Path | None:
    name = database_name()
    return Path(settings.MEDIA_ROOT) / f"{MARK}{name}" if name else None


def database_name() -> str:
    """Which database this is, whatever it is called; empty where the server does not say."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NAME)
            system, number = cursor.fetchone()
    except DatabaseError:
        return ""
    return f"{system}-{number}"
