"""May it go out? (Did it go out? is the outbox's question.)"""

from foundation.states import Machine

POST_MACHINE = Machine(
    {
        "submit": {"draft": "in_review"},
        "approve": {"in_review": "approved"},
        "unapprove": {"approved": "in_review", "scheduled": "in_review"},
        "reject": {"in_review": "draft"},
        "edit": {"draft": "draft", "in_review": "draft", "approved": "draft", "scheduled": "draft"},
        "plan": {"draft": "draft", "in_review": "in_review", "approved": "approved", "scheduled": "scheduled"},
        "schedule": {"draft": "scheduled", "approved": "scheduled"},
        "cancel": {"draft": "cancelled", "in_review": "cancelled", "approved": "cancelled", "scheduled": "cancelled"},
    }
)

# What people see of a post whose way is free: the first of these that one of its deliveries shows.
STATE_PRECEDENCE = ("unknown", "failed", "held", "paused", "sending", "scheduled", "partly", "sent", "cancelled")
WAITING_STATES = frozenset(
    {"scheduled", "held", "paused"}
)  # of these: whatever it waits for, its time can still be changed
STARTED_STATES = frozenset({"sending", "unknown", "sent"})  # has left, or may have
CANCELLABLE_STATES = frozenset({"waiting", "failed"})
