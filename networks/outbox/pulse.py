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

FILE_PREFIX = ".pulse-"
BEAT_INTERVAL = timedelta(seconds=0.9)
MAX_GAP = timedelta(minutes=15)
BEAT_MARGIN = 600  # beats that another process may have seen and nobody could keep
IS_OWN_SQL = "written_in = xmin::text::bigint"
READ_SQL = f"SELECT beat, coalesce({IS_OWN_SQL}, false), beaten_at, stopped_at FROM networks_pulse WHERE id = 1"  # noqa: S608 - made of constants
# The beat, for whoever is about to send; null where the row is a copy, or is not there.
TRUSTED_SQL = f"SELECT beat FROM networks_pulse WHERE id = 1 AND {IS_OWN_SQL}"  # noqa: S608  # constants, as above
BEAT_SQL = f"""
    UPDATE networks_pulse SET beat = greatest(beat, %(least)s) + 1, beaten_at = %(at)s, stopped_at = %(stopped)s
    WHERE id = 1 AND ({IS_OWN_SQL} OR %(anew)s)
        AND (beaten_at < %(at)s - %(every)s OR stopped_at IS DISTINCT FROM %(stopped)s OR %(anew)s)
    RETURNING beat, xmin::text::bigint
"""  # noqa: S608 - made of constants
LOADING_SQL = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg_restore')
"""
# The same for every physical copy of this database, another for whatever is made anew.
IDENTITY_SQL = """
    SELECT (SELECT system_identifier FROM pg_control_system()), oid FROM pg_database WHERE datname = current_database()
"""
PROCESS_STARTED = clock()  # whoever lived at the last beat need not wonder what came after it
highest_seen = {"beat": 0}  # the highest that this process has seen


@dataclass(frozen=True, slots=True)
class PulseState:
    """The pulse as it stands; `how` an older state came back, empty where none did."""

    beat: int
    how: str
    beaten_at: datetime


def read_pulse(now: datetime) -> PulseState | None:
    """None where there is no row: somebody is loading the database, or has emptied it."""
    with connection.cursor() as cursor:
        cursor.execute(READ_SQL)
        row = cursor.fetchone()
    if row is None:
        return None
    beat, own, beaten_at, stopped_at = row
    how = ""
    if not own:
        how = Restoration.How.COPY
    elif beat < max(highest_seen["beat"], read_beat_file()):
        how = Restoration.How.BEHIND
    elif stopped_at is None and now - beaten_at > MAX_GAP and beaten_at < PROCESS_STARTED:
        how = Restoration.How.GAP
    return PulseState(beat, how, beaten_at)


def beat_pulse(now: datetime, *, stopped: bool = False) -> None:
    """Counts one up, at most once a second however many ask."""
    write_beat({"least": 0, "at": now, "stopped": now if stopped else None, "every": BEAT_INTERVAL, "anew": False})


def restart_pulse(now: datetime) -> None:
    """From here on it is ours again, and above all that was ever known."""
    Pulse.objects.get_or_create(pk=1, defaults={"beaten_at": now})
    least = max(highest_seen["beat"], read_beat_file()) + BEAT_MARGIN
    write_beat({"least": least, "at": now, "stopped": None, "every": BEAT_INTERVAL, "anew": True})


@transaction.atomic
def write_beat(values: dict[str, int | datetime | timedelta | None]) -> None:
    """Twice in one transaction, for its own number is known only once the row stands."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT_SQL, values)  # type: ignore[arg-type]  # a duration is nothing that its types know
        row = cursor.fetchone()
        if row is None:
            return
        number, transaction_id = row
        cursor.execute("UPDATE networks_pulse SET written_in = %s WHERE id = 1", [transaction_id])
    transaction.on_commit(lambda: remember_beat(number))


def remember_beat(number: int) -> None:
    highest_seen["beat"] = max(highest_seen["beat"], number)
    write_beat_file(number)


def trusted_beat() -> RawSQL:
    """For the query with which a row is taken."""
    return RawSQL(f"({TRUSTED_SQL})", ())  # noqa: S611  # constants


def is_trusted_beat(number: int | None) -> bool:
    if number is None or number < highest_seen["beat"]:
        return False
    highest_seen["beat"] = number
    return True


def is_database_loading() -> bool:
    """Whether `pg_restore` is at work at this moment: what it brings is judged once all of it is there."""
    with connection.cursor() as cursor:
        cursor.execute(LOADING_SQL)
        return bool(cursor.fetchone()[0])


def read_beat_file() -> int:
    """The beat in the file beside the media, which no dump of the database brings back; 0 where there is none."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if path := beat_file_path():
            return int(json.loads(path.read_text())["beat"])
    return 0


def write_beat_file(number: int) -> None:
    path = beat_file_path()
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


def beat_file_path() -> Path | None:
    name = database_identity()
    return Path(settings.MEDIA_ROOT) / f"{FILE_PREFIX}{name}" if name else None


def database_identity() -> str:
    """Which database this is, whatever it is called; empty where the server does not say."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(IDENTITY_SQL)
            system, number = cursor.fetchone()
    except DatabaseError:
        return ""
    return f"{system}-{number}"
