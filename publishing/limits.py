"""What may be written: one judgement for composer, API and the moment of scheduling. Pure."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from networks.contract import Capabilities, Media, MediaLimit
from publishing.kinds import no_such, nth, too_many

LONGEST_ALT_TEXT = 1000  # characters; so much is kept, and a network may take less
LONGEST = 10_000  # characters, whatever the network; more is a mistake or an attack
_WHITE = frozenset("\n\r\t")


def unreadable(text: str) -> list[str]:
    """What no network could carry and no database should hold."""
    if len(text) > LONGEST:
        return [_("Write at most %(most)d characters.") % {"most": LONGEST}]
    if any(_is_control(char) for char in text):
        return [_("The text holds characters that cannot be shown. Remove them, or type it anew.")]
    return []


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") and char not in _WHITE


def validate(text: str, capabilities: Capabilities, measure: Callable[[str], int]) -> list[str]:
    """The reasons why one network would not take `text`, in words for people; empty when it would."""
    wrong = unreadable(text)
    if wrong:
        return wrong
    if not text.strip():
        return [_("Write something first.")]
    length = measure(text)
    if length > capabilities.text_limit:
        facts = {"limit": capabilities.text_limit, "length": length, "over": length - capabilities.text_limit}
        return [_("%(over)d too many: %(length)d of %(limit)d characters.") % facts]
    return []


def describable(text: str) -> list[str]:
    """What is wrong with an alt text, whatever the network."""
    if len(text) > LONGEST_ALT_TEXT:
        return [_("Describe it in at most %d characters.") % LONGEST_ALT_TEXT]
    if any(_is_control(char) for char in text):
        return [_("The description holds characters that cannot be shown. Type it anew.")]
    return []


def validate_media(media: Sequence[Media], capabilities: Capabilities, network: str) -> list[str]:
    """The reasons why `network` (its label) would not take these files with one text; empty when it would."""
    if not media:
        return []
    kinds = list(dict.fromkeys(file.kind for file in media))
    if strange := [kind for kind in kinds if not capabilities.most(kind)]:
        return [no_such(kind) % network for kind in strange]
    if len(kinds) > 1:
        return [_("%s does not take pictures, GIFs and videos together in one post. Keep one kind.") % network]
    limit = capabilities.media[kinds[0]]
    if len(media) > limit.most:
        return [too_many(kinds[0], limit.most) % {"network": network, "most": limit.most}]
    return [
        _("%(file)s: %(wrong)s") % {"file": nth(file.kind, place), "wrong": wrong}
        for place, file in enumerate(media, start=1)
        for wrong in [*misfits(file, limit, network), *undescribable(file, capabilities, network)]
    ]


def misfits(file: Media, limit: MediaLimit, network: str) -> Iterator[str]:
    if file.content_type not in limit.content_types:
        known = ", ".join(sorted(one.partition("/")[2].upper() for one in limit.content_types))
        yield _("%(network)s takes only %(known)s.") % {"network": network, "known": known}
    if file.size > limit.most_bytes:
        facts = {"network": network, "most": spelt_bytes(limit.most_bytes), "size": spelt_bytes(file.size)}
        yield _("%(network)s takes at most %(most)s; it has %(size)s.") % facts
    if limit.widest and not fits(file, limit.widest):
        facts = {"network": network, "most": "{} × {}".format(*limit.widest), "size": f"{file.width} × {file.height}"}
        yield _("%(network)s takes at most %(most)s pixels; it has %(size)s.") % facts
    if limit.seconds and file.seconds is not None and not limit.seconds[0] <= file.seconds <= limit.seconds[1]:
        facts = {"network": network, "least": limit.seconds[0], "most": limit.seconds[1], "lasts": file.seconds}
        yield _("%(network)s takes %(least)g to %(most)g seconds; it lasts %(lasts).4g.") % facts


def fits(file: Media, widest: tuple[int, int]) -> bool:
    """Upright or on its side."""
    (short, long), (shortest, longest) = sorted((file.width, file.height)), sorted(widest)
    return short <= shortest and long <= longest


def undescribable(file: Media, capabilities: Capabilities, network: str) -> Iterator[str]:
    if len(file.alt_text) > capabilities.alt_text_limit:
        facts = {"network": network, "most": capabilities.alt_text_limit, "length": len(file.alt_text)}
        yield _("%(network)s takes descriptions of at most %(most)d characters; this has %(length)d.") % facts


def spelt_bytes(size: int) -> str:
    """4 MB, 320 kB: as computers show them, never less than it is."""
    if size < 1_048_576:
        return _("%d kB") % -(-size // 1024)
    return _("%s MB") % f"{-(-size * 10 // 1_048_576) / 10:g}"
