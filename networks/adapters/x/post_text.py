"""X's texts, back as they were written. Pure.

X escapes `&`, `<` and `>`, and nothing else, in what it sends; it puts a short address in the place of each link, adds
one that leads to a post's own pictures, and the names of those answered in front of an answer. Each is undone where it
was done: what was escaped first, while the links are still short, for their targets come as they are; then all links
in one pass, for a target may hold what looks like a short address.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.texts.text_comparison import normalize_text
from networks.adapters import json_values

Item = Mapping[str, Any]

_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPES = re.compile("|".join(_ESCAPED))
_OWN_MEDIA = re.compile(r"/(photo|video)/\d+$")
_TRAILING_LINK = re.compile(r"\s*https://t\.co/\w+\s*$")  # to its own pictures, where X does not say so
_LEADING_MENTIONS = re.compile(r"^(?:@\w+\s+)+")
_SPACE = re.compile(r"\s+")
_ADDED_SCHEME = "http://"  # what X puts in front of a link that was written without a scheme


def unescape_text(text: str) -> str:
    """What X escaped, once: `&amp;lt;` was written as `&lt;`."""
    return _ESCAPES.sub(lambda found: _ESCAPED[found[0]], text)


@dataclass(frozen=True, slots=True)
class LinkedText:
    """A text with short addresses still in it, nothing escaped, and where they lead."""

    text: str
    links: Mapping[str, str]

    def replace_links(self, target: Callable[[str], str], plain: Callable[[str], str] = str) -> str:
        """The text with each link as `target` says, and all between them as `plain` says."""
        return "".join(
            target(self.links[piece]) if at % 2 else plain(piece)
            for at, piece in enumerate(split_at_links(self.text, self.links))
        )


def split_at_links(text: str, links: Mapping[str, str]) -> list[str]:
    """What stands between the short addresses, and these: in turn, beginning and ending with the former."""
    if not links:
        return [text]
    longest_first = sorted(links, key=len, reverse=True)
    return re.split(f"({'|'.join(map(re.escape, longest_first))})", text)


def parse_linked_text(item: Item, *, own_media: bool = False) -> LinkedText:
    """The text of a post, with or without the link to the files that it shows."""
    source = full_text_part(item)
    text, links = json_values.text_or_empty(source.get("text")), {}
    for link in json_values.mappings_in(json_values.mapping_or_empty(source.get("entities")).get("urls")):
        short = json_values.text_or_empty(link.get("url"))
        target = json_values.text_or_empty(json_values.first_value(link, "expanded_url", "unwound_url", "display_url"))
        to_files = bool(link.get("media_key") or _OWN_MEDIA.search(target)) and not own_media
        if short and to_files and text.rstrip().endswith(short):
            text = text.rstrip().removesuffix(short)
        elif short and target:
            links[short] = target
    return LinkedText(unescape_text(text), links)


def full_text_part(item: Item) -> Item:
    """`text` of a long post is cut; the whole of it, with its own links, is in the note."""
    note = json_values.mapping_or_empty(json_values.first_value(item, "note_tweet", "note_post"))
    return note if note.get("text") else item


def post_has_text(item: Item, words: str, *, answers: bool, pictured: bool) -> bool:
    """Whether this post says `words`, as one that `answers` another or shows pictures of ours."""
    return any(matches_text(one, words, answers=answers) for one in possible_texts(item, pictured=pictured))


def possible_texts(item: Item, *, pictured: bool) -> Iterator[LinkedText]:
    found = parse_linked_text(item)
    yield found
    yield parse_linked_text(
        item, own_media=True
    )  # to somebody else's files a link was written, and X shows them as if they were ours
    if pictured:
        yield LinkedText(_TRAILING_LINK.sub("", found.text), found.links)


def matches_text(found: LinkedText, words: str, *, answers: bool) -> bool:
    """By the words alone, whatever became of white space and of the two ways to write one letter."""
    words = unicodedata.normalize("NFC", words).strip()
    if answers:
        named, words = split_leading_mentions(words)
        present_names, text = split_leading_mentions(found.text.strip())
        if not named <= present_names:
            return False
        found = LinkedText(text, found.links)
    if normalize_text(found.replace_links(str)) == normalize_text(words):
        return True
    pattern = LinkedText(unicodedata.normalize("NFC", found.text).strip(), found.links).replace_links(
        link_pattern, any_space_pattern
    )
    return re.fullmatch(pattern, words) is not None


def split_leading_mentions(text: str) -> tuple[frozenset[str], str]:
    """Those named in front, and what is said to them."""
    front = _LEADING_MENTIONS.match(text)
    names = front[0].casefold().split() if front else ()
    return frozenset(names), text[front.end() :] if front else text


def link_pattern(target: str) -> str:
    """A pattern for a link: as it leads, or without the scheme that X puts in front of one that has none."""
    target = unicodedata.normalize("NFC", target)
    bare = target.removeprefix(_ADDED_SCHEME)
    return re.escape(target) if bare == target else f"(?:{re.escape(_ADDED_SCHEME)})?{re.escape(bare)}"


def any_space_pattern(text: str) -> str:
    """A pattern for text whose white space may be any."""
    return r"\s+".join(map(re.escape, _SPACE.split(text)))
