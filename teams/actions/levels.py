"""Custom levels: named sets of verbs. They are copied into grants, so changing one changes no right that was given."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import Invalid
from foundation.overtaking import Overtaken, Seen, is_overtaken
from foundation.processes import realtime
from foundation.texts.names import checked_name
from networks.models import PROFILE_VERBS
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from teams.levels import unknown_verbs, with_view
from teams.models import Level
from teams.rights.verb_words import LEVEL_WORDS


@transaction.atomic
def create_level(actor: Actor, *, name: str, verbs: Iterable[str]) -> Level:
    """A new level. Raises Invalid (name, verbs), PermissionDenied."""
    require_admin(actor)
    level = Level(name=checked_level_name(name), verbs=checked_verbs(verbs))
    save_level(level)
    audit.record(actor, "level.created", level, {"verbs": level.verbs})
    realtime.ping(level.organization_id, "levels", level.pk)
    return level


@transaction.atomic
def change_level(
    actor: Actor,
    level: Level,
    *,
    name: str | None = None,
    verbs: Iterable[str] | None = None,
    seen: Seen = None,
) -> Level:
    """Another name or other verbs from now on; whoever was given the level keeps what they hold.

    Raises Invalid (name, verbs), PermissionDenied, NotFound when it was deleted meanwhile, and Overtaken when it is no
    longer as it was `seen`.
    """
    require_admin(actor)
    level = lock_level(level, seen)
    before = {"name": level.name, "verbs": level.verbs}
    level.name = level.name if name is None else checked_level_name(name)
    level.verbs = level.verbs if verbs is None else checked_verbs(verbs)
    save_level(level)
    changed = {field: [old, getattr(level, field)] for field, old in before.items() if old != getattr(level, field)}
    if changed:
        audit.record(actor, "level.changed", level, changed)
        realtime.ping(level.organization_id, "levels", level.pk)
    return level


@transaction.atomic
def delete_level(actor: Actor, level: Level, *, seen: Seen = None) -> None:
    """The name goes; the rights that were given with it stay."""
    require_admin(actor)
    level = lock_level(level, seen)
    audit.record(actor, "level.deleted", level, {"verbs": [level.verbs, None]})
    realtime.ping(level.organization_id, "levels", level.pk)
    level.delete()


def lock_level(level: Level, seen: Seen = None) -> Level:
    """As it stands now, until the transaction ends. Raises NotFound, and Overtaken when it was `seen` otherwise."""
    found = get_or_not_found(Level.objects.select_for_update(), level.pk)
    if is_overtaken(found.mark, seen):
        raise Overtaken(_("Somebody else has changed this level meanwhile. Look at what it is now, then change it."))
    return found


def checked_level_name(given: str) -> str:
    name = checked_name(given, 40)
    if name.lower() in {*LEVEL_WORDS, *(str(word).lower() for word in LEVEL_WORDS.values())}:
        raise Invalid({"name": [_("This is the name of a built-in level.")]})
    return name


def checked_verbs(verbs: Iterable[str]) -> list[str]:
    wanted = list(verbs)
    if not wanted or any(not isinstance(verb, str) for verb in wanted) or unknown_verbs(wanted):
        raise Invalid({"verbs": [_("Choose at least one of %s.") % ", ".join(PROFILE_VERBS)]})
    held = with_view(wanted)
    return [verb for verb in PROFILE_VERBS if verb in held]


def save_level(level: Level) -> None:
    try:
        with transaction.atomic():
            level.save()
    except IntegrityError:
        raise Invalid({"name": [_("Another level has this name.")]}) from None
