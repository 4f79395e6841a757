"""What can go wrong on a practice network, switched on from its page or by `actions.set_fault`.

Some faults decide how the next posts end; two go along with that (`slow`, `delayed`). Those that end a post before it
is published strike its files too, if it has any, for they come first. `down` is the whole network of the organization.
What stays on until it is switched off strikes reads too where a real network would: `down` and `signed_out`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.processes import realtime
from networks.sandbox.models import Account, Fault

SLOW, DELAYED, DOWN = "slow", "delayed", "down"
LIMITED, LIMITED_BARE, DUPLICATE, SIGNED_OUT = "limited", "limited_bare", "duplicate", "signed_out"
FAILED, CUT = "failed", "cut"
FAILED_AFTER, CUT_AFTER, UNREADABLE = "failed_after", "cut_after", "unreadable"

BEFORE_PUBLISHING = (LIMITED, LIMITED_BARE, DUPLICATE, SIGNED_OUT, FAILED, CUT)  # nothing is published
UPLOAD_FAULTS = (LIMITED, LIMITED_BARE, SIGNED_OUT, FAILED, CUT)  # of these, what may befall a file on its way
AFTER_PUBLISHING = (FAILED_AFTER, CUT_AFTER, UNREADABLE)  # it is, but whoever asked does not hear of it
ON_EVERY_CALL = (DOWN, SIGNED_OUT)
LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class FaultKind:
    """`seconds`: how many unless told otherwise, 0 where the fault takes none."""

    label: str | Promise
    seconds: int = 0


FAULT_KINDS = {
    SLOW: FaultKind(_("Answers late"), 5),
    LIMITED: FaultKind(_("Refused: too many calls, and told when to come back"), 60),
    LIMITED_BARE: FaultKind(_("Refused: too many calls, and not told when to come back")),
    FAILED: FaultKind(_("Server error, and nothing is published")),
    FAILED_AFTER: FaultKind(_("Published, then a server error")),
    CUT: FaultKind(_("Connection breaks, and nothing is published")),
    CUT_AFTER: FaultKind(_("Published, then the connection breaks")),
    UNREADABLE: FaultKind(_("Published, then an answer that cannot be read")),
    SIGNED_OUT: FaultKind(_("Sign-in is no longer valid")),
    DUPLICATE: FaultKind(_("Refused as said already")),
    DELAYED: FaultKind(_("Published, but shown late in its own lists"), 30),
    DOWN: FaultKind(_("The whole network is down")),
}


@dataclass(frozen=True, slots=True)
class FaultEffect:
    """What befalls one post. `seconds` belongs to the `ending`."""

    ending: str = ""
    seconds: int = 0
    slow: int = 0
    delayed: int = 0

    def listed_from(self, at: datetime) -> datetime | None:
        """From when lists show what is published at `at`; None for at once."""
        return at + timedelta(seconds=self.delayed) if self.delayed else None


def active_faults(account: Account) -> QuerySet[Fault]:
    """What is switched on for the account, or for its whole network."""
    rows = Fault.objects.filter(Q(account=account) | Q(account=None, network=account.network))
    return rows.exclude(left=0).order_by("pk")


def fault_of_every_call(account: Account) -> str:
    """What befalls every call of the account at the moment, reads included."""
    rows = active_faults(account).filter(kind__in=ON_EVERY_CALL, left=None)
    return min(rows.values_list("kind", flat=True), default="", key=ON_EVERY_CALL.index)


def use_post_faults(account: Account) -> FaultEffect:
    """What befalls the post that is being made, which uses it up. Of several endings the first chosen counts."""
    return use_faults(account, (*BEFORE_PUBLISHING, *AFTER_PUBLISHING), (SLOW, DELAYED))


def use_upload_faults(account: Account) -> FaultEffect:
    """What befalls one call that brings a file."""
    return use_faults(account, UPLOAD_FAULTS, (SLOW,))


def use_faults(account: Account, endings: Collection[str], extras: Collection[str]) -> FaultEffect:
    rows = {row.kind: row for row in active_faults(account).filter(kind__in=[*endings, *extras])}
    ending = use_first_fault(rows[kind] for kind in rows if kind in endings)
    late = {kind: use_first_fault([rows[kind]]) for kind in extras if kind in rows}
    if rows:
        realtime.ping(account.organization_id, "sandbox")
    slow, delayed = (row.seconds if (row := late.get(kind)) else 0 for kind in (SLOW, DELAYED))
    return FaultEffect(ending.kind if ending else "", ending.seconds if ending else 0, slow, delayed)


def use_first_fault(rows: Iterable[Fault]) -> Fault | None:
    return next((row for row in rows if use_fault(row)), None)


def use_fault(row: Fault) -> bool:
    """Two posts at once cannot both have the last one."""
    if row.left is None:
        return True
    return Fault.objects.filter(pk=row.pk, left__gt=0).update(left=F("left") - 1) == 1
