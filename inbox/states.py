"""The life of a conversation."""

from socialops.lib.states import Machine

CONVERSATION = Machine(
    {
        "close": {"open": "closed"},
        "reopen": {"closed": "open"},
    }
)
