"""A writer leaves: what they planned goes out as planned, or comes back to be looked at."""

from django.utils.translation import gettext as _

from organizations.actors import System
from organizations.handover import Handover
from publishing.actions.compose import withdraw_post
from publishing.queries.handover import scheduled_posts
from socialops.lib.errors import Conflict


def hand_over_posts(handover: Handover) -> None:
    """Responsibility passes with `Member.successor`; only what was asked back changes here."""
    if handover.keep_scheduled:
        return
    for post in scheduled_posts(handover.member).order_by("pk"):
        try:
            withdraw_post(System(_("Off-boarding")), post)
        except Conflict:
            continue  # it is leaving at this very moment
