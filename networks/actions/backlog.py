"""What becomes of posts that a pause has kept beyond their time. The caller says so in the audit log."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from foundation.states import move_all
from networks.models import Held, Outgoing, Priority
from networks.outbox.settling import notify_held
from networks.queries.backlog import backlog_rows
from networks.worker_hints import wake_dispatcher

SEND_SPACING = timedelta(minutes=1)  # on one profile, so that nobody's followers get all of it at once
RECENTLY_DUE = timedelta(hours=1)
PAUSED_REASON = "Publishing was paused when its time came. It waits for somebody to decide."


class BacklogDecision(models.TextChoices):
    """What to do with them."""

    RECENT = "recent", _("Send what is at most an hour late, and hold what is older for a person")
    SEND = "send", _("Send all of it")
    HOLD = "hold", _("Hold all of it for a person")
    CANCEL = "cancel", _("Cancel all of it")


@transaction.atomic
def settle_backlog(profile_ids: Iterable[int], decision: BacklogDecision, at: datetime) -> dict[str, int]:
    """Sends, holds or cancels what `kept_back` finds; how many of each. What is planned for later stays planned.

    To send is to plan anew: in the same order, a minute apart on each profile, behind whatever else is due.
    """
    rows = list(backlog_rows(profile_ids, at).select_for_update(of=("self",)).order_by("pk"))
    late = {row.pk for row in rows if at - row.planned_at > RECENTLY_DUE}
    to_hold = [
        row
        for row in rows
        if decision == BacklogDecision.HOLD or (decision == BacklogDecision.RECENT and row.pk in late)
    ]
    to_cancel = rows if decision == BacklogDecision.CANCEL else []
    done = {row.pk for row in (*to_hold, *to_cancel)}
    to_send = [row for row in rows if row.pk not in done]
    hold_rows(to_hold)
    cancel_rows(to_cancel)
    reschedule_rows(to_send, at)
    return {"sent": len(to_send), "held": len(to_hold), "cancelled": len(to_cancel)}


def reschedule_rows(rows: list[Outgoing], at: datetime) -> None:
    lanes: dict[int, list[Outgoing]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.priority, one.planned_at, one.pk)):
        lanes[row.profile_id].append(row)
    for place in range(max(map(len, lanes.values()), default=0)):
        due = at + SEND_SPACING * place
        same_turn = [lane[place] for lane in lanes.values() if place < len(lane)]
        anew = {"due_at": due, "planned_at": due, "priority": Priority.BULK}
        move_waiting_rows([row.pk for row in same_turn], "postpone", **anew)
        heads = [row.chain_id or row.pk for row in same_turn]
        Outgoing.objects.filter(chain__in=heads, state="waiting", held=Held.CHAIN).update(**anew)
    if rows:
        wake_dispatcher()


def hold_rows(rows: list[Outgoing]) -> None:
    move_waiting_rows([row.pk for row in rows], "postpone", held=Held.TOO_LATE, reason=PAUSED_REASON)
    for row in rows:
        row.held, row.reason = Held.TOO_LATE, PAUSED_REASON
    if rows:
        notify_held(rows)


def cancel_rows(rows: list[Outgoing]) -> None:
    """With the parts that would have followed them."""
    pks = [row.pk for row in rows]
    while pks:
        move_waiting_rows(pks, "cancel")
        pks = list(Outgoing.objects.filter(after__in=pks, state="waiting").values_list("pk", flat=True))


def move_waiting_rows(pks: list[int], event: str, **stamps: object) -> None:
    if pks:
        move_all(Outgoing.objects.filter(pk__in=pks, state="waiting"), event, **stamps)
