"""The life of a conversation."""

from foundation.states import Machine

CONVERSATION = Machine(
    {
        "close": {"open": "closed"},
        "reopen": {"closed": "open"},
    }
)
