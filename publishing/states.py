"""May it go out? (Did it go out? is the outbox's question.)"""

from socialops.lib.states import Machine

POST = Machine(
    {
        "submit": {"draft": "in_review"},
        "approve": {"in_review": "approved"},
        "reject": {"in_review": "draft"},
        "edit": {"draft": "draft", "in_review": "draft", "approved": "draft", "scheduled": "draft"},
        "schedule": {"draft": "scheduled", "approved": "scheduled", "scheduled": "scheduled"},
        "unschedule": {"scheduled": "draft"},
        "cancel": {"draft": "cancelled", "in_review": "cancelled", "approved": "cancelled", "scheduled": "cancelled"},
    }
)
