"""What this floor tells the floors above. Receivers run in the organization's scope."""

from collections.abc import Iterable

from django.dispatch import Signal

from foundation.questions import Question

# outgoing: Outgoing, just settled (sent, failed, unknown, waiting again). Inside the settling transaction's
# aftermath: a receiver that fails is logged and cannot undo what the network already has.
outgoing_settled = Signal()

# rows: list[Outgoing], each too late to leave without a person, and held just now. A receiver that fails is logged.
outgoing_held = Signal()

# profile: Profile, connected for the first time. A receiver that fails undoes the connecting.
profile_added = Signal()

# profile: Profile, cut off just now, for the reason that stands in its state_reason. Once per cause, inside the
# transaction that wrote it down: a receiver that fails is logged and cannot undo it.
profile_disconnected = Signal()

# profile: Profile, items: list[Inbound], oldest first. Sent inside the transaction that moves the cursor or closes
# the receipt: a receiver that fails leaves both where they were, and the items come again.
inbound_received = Signal()

# profile: Profile, changes: Sequence[Change], listed: Mapping[str, datetime] (as InboundPage has it), looked:
# Sequence[str], the remote ids that were looked at again. Sent in the transaction of `inbound_received`, after it.
inbound_changed = Signal()

# profile: Profile. Receivers answer with the remote ids of what came in and should be looked at again by now.
inbound_asked = Question[Iterable[str]]()
