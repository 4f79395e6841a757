"""The plan for a network that does not answer: made by admins, and carried out once for each post that it holds up."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from networks.actions.outgoing import put_chain
from networks.contract import Draft, DraftKind, Media
from networks.models import FallbackPlan, Held, Outgoing, Profile
from networks.registry import adapter_class
from organizations import audit
from organizations.access import require_admin
from organizations.actors import Actor, System
from organizations.models import Member
from organizations.notifications import settle_notices
from publishing.actions.rows import locked, tell
from publishing.limits import validate_media
from publishing.models import Delivery
from publishing.notices import tell_stood_in
from publishing.threads import Files
from socialops.lib.errors import Conflict, Invalid
from socialops.lib.states import move

WORDS = "{text}"
KEY = "fallback:"  # and the row that it stands in for, so that it stands in once


@transaction.atomic
def set_plan(
    actor: Actor, network: str, *, after_minutes: int, profile: Profile, text: str, told: Iterable[Member]
) -> FallbackPlan:
    """From now on; what was stood in for already stays so. Raises Invalid, PermissionDenied."""
    require_admin(actor)
    if profile.network == network:
        raise Invalid({"profile": [_("Choose a profile on another network.")]})
    if not text.strip():
        raise Invalid({"text": [_("Say what shall leave there.")]})
    values = {"after_minutes": after_minutes, "profile": profile, "text": text}
    plan, created = FallbackPlan.objects.update_or_create(network=network, defaults=values)
    plan.told.set(told)
    change = {"after_minutes": [None, after_minutes], "profile": [None, str(profile)], "text": [None, text]}
    audit.record(actor, "fallback.planned" if created else "fallback.changed", plan, change)
    return plan


@transaction.atomic
def remove_plan(actor: Actor, network: str) -> None:
    """Nothing happens by itself any more. Removing it twice is harmless."""
    require_admin(actor)
    for plan in FallbackPlan.objects.filter(network=network):
        audit.record(actor, "fallback.removed", plan)
        settle_notices(plan.cause)
        plan.delete()


@transaction.atomic
def stand_in(plan: FallbackPlan, delivery: Delivery, now: datetime) -> bool:
    """Sends `delivery` through the plan's profile instead, and leaves the original to a person. False where it may not.

    The post is locked as by everybody who changes it, so that what is cancelled at the same time is not stood in for.
    """
    assert plan.profile is not None
    post = locked(delivery.post)
    row = Outgoing.objects.select_for_update().filter(pk=delivery.outgoing_id, state="waiting", held="").first()
    reached = Delivery.objects.filter(post=post, profile=plan.profile).exclude(outgoing__state="cancelled")
    if row is None or plan.profile.state != "connected" or reached.exists():
        return False
    drafts, left_out = said_through(plan, delivery)
    try:
        other = put_chain(plan.profile, drafts, key=f"{KEY}{row.pk}", due_at=now)
    except Conflict:
        return False
    Delivery.objects.create(post=post, revision=delivery.revision, profile=plan.profile, outgoing=other)
    said = _("%s stands in for it; this waits for a person.")
    if left_out:
        said = _("%s stands in for it, without its pictures and videos; this waits for a person.")
    move(row, "postpone", held=Held.TOO_LATE, reason=said % plan.profile.name)
    change = {"profile": [str(delivery.profile), str(plan.profile)], "text": [row.draft["text"], drafts[0].text]}
    if left_out:
        change["files left out"] = [None, str(left_out)]
    audit.record(System("fallback plan"), "post.stood_in", post, change)
    tell_stood_in(plan, delivery)
    tell(post)
    return True


def said_through(plan: FallbackPlan, delivery: Delivery) -> tuple[list[Draft], int]:
    """The whole post as the plan's network says it, first comment too; the plan's text stands around its beginning.

    And how many of its files stay behind, since that network does not take them.
    """
    assert plan.profile is not None
    network = plan.profile.network
    parts = delivery.revision.said_on(network).leaving
    drafts = [
        Draft(kind=DraftKind.POST, text=fitting(WORDS if at else plan.text, text, network), media=taken(files, network))
        for at, (text, files) in enumerate(parts)
    ]
    return drafts, sum(len(files) for _text, files in parts) - sum(len(draft.media) for draft in drafts)


def taken(files: Files, network: str) -> tuple[Media, ...]:
    """The files of one text, where `network` takes all of them; none where it does not."""
    adapter, media = adapter_class(network), tuple(one.media for one in files)
    return () if validate_media(media, adapter.capabilities, adapter.label) else media


def fitting(template: str, words: str, network: str) -> str:
    """The plan's text around the post's own words, which are cut where all of them are too long for `network`."""
    adapter = adapter_class(network)
    kept, most = words, len(words)
    while most and adapter.measure_text(template.replace(WORDS, kept)) > adapter.capabilities.text_limit:
        most -= max(1, most // 20)
        kept = f"{words[:most].rstrip()}…"
    return template.replace(WORDS, kept)
