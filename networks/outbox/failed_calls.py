"""What a call that failed means for its row, its sign-in included."""

from django.utils.timezone import now as clock

from networks import errors
from networks.access import may_renew_sign_in
from networks.models import Outgoing
from networks.outbox.outcomes import Outcome, outcome_of_error, outcome_of_renewal


def outcome_of_failure(row: Outgoing, error: errors.NetworkError) -> Outcome:
    if may_renew_sign_in(row.profile, error):
        return outcome_of_renewal(error, clock())
    return outcome_of_error(
        error,
        attempts=row.attempt_count,
        ambiguous_before=row.resends > 0 or row.restoration_id is not None,
        planned_at=row.planned_at,
        now=clock(),
    )
