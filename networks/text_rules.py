"""Whether a network takes a text: one judgement for posts, parts, comments and replies, at every door. Pure."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from foundation.texts.number_format import format_numbers
from foundation.texts.written_text import describe_unshowable, has_visible_text
from networks.contract import Capabilities

MAX_TEXT_LENGTH = (
    65_536  # characters, whatever the network: none takes more, and so much more is a mistake or an attack
)


def text_errors(text: str) -> list[str]:
    """What no network could carry and no database should hold."""
    if len(text) > MAX_TEXT_LENGTH:
        return [_("Write at most %(most)s characters.") % format_numbers({"most": MAX_TEXT_LENGTH})]
    wrong = describe_unshowable(text)
    return [wrong] if wrong else []


def required_text_errors(text: str) -> list[str]:
    """The same, or that it says nothing."""
    return text_errors(text) or ([] if has_visible_text(text) else [_("Write something first.")])


def validate_text(
    text: str, capabilities: Capabilities, measure: Callable[[str], int], *, files: bool = False
) -> list[str]:
    """The reasons why one network would not take `text`, in words for people; empty when it would.

    `files`: whether any go with it, for then some networks need no words.
    """
    if files and not has_visible_text(text):
        return text_errors(text) or (
            [] if capabilities.wordless else [_("It takes no files without words. Write some.")]
        )
    if wrong := required_text_errors(text):
        return wrong
    length = measure(text)
    if length > capabilities.text_limit:
        facts = {"limit": capabilities.text_limit, "length": length, "over": length - capabilities.text_limit}
        return [_("%(over)s too many: %(length)s of %(limit)s characters.") % format_numbers(facts)]
    return []
