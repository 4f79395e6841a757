"""Rows of the outbox as tests put them in and take them out."""

import uuid
from datetime import timedelta

from django.utils.timezone import now

from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing, Profile
from networks.outbox.claims import begin_next_row
from tests.outbox.conftest import Outbox


def put(profile: Profile, *, kind: DraftKind = DraftKind.POST, late: timedelta = timedelta(0), **columns) -> Outgoing:
    draft = Draft(kind=kind, text="Bread", in_reply_to="1" if kind == DraftKind.REPLY else "")
    row = enqueue_outgoing(profile, draft, key=str(uuid.uuid4()), due_at=now() - late)
    Outgoing.objects.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    return row


def begun() -> Outgoing | None:
    found = begin_next_row(now())
    return found[0] if found else None


def steps(outbox: Outbox, times=(timedelta(0),) * 4) -> None:
    for after in times:
        outbox.step(after=after)
