"""How each state looks: one icon, one word and one colour, the same everywhere."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Face:
    """What a state shows; `extra` adds a pattern where colour would not do."""

    icon: str
    label: str | Promise
    colour: str
    extra: str = ""

    @property
    def css(self) -> str:
        """Return the classes that carry the colour and the pattern."""
        return f"state state--{self.colour} {self.extra}".strip()


FACES = {
    # posts and deliveries
    "draft": Face("pencil-line", _("Draft"), "grey"),
    "in_review": Face("eye", _("In review"), "amber"),
    "approved": Face("badge-check", _("Approved"), "teal"),
    "rejected": Face("undo-2", _("Sent back"), "amber"),
    "scheduled": Face("calendar-clock", _("Scheduled"), "blue"),
    "waiting": Face("clock", _("Waiting"), "blue"),
    "sending": Face("loader-circle", _("Sending"), "violet", "state--spin"),
    "sent": Face("circle-check", _("Sent"), "green"),
    "published": Face("circle-check", _("Published"), "green"),
    "partly": Face("circle-dot-dashed", _("Partly sent"), "amber"),
    "unknown": Face("circle-question-mark", _("Not known"), "orange"),
    "failed": Face("circle-x", _("Failed"), "red"),
    "held": Face("circle-pause", _("Held"), "grey", "state--striped"),
    "overdue": Face("alarm-clock", _("Overdue"), "red"),
    "cancelled": Face("ban", _("Cancelled"), "grey", "state--struck"),
    # conversations and tasks
    "open": Face("circle-dot", _("Open"), "blue"),
    "pending": Face("hourglass", _("Waiting for them"), "amber"),
    "snoozed": Face("alarm-clock", _("Snoozed"), "violet"),
    "closed": Face("circle-check", _("Closed"), "grey"),
    "accepted": Face("handshake", _("Accepted"), "teal"),
    "done": Face("circle-check", _("Done"), "green"),
    # health of a profile
    "healthy": Face("circle-check", _("Connected"), "green"),
    "connected": Face("circle-check", _("Connected"), "green"),
    "degraded": Face("triangle-alert", _("Needs attention"), "amber"),
    "expiring": Face("triangle-alert", _("Expires soon"), "amber"),
    "disconnected": Face("unplug", _("Disconnected"), "red"),
    "paused": Face("circle-pause", _("Paused"), "grey", "state--striped"),
}


def face_of(state: str) -> Face:
    """Return the face of a state; one that is not listed is shown in words rather than hidden."""
    return FACES.get(state) or Face("circle", state.replace("_", " ").capitalize(), "grey")
