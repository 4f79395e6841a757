"""What of a leaving member's writing and deciding somebody else has to see to."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from publishing.access import posts_owned_by
from publishing.models import Post
from publishing.queries.posts import posts_to_decide
from publishing.queries.stuck_approvals import find_stuck_approvals, list_approval_holdings

UNFINISHED_STATES = ("draft", "in_review", "approved")


def unsent_scheduled_posts(member: Member) -> QuerySet[Post]:
    """Planned and not yet gone."""
    rows = posts_owned_by(member).filter(state="scheduled", deliveries__outgoing__state__in=("waiting", "sending"))
    return rows.distinct()


def list_post_holdings(handover: Handover) -> list[Holding]:
    member, taker = handover.member, handover.taker("posts")
    unfinished = posts_owned_by(member).filter(state__in=UNFINISHED_STATES).count()
    scheduled = unsent_scheduled_posts(member).count()
    stuck = find_stuck_approvals(handover, Post.objects.all())
    others = posts_to_decide(member).exclude(pk__in=[post.pk for post in stuck.posts]).count()
    goes = _("%s answers for what they wrote; the author’s name stays.") % taker.name
    planned = _("Goes out as planned.") if handover.keep_scheduled else _("Back to draft, to be looked at.")
    return [
        Holding(
            "posts",
            unfinished,
            ngettext("%s post in the making", "%s posts in the making", unfinished) % format_number(unfinished),
            goes,
            passes=True,
        ),
        Holding(
            "scheduled",
            scheduled,
            ngettext("%s scheduled post", "%s scheduled posts", scheduled) % format_number(scheduled),
            f"{planned} {goes}",
            passes=False,
        ),
        Holding(
            "approvable",
            others,
            ngettext("%s post that others may approve too", "%s posts that others may approve too", others)
            % format_number(others),
            _("Waits for the others who may approve."),
            passes=False,
        ),
        *list_approval_holdings(stuck),
    ]
