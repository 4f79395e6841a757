"""May it go out? (Did it go out? is the outbox's question.)"""

from foundation.states import Machine

POST = Machine(
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
TELLING = ("unknown", "failed", "held", "paused", "sending", "scheduled", "partly", "sent", "cancelled")
WAITS = frozenset({"scheduled", "held", "paused"})  # of these: whatever it waits for, its time can still be changed
BEGUN = frozenset({"sending", "unknown", "sent"})  # has left, or may have
STOPPABLE = frozenset({"waiting", "failed"})
