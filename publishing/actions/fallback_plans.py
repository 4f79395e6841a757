"""The plan for a network that does not answer: made by admins, and carried out once for each post that it holds up."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Conflict, Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.states import move
from foundation.texts.graphemes import grapheme_boundary
from foundation.texts.written_text import describe_unshowable, has_visible_text, with_line_feeds
from networks.actions.outgoing import enqueue_chain
from networks.contract import Draft, DraftKind, Media
from networks.models import FallbackPlan, Held, Outgoing, Profile
from networks.models.fallback import NO_PLAN
from networks.outbox import doubted_rows
from networks.outbox.too_late_rows import is_too_late
from networks.queries.holds import holds_by_profile
from networks.readiness import NETWORK_HOLDS
from networks.registry import adapter_class
from organizations.access import require_admin
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.models import Member, Organization
from organizations.notifications.notices import settle_notices
from organizations.tenancy import require_organization_id
from publishing.actions.post_outbox import lock_post, ping_post
from publishing.composing.threads import Files
from publishing.limits import validate_media
from publishing.models import Decision, Delivery, Post
from publishing.notices import notify_stand_in

TEXT_PLACEHOLDER = "{text}"
REMOVED_PROFILE_HOLDS = frozenset({"gone"})  # of a profile that was removed meanwhile
FALLBACK_KEY_PREFIX = "fallback:"  # and the row that it stands in for, so that it stands in once


@transaction.atomic
def set_fallback_plan(
    actor: Actor,
    network: str,
    *,
    after_minutes: int,
    profile: Profile,
    text: str,
    told: Iterable[Member],
    seen: Seen = None,
) -> FallbackPlan:
    """From now on; what was stood in for already stays so. Raises Invalid, PermissionDenied."""
    require_admin(actor)
    if profile.network == network:
        raise Invalid({"profile": [_("Choose a profile on another network.")]})
    text = with_line_feeds(text)
    if not has_visible_text(text):
        raise Invalid({"text": [_("Say what shall leave there.")]})
    if wrong := describe_unshowable(text):
        raise Invalid({"text": [wrong]})
    refuse_overtaken(lock_fallback_mark(network), seen)
    values = {"after_minutes": after_minutes, "profile": profile, "text": text}
    plan, created = FallbackPlan.objects.update_or_create(network=network, defaults=values)
    plan.told.set(told)
    change = {"after_minutes": [None, after_minutes], "profile": [None, str(profile)], "text": [None, text]}
    audit.record(actor, "fallback.planned" if created else "fallback.changed", plan, change)
    return plan


@transaction.atomic
def remove_fallback_plan(actor: Actor, network: str, *, seen: Seen = None) -> None:
    """Nothing happens by itself any more. Removing it twice is harmless."""
    require_admin(actor)
    if (mark := lock_fallback_mark(network)) != NO_PLAN:
        refuse_overtaken(mark, seen)
    for plan in FallbackPlan.objects.filter(network=network):
        audit.record(actor, "fallback.removed", plan)
        settle_notices(plan.cause)
        plan.delete()


def lock_fallback_mark(network: str) -> str:
    """Of the plan that stands; until the transaction ends nobody else changes it, nor makes one."""
    Organization.objects.select_for_update(no_key=True).get(pk=require_organization_id())
    plan = FallbackPlan.objects.filter(network=network).first()
    return plan.mark if plan else NO_PLAN


@transaction.atomic
def send_through_stand_in(plan: FallbackPlan, delivery: Delivery, now: datetime) -> bool:
    """Sends `delivery` through the plan's profile instead, and leaves the original to a person. False where it may not.

    The post is locked as by everybody who changes it, and both profiles as by whoever pauses them: what is cancelled
    or paused at the same time is not stood in for.
    """
    assert plan.profile is not None
    post = lock_post(delivery.post)
    holds = lock_profile_holds([delivery.profile_id, plan.profile.pk], now)
    locked_rows = Outgoing.objects.select_related("profile__organization").select_for_update(of=("self",))
    rows = locked_rows.annotate(may_have_left=doubted_rows.restoration_id_of_row())
    row = rows.filter(pk=delivery.outgoing_id, state="waiting", held="").first()
    if (
        row is None
        or row.may_have_left
        or not is_held_by_network_alone(holds.get(row.profile_id))
        or holds.get(plan.profile.pk, REMOVED_PROFILE_HOLDS)
    ):
        return False
    if (
        post.state != "scheduled"
        or is_too_late(row, now)
        or lacks_approval(plan, delivery)
        or has_post_already(plan, post)
    ):
        return False
    drafts, left_out = stand_in_drafts(plan, delivery)
    try:
        other = enqueue_chain(plan.profile, drafts, key=f"{FALLBACK_KEY_PREFIX}{row.pk}", due_at=now)
    except Conflict:
        return False
    Delivery.objects.create(post=post, revision=delivery.revision, profile=plan.profile, outgoing=other)
    shortened = is_shortened(plan, delivery, drafts)
    move(row, "postpone", held=Held.TOO_LATE, reason=stand_in_reason(left_out > 0, shortened) % plan.profile.name)
    change = {"profile": [str(delivery.profile), str(plan.profile)], "text": [row.draft["text"], drafts[0].text]}
    if left_out:
        change["files left out"] = [None, str(left_out)]
    if shortened:
        change["shortened"] = [None, "yes"]
    audit.record(System("fallback plan"), "post.stood_in", post, change)
    notify_stand_in(plan, delivery)
    ping_post(post)
    return True


def lock_profile_holds(profile_ids: list[int], now: datetime) -> dict[int, frozenset[str]]:
    """What their posts wait for; until the transaction ends nobody pauses or releases them."""
    list(Profile.objects.filter(pk__in=profile_ids).select_for_update(no_key=True).order_by("pk"))
    return holds_by_profile(profile_ids, now)


def is_held_by_network_alone(holds: frozenset[str] | None) -> bool:
    """Whether posts wait for the network alone, and for nothing that would still hold them if it answered."""
    return holds is not None and bool(holds) and holds <= NETWORK_HOLDS


def lacks_approval(plan: FallbackPlan, delivery: Delivery) -> bool:
    """Whether the plan's profile asks for an approval that these words do not have."""
    if not Profile.objects.filter(pk__in=[plan.profile_id], needs_approval=True).exists():
        return False
    return not Decision.objects.filter(revision=delivery.revision, approved=True).exists()


