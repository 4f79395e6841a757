"""Floor 2: profiles, the outbox, and what the networks hold of ours."""

from networks.models.circuit import Circuit, Limit
from networks.models.credential import Credential
from networks.models.cursor import Cursor
from networks.models.fallback import FallbackPlan
from networks.models.grants import ProfileGroupObjectPermission, ProfileUserObjectPermission
from networks.models.outgoing import Attempt, Held, Outgoing, Priority
from networks.models.profile import PROFILE_VERBS, Profile
from networks.models.receipt import WebhookReceipt
from networks.models.remote_post import RemotePost
from networks.models.restoration import Pulse, Restoration
from networks.models.upload import Upload

__all__ = [
    "PROFILE_VERBS",
    "Attempt",
    "Circuit",
    "Credential",
    "Cursor",
    "FallbackPlan",
    "Held",
    "Limit",
    "Outgoing",
    "Priority",
    "Profile",
    "ProfileGroupObjectPermission",
    "ProfileUserObjectPermission",
    "Pulse",
    "RemotePost",
    "Restoration",
    "Upload",
    "WebhookReceipt",
]
