"""What this floor tells and asks the floors above.

Receivers run in the organization's scope and inside the sending transaction (`send`, never `send_robust`): one that
fails undoes everything.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.dispatch import Signal

from foundation.questions import Question

if TYPE_CHECKING:
    from organizations.people.member_handover import Holding

# member: Member about to leave, successor: Member, actor, handover: people.handover.Handover. Each floor hands over
# its own things, to `handover.taker(...)`, and ends what the member held there.
member_leaving = Signal()

# handover: Handover -> Iterable[Holding]: what would be handed over or end. Changes nothing.
holdings_asked: "Question[Iterable[Holding]]" = Question()

# member: Member who has just joined or come back, team_ids: list[int], actor.
member_joined = Signal()

# -> dict[int, str]: the teams that somebody can join.
teams_asked = Question[dict[int, str]]()

# member, deputy: Member -> Iterable[str]: sentences about what the member may do and the deputy may not.
gaps_asked = Question[Iterable[str]]()
