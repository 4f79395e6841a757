"""Whether a network takes a text: one judgement for posts, parts, comments and replies, at every door. Pure."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from foundation.texts.numbers import spelt_numbers
from foundation.texts.written import shows_anything, unshowable
from networks.contract import Capabilities

LONGEST = 65_536  # characters, whatever the network: none takes more, and so much more is a mistake or an attack


def unreadable(text: str) -> list[str]:
    """What no network could carry and no database should hold."""
    if len(text) > LONGEST:
        return [_("Write at most %(most)s characters.") % spelt_numbers({"most": LONGEST})]
    wrong = unshowable(text)
    return [wrong] if wrong else []


def unsaid(text: str) -> list[str]:
    """The same, or that it says nothing."""
    return unreadable(text) or ([] if shows_anything(text) else [_("Write something first.")])


def validate(text: str, capabilities: Capabilities, measure: Callable[[str], int], *, files: bool = False) -> list[str]:
    """The reasons why one network would not take `text`, in words for people; empty when it would.

    `files`: whether any go with it, for then some networks need no words.
    """
    if files and not shows_anything(text):
        return unreadable(text) or (
            [] if capabilities.wordless else [_("It takes no files without words. Write some.")]
        )
    if wrong := unsaid(text):
        return wrong
    length = measure(text)
    if length > capabilities.text_limit:
        facts = {"limit": capabilities.text_limit, "length": length, "over": length - capabilities.text_limit}
        return [_("%(over)s too many: %(length)s of %(limit)s characters.") % spelt_numbers(facts)]
    return []