def has_post_already(plan: FallbackPlan, post: Post) -> bool:
    """Whether the plan's profile has the post already, or will."""
    return Delivery.objects.filter(post=post, profile=plan.profile).exclude(outgoing__state="cancelled").exists()


def stand_in_reason(without_files: bool, shortened: bool) -> str:
    """What became of it, with all of it that did not come along."""
    if without_files and shortened:
        return _("%s stands in for it, shortened and without its pictures and videos; this waits for a person.")
    if without_files:
        return _("%s stands in for it, without its pictures and videos; this waits for a person.")
    if shortened:
        return _("%s stands in for it, with its words shortened; this waits for a person.")
    return _("%s stands in for it; this waits for a person.")


def is_shortened(plan: FallbackPlan, delivery: Delivery, drafts: list[Draft]) -> bool:
    """Whether words of it, or all of its first comment, do not fit on the plan's network."""
    assert plan.profile is not None
    wording = delivery.revision.wording_on(plan.profile.network)
    cut = any(text not in draft.text for text, draft in zip(wording.all, drafts, strict=True))
    return cut or bool(delivery.revision.first_comment and not wording.comment)


def stand_in_drafts(plan: FallbackPlan, delivery: Delivery) -> tuple[list[Draft], int]:
    """The whole post as the plan's network says it, first comment too; the plan's text stands around its beginning.

    And how many of its files stay behind, since that network does not take them.
    """
    assert plan.profile is not None
    network = plan.profile.network
    parts = delivery.revision.wording_on(network).all_with_files
    drafts = [
        Draft(
            kind=DraftKind.POST,
            text=fit_into_template(TEXT_PLACEHOLDER if at else plan.text, text, network),
            media=accepted_media(files, network),
        )
        for at, (text, files) in enumerate(parts)
    ]
    return drafts, sum(len(files) for _text, files in parts) - sum(len(draft.media) for draft in drafts)


def accepted_media(files: Files, network: str) -> tuple[Media, ...]:
    """The files of one text, where `network` takes all of them; none where it does not."""
    adapter, media = adapter_class(network), tuple(one.media for one in files)
    return () if validate_media(media, adapter.capabilities, adapter.label) else media


def fit_into_template(template: str, words: str, network: str) -> str:
    """The plan's text around the post's own words, which are cut where all of them are too long for `network`."""
    adapter = adapter_class(network)
    kept, most = words, len(words)
    while most and adapter.measure_text(template.replace(TEXT_PLACEHOLDER, kept)) > adapter.capabilities.text_limit:
        most -= max(1, most // 20)
        kept = f"{words[: grapheme_boundary(words, most)].rstrip()}…"
    return template.replace(TEXT_PLACEHOLDER, kept)
