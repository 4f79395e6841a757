"""What may be said on which network. Pure."""

from dataclasses import dataclass

from networks.contract import Replies
from networks.registry import adapter_class
from networks.text_rules import validate_text

NEARLY_FULL = 20


@dataclass(frozen=True, slots=True)
class TextRoom:
    """How much of a network's limit a text takes."""

    used: int
    limit: int

    @property
    def left(self) -> int:
        return self.limit - self.used

    @property
    def over(self) -> int:
        return max(0, -self.left)

    @property
    def near(self) -> bool:
        return 0 <= self.left <= NEARLY_FULL


def measure_text_room(network: str, text: str) -> TextRoom:
    adapter = adapter_class(network)
    return TextRoom(adapter.measure_text(text), adapter.capabilities.text_limit)


def takes_replies(network: str) -> bool:
    """Whether the network takes answers from us at all."""
    return issubclass(adapter_class(network), Replies)


def list_reply_problems(network: str, text: str) -> list[str]:
    """Why `text` cannot be sent there as a reply; empty when it can."""
    if not takes_replies(network):
        return [f"{adapter_class(network).label} takes no replies from here."]
    adapter = adapter_class(network)
    return validate_text(text, adapter.capabilities, adapter.measure_text)
