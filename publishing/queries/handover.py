"""What of a leaving member's writing somebody else has to see to."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.handover import Handover, Holding
from organizations.models import Member
from publishing.access import written_by
from publishing.models import Post
from publishing.queries.posts import waiting_for

UNDER_WAY = ("draft", "in_review", "approved")


def scheduled_posts(member: Member) -> QuerySet[Post]:
    """Planned and not yet gone."""
    rows = written_by(member).filter(state="scheduled", deliveries__outgoing__state__in=("waiting", "sending"))
    return rows.distinct()


def holdings(handover: Handover) -> list[Holding]:
    member, taker = handover.member, handover.taker("posts")
    unfinished = written_by(member).filter(state__in=UNDER_WAY).count()
    scheduled = scheduled_posts(member).count()
    waiting = waiting_for(member).count()
    goes = _("%s answers for what they wrote; the author’s name stays.") % taker.name
    planned = _("Goes out as planned.") if handover.keep_scheduled else _("Back to draft, to be looked at.")
    return [
        Holding(
            "posts",
            unfinished,
            ngettext("%d post in the making", "%d posts in the making", unfinished) % unfinished,
            goes,
            passes=True,
        ),
        Holding(
            "scheduled",
            scheduled,
            ngettext("%d scheduled post", "%d scheduled posts", scheduled) % scheduled,
            f"{planned} {goes}",
            passes=False,
        ),
        Holding(
            "approvals",
            waiting,
            ngettext("%d post that they could approve", "%d posts that they could approve", waiting) % waiting,
            _("It waits for the others who may approve; owners and admins always may."),
            passes=False,
        ),
    ]
