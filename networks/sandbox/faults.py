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

BEFORE = (LIMITED, LIMITED_BARE, DUPLICATE, SIGNED_OUT, FAILED, CUT)  # nothing is published
UPLOADS = (LIMITED, LIMITED_BARE, SIGNED_OUT, FAILED, CUT)  # of these, what may befall a file on its way
AFTER = (FAILED_AFTER, CUT_AFTER, UNREADABLE)  # it is, but whoever asked does not hear of it
EVERYWHERE = (DOWN, SIGNED_OUT)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Kind:
    """`seconds`: how many unless told otherwise, 0 where the fault takes none."""

    label: str | Promise
    seconds: int = 0


KINDS = {
    SLOW: Kind(_("Answers late"), 5),
    LIMITED: Kind(_("Refused: too many calls, and told when to come back"), 60),
    LIMITED_BARE: Kind(_("Refused: too many calls, and not told when to come back")),
    FAILED: Kind(_("Server error, and nothing is published")),
    FAILED_AFTER: Kind(_("Published, then a server error")),
    CUT: Kind(_("Connection breaks, and nothing is published")),
    CUT_AFTER: Kind(_("Published, then the connection breaks")),
    UNREADABLE: Kind(_("Published, then an answer that cannot be read")),
    SIGNED_OUT: Kind(_("Sign-in is no longer valid")),
    DUPLICATE: Kind(_("Refused as said already")),
    DELAYED: Kind(_("Published, but shown late in its own lists"), 30),
    DOWN: Kind(_("The whole network is down")),
}


@dataclass(frozen=True, slots=True)
class Struck:
    """What befalls one post. `seconds` belongs to the `ending`."""

    ending: str = ""
    seconds: int = 0
    slow: int = 0
    delayed: int = 0

    def listed_from(self, at: datetime) -> datetime | None:
        """From when lists show what is published at `at`; None for at once."""
        return at + timedelta(seconds=self.delayed) if self.delayed else None


def on(account: Account) -> QuerySet[Fault]:
    """What is switched on for the account, or for its whole network."""
    rows = Fault.objects.filter(Q(account=account) | Q(account=None, network=account.network))
    return rows.exclude(left=0).order_by("pk")


def everywhere(account: Account) -> str:
    """What befalls every call of the account at the moment, reads included."""
    rows = on(account).filter(kind__in=EVERYWHERE, left=None)
    return min(rows.values_list("kind", flat=True), default="", key=EVERYWHERE.index)


def take(account: Account) -> Struck:
    """What befalls the post that is being made, which uses it up. Of several endings the first chosen counts."""
    return taken(account, (*BEFORE, *AFTER), (SLOW, DELAYED))


def take_on_the_way(account: Account) -> Struck:
    """What befalls one call that brings a file."""
    return taken(account, UPLOADS, (SLOW,))


def taken(account: Account, endings: Collection[str], beside: Collection[str]) -> Struck:
    rows = {row.kind: row for row in on(account).filter(kind__in=[*endings, *beside])}
    ending = first_used(rows[kind] for kind in rows if kind in endings)
    late = {kind: first_used([rows[kind]]) for kind in beside if kind in rows}
    if rows:
        realtime.ping(account.organization_id, "sandbox")
    slow, delayed = (row.seconds if (row := late.get(kind)) else 0 for kind in (SLOW, DELAYED))
    return Struck(ending.kind if ending else "", ending.seconds if ending else 0, slow, delayed)


def first_used(rows: Iterable[Fault]) -> Fault | None:
    return next((row for row in rows if used(row)), None)


def used(row: Fault) -> bool:
    """Two posts at once cannot both have the last one."""
    if row.left is None:
        return True
    return Fault.objects.filter(pk=row.pk, left__gt=0).update(left=F("left") - 1) == 1
