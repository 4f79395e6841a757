"""How each state looks: one icon, one word and one colour, the same everywhere."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class StateFace:
    """What a state shows; `extra` adds a pattern where colour would not do."""

    icon: str
    label: str | Promise
    colour: str
    extra: str = ""

    @property
    def css(self) -> str:
        """Return the classes that carry the colour and the pattern."""
        return f"state state--{self.colour} {self.extra}".strip()


STATE_FACES = {
    # posts and deliveries
    "draft": StateFace("pencil-line", _("Draft"), "grey"),
    "in_review": StateFace("eye", _("In review"), "amber"),
    "approved": StateFace("badge-check", _("Approved"), "teal"),
    "rejected": StateFace("undo-2", _("Sent back"), "amber"),
    "scheduled": StateFace("calendar-clock", _("Scheduled"), "blue"),
    "waiting": StateFace("clock", _("Waiting"), "blue"),
    "sending": StateFace("loader-circle", _("Sending"), "violet", "state--spin"),
    "sent": StateFace("circle-check", _("Sent"), "green"),
    "published": StateFace("circle-check", _("Published"), "green"),
    "partly": StateFace("circle-dot-dashed", _("Partly sent"), "amber"),
    "unknown": StateFace("circle-question-mark", _("Not known"), "orange"),
    "failed": StateFace("circle-x", _("Failed"), "red"),
    "held": StateFace("circle-pause", _("Held"), "grey", "state--striped"),
    "overdue": StateFace("alarm-clock", _("Overdue"), "red"),
    "cancelled": StateFace("ban", _("Cancelled"), "grey", "state--struck"),
    # conversations and tasks
    "open": StateFace("circle-dot", _("Open"), "blue"),
    "pending": StateFace("hourglass", _("Waiting for them"), "amber"),
    "snoozed": StateFace("alarm-clock", _("Snoozed"), "violet"),
    "closed": StateFace("circle-check", _("Closed"), "grey"),
    "accepted": StateFace("handshake", _("Accepted"), "teal"),
    "done": StateFace("circle-check", _("Done"), "green"),
    # health of a profile
    "healthy": StateFace("circle-check", _("Connected"), "green"),
    "connected": StateFace("circle-check", _("Connected"), "green"),
    "degraded": StateFace("triangle-alert", _("Needs attention"), "amber"),
    "expiring": StateFace("triangle-alert", _("Expires soon"), "amber"),
    "disconnected": StateFace("unplug", _("Disconnected"), "red"),
    "paused": StateFace("circle-pause", _("Paused"), "grey", "state--striped"),
}


def find_state_face(state: str) -> StateFace:
    """Return the face of a state; one that is not listed is shown in words rather than hidden."""
    return STATE_FACES.get(state) or StateFace("circle", state.replace("_", " ").capitalize(), "grey")
