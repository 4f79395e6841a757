"""Pausing what leaves, and releasing it. The only writer of `Profile.pause`."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict, NotFound
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from foundation.texts.written_text import checked_note
from networks.actions.backlog import BacklogDecision, settle_backlog
from networks.models import Profile
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member, Organization
from organizations.tenancy import require_organization_id
from teams.models import Pause, Team
from teams.models.pause import PAUSE_HOLDS
from teams.pauses.pause_access import PAUSE_RELATIONS, PauseTarget, require_may_pause
from teams.queries.pauses import pause_state_case, profiles_of_target

LONGEST_NOTE = 300


@transaction.atomic
def pause_publishing(actor: Actor, target: PauseTarget, *, keeps_replies: bool = False, note: str = "") -> Pause:
    """From the commit on nothing begins to leave through the profiles of `target`, or nothing but replies.

    What is paused already stays as it is, or becomes stricter. Raises Invalid (note), PermissionDenied, NotFound.
    """
    require_may_pause(actor, target)
    note = checked_note(note, LONGEST_NOTE)
    lock_pauses(target if isinstance(target, Team) else None)
    standing = Pause.objects.filter(PAUSE_HOLDS, **target_columns(target)).first()
    if standing is not None:
        return tighten_pause(actor, standing, keeps_replies, note)
    pause = Pause.objects.create(
        **target_columns(target), keeps_replies=keeps_replies, note=note, by=member_or_none(actor), at=now()
    )
    audit.record(
        actor, f"{pause.scope}.paused", target, {"replies": [None, replies_word(keeps_replies)], "why": [None, note]}
    )
    apply_pauses(profiles_of_target(target))
    return pause


def tighten_pause(actor: Actor, pause: Pause, keeps_replies: bool, note: str) -> Pause:
    before = {"replies": replies_word(pause.keeps_replies), "why": pause.note}
    pause.keeps_replies = pause.keeps_replies and keeps_replies
    pause.note = note or pause.note
    if change := audit.changed_fields(before, {"replies": replies_word(pause.keeps_replies), "why": pause.note}):
        pause.save(update_fields=["keeps_replies", "note"])
        audit.record(actor, f"{pause.scope}.pause_changed", pause.target, change)
        apply_pauses(profiles_of_target(pause.target))
    return pause


@transaction.atomic
def release_pause(
    actor: Actor, pause: Pause, *, kept: BacklogDecision = BacklogDecision.RECENT, seen: Seen = None
) -> dict[str, int]:
    """Ends it, and does with what is overdue by then what was decided: {"sent", "held", "cancelled"}, in posts.

    Where another pause still holds, everything stays as it is. Raises Conflict when it was released meanwhile.
    """
    require_may_pause(actor, pause.target)
    lock_pauses(pause.team)
    pause = require_unreleased(pause)
    refuse_overtaken(pause.mark, seen)
    at = now()
    pause.released_at, pause.released_by = at, member_or_none(actor)
    pause.save(update_fields=["released_at", "released_by"])
    done = settle_backlog(apply_pauses(profiles_of_target(pause.target)), kept, at)
    counts = {name: [None, count] for name, count in done.items() if count}
    audit.record(actor, f"{pause.scope}.released", pause.target, {"since": [pause.at.isoformat(), None], **counts})
    return done


def apply_pauses(profiles: QuerySet[Profile]) -> list[int]:
    """Writes what the pauses that hold mean for these profiles; the ids of those that are free. After `lock_pauses`."""
    # always in one order, as whoever grants rights does, and so that a sending that begins now is over or has to wait
    pks = list(profiles.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    Profile.objects.filter(pk__in=pks).update(pause=pause_state_case())
    for topic in ("pauses", "outgoing"):  # what says that it is paused, and what waits
        realtime.ping(require_organization_id(), topic)
    return list(Profile.objects.filter(pk__in=pks, pause="").values_list("pk", flat=True))


def lock_pauses(team: Team | None = None) -> None:
    """Whoever pauses, releases, or changes which profiles that touches, does it one after the other.

    A team is locked before its organization, and both before any profile.
    """
    if team is not None and not Team.objects.select_for_update().filter(pk=team.pk):
        raise NotFound
    # no key: rows that merely point at the organization need not wait
    Organization.objects.select_for_update(no_key=True).get(pk=require_organization_id())


def require_unreleased(pause: Pause) -> Pause:
    """As it stands now, and stays after `lock_pauses`."""
    fresh = Pause.objects.select_related(*PAUSE_RELATIONS).get(pk=pause.pk)
    if fresh.released_at is not None:
        raise Conflict(_("This pause has ended already."))
    return fresh


def lock_if_paused(team: Team) -> bool:
    """Whether what the team is tasked with is paused, which stays so until the transaction ends. Its row is locked."""
    paused = Pause.objects.filter(PAUSE_HOLDS, team=team).exists()
    if paused:
        lock_pauses()
    return paused


def apply_pauses_to_team(profile_ids: Iterable[int]) -> None:
    """A paused team is tasked with other profiles: the new ones are paused, and those that left it are free.

    Nobody has decided about what is overdue there, so nothing that is long overdue leaves.
    """
    settle_backlog(apply_pauses(Profile.objects.filter(pk__in=list(profile_ids))), BacklogDecision.RECENT, now())


def refuse_paused_team(team: Team) -> None:
    """What is paused through a team would leave as soon as the team is gone."""
    if Pause.objects.filter(PAUSE_HOLDS, team=team).exists():
        raise Conflict(_("Publishing is paused for %s. Release that first.") % team.name)


def target_columns(target: PauseTarget) -> dict[str, Team | Profile | None]:
    return {
        "team": target if isinstance(target, Team) else None,
        "profile": target if isinstance(target, Profile) else None,
    }


def member_or_none(actor: Actor) -> Member | None:
    return actor if isinstance(actor, Member) else None


def replies_word(keeps_replies: bool) -> str:
    return "leave" if keeps_replies else "wait"
