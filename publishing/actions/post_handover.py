"""A member leaves: what they planned goes out as planned or comes back, and what waits has somebody to decide it."""

from contextlib import suppress

from django.utils.translation import gettext as _

from foundation.errors import Conflict, Invalid
from networks.models import Profile
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.models import Member
from organizations.people.member_handover import Handover
from publishing.actions.compose import withdraw_post
from publishing.models import Post
from publishing.notices import notify_named_decider
from publishing.queries.post_holdings import unsent_scheduled_posts
from publishing.queries.stuck_approvals import StuckApprovals, find_stuck_approvals
from teams.actions.verb_grants import grant_verb


def hand_over_posts(handover: Handover) -> None:
    """Responsibility passes with `Member.successor`; only what was asked back changes here."""
    if handover.keep_scheduled:
        return
    for post in unsent_scheduled_posts(handover.member).order_by("pk"):
        withdraw_unless_leaving(post)


def hand_over_approvals(actor: Actor, handover: Handover) -> None:
    """Whoever is named gets the right to approve what nobody else may decide, as far as the actor may give it.

    What nobody here could decide becomes a draft again. Raises Invalid (approvals), PermissionDenied.
    """
    waiting = find_stuck_approvals(handover, Post.objects.select_for_update(of=("self",)))
    if waiting.unnamed:
        raise Invalid({"approvals": [_("Name somebody who has not written it. Nobody decides on their own words.")]})
    for profile, members in sorted(approvers_by_profile(waiting).items(), key=lambda item: item[0].pk):
        for member in sorted(members, key=lambda one: one.pk):
            grant_verb(actor, profile, member, "approve")
    for post, member in waiting.named:
        audit.record(actor, "post.decider_named", post, {"decider": [handover.member.name, member.name]})
        notify_named_decider(actor, post, member)
    for post in waiting.hopeless:
        withdraw_unless_leaving(post)


def approvers_by_profile(waiting: StuckApprovals) -> dict[Profile, set[Member]]:
    """On which profiles who has to be able to approve."""
    found: dict[Profile, set[Member]] = {}
    for post, member in waiting.named:
        for profile in post.profiles.all():
            found.setdefault(profile, set()).add(member)
    return found


def withdraw_unless_leaving(post: Post) -> None:
    with suppress(Conflict):  # it is leaving at this very moment
        withdraw_post(System(_("Off-boarding")), post)
