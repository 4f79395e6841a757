"""What of a leaving member's writing and deciding somebody else has to see to."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.numbers import spelt_number
from organizations.models import Member
from organizations.people.handover import Handover, Holding
from publishing.access import written_by
from publishing.models import Post
from publishing.queries.posts import waiting_for
from publishing.queries.undecided import approvals, waiting_without

UNDER_WAY = ("draft", "in_review", "approved")


def scheduled_posts(member: Member) -> QuerySet[Post]:
    """Planned and not yet gone."""
    rows = written_by(member).filter(state="scheduled", deliveries__outgoing__state__in=("waiting", "sending"))
    return rows.distinct()


def holdings(handover: Handover) -> list[Holding]:
    member, taker = handover.member, handover.taker("posts")
    unfinished = written_by(member).filter(state__in=UNDER_WAY).count()
    scheduled = scheduled_posts(member).count()
    stuck = waiting_without(handover, Post.objects.all())
    others = waiting_for(member).exclude(pk__in=[post.pk for post in stuck.posts]).count()
    goes = _("%s answers for what they wrote; the author’s name stays.") % taker.name
    planned = _("Goes out as planned.") if handover.keep_scheduled else _("Back to draft, to be looked at.")
    return [
        Holding(
            "posts",
            unfinished,
            ngettext("%s post in the making", "%s posts in the making", unfinished) % spelt_number(unfinished),
            goes,
            passes=True,
        ),
        Holding(
            "scheduled",
            scheduled,
            ngettext("%s scheduled post", "%s scheduled posts", scheduled) % spelt_number(scheduled),
            f"{planned} {goes}",
            passes=False,
        ),
        Holding(
            "approvable",
            others,
            ngettext("%s post that others may approve too", "%s posts that others may approve too", others)
            % spelt_number(others),
            _("Waits for the others who may approve."),
            passes=False,
        ),
        *approvals(stuck),
    ]
