"""What a call that failed means for its row, its sign-in included."""

from django.utils.timezone import now as clock

from networks import errors
from networks.access import may_renew
from networks.models import Outgoing
from networks.outbox.outcomes import Outcome, ended_by, renewed_first


def ended(row: Outgoing, error: errors.NetworkError) -> Outcome:
    if may_renew(row.profile, error):
        return renewed_first(error, clock())
    return ended_by(
        error,
        attempts=row.attempt_count,
        ambiguous_before=row.resends > 0 or row.restoration_id is not None,
        planned_at=row.planned_at,
        now=clock(),
    )
