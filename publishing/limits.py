"""What may go with a text: one judgement for composer, API and the moment of scheduling. Pure."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from foundation.texts.number_format import format_number, format_numbers
from foundation.texts.written_text import describe_unshowable, with_line_feeds
from networks.contract import Capabilities, Media, MediaKind, MediaLimit
from publishing.composing.threads import AttachedFile
from publishing.media.file_kinds import nth_file_label, too_many_message, unsupported_kind_message

LONGEST_ALT_TEXT = 1000  # characters; so much is kept, and a network may take less
NARROWEST_SIDE = 64  # pixels of the shorter side of a smaller copy: less shows nothing any more


def normalize_alt_text(text: str) -> str:
    """An alt text as it is kept: browsers end the lines of a box in two characters."""
    return with_line_feeds(text).strip()


def alt_text_problems(text: str) -> list[str]:
    """What is wrong with an alt text, whatever the network."""
    if len(text) > LONGEST_ALT_TEXT:
        return [_("Describe it in at most %s characters.") % format_number(LONGEST_ALT_TEXT)]
    wrong = describe_unshowable(text)
    return [wrong] if wrong else []


def validate_media(media: Sequence[Media], capabilities: Capabilities, network: str) -> list[str]:
    """The reasons why `network` (its label) would not take these files with one text; empty when it would."""
    if not media:
        return []
    kinds = list(dict.fromkeys(file.kind for file in media))
    if strange := [kind for kind in kinds if not capabilities.most(kind)]:
        return [unsupported_kind_message(kind) % network for kind in strange]
    if len(kinds) > 1:
        return [_("%s does not take pictures, GIFs and videos together in one post. Keep one kind.") % network]
    limit = capabilities.media[kinds[0]]
    if len(media) > limit.most:
        return [too_many_message(kinds[0], limit.most) % {"network": network, "most": limit.most}]
    return [
        _("%(file)s: %(wrong)s") % {"file": nth_file_label(file.kind, place), "wrong": wrong}
        for place, file in enumerate(media, start=1)
        for wrong in [
            *media_problems(file, limit, network),
            *suggest_remedy(file, limit),
            *alt_text_limit_problems(file, capabilities, network),
        ]
    ]


def media_problems(file: Media, limit: MediaLimit, network: str) -> Iterator[str]:
    if file.content_type not in limit.content_types:
        known = ", ".join(sorted(map(format_media_type, limit.content_types)))
        yield _("%(network)s takes only %(known)s.") % {"network": network, "known": known}
    if file.size > limit.most_bytes:
        facts = {"network": network, "most": format_bytes(limit.most_bytes), "size": format_bytes(file.size)}
        yield _("%(network)s takes at most %(most)s; it has %(size)s.") % facts
    if limit.widest and not limit.within(file.width, file.height):
        facts = {
            "network": network,
            "most": format_pixels(*limit.widest),
            "size": format_pixels(file.width, file.height),
        }
        yield _("%(network)s takes at most %(most)s pixels; it has %(size)s.") % facts
    if limit.seconds and not limit.lasts(file):
        least, most = limit.seconds
        spans = {"network": network, "least": least, "most": most, "lasts": file.seconds}
        yield _("%(network)s takes %(least)g to %(most)g seconds; it lasts %(lasts).4g.") % spans


def format_pixels(width: int, height: int) -> str:
    return f"{format_number(width)} × {format_number(height)}"


def suggest_remedy(file: Media, limit: MediaLimit) -> Iterator[str]:
    """What helps a photo that fits in no form: it was brought before copies were made, or none could be."""
    if file.kind != MediaKind.IMAGE or limit.takes(file):
        return
    wide = limit.widest and zip(sorted((file.width, file.height)), sorted(limit.widest), strict=True)
    if wide and min(file.width, file.height) * min(most / side for side, most in wide) < NARROWEST_SIDE:
        yield _("It is too narrow to be made smaller.")
    else:
        yield _("There is no copy of it that fits. Add it again, or save it in another size or format.")


def describe_adaptation(one: AttachedFile, capabilities: Capabilities, network: str) -> str:
    """What becomes of a picture on its way to `network` (its label), whose limits are not those of the original.

    Empty where it goes as it came, and where it does not go at all.
    """
    limit, original = capabilities.media.get(one.media.kind), one.original
    got = one.on(capabilities).media
    if limit is None or original is None or not limit.takes(got):
        return ""
    if max(original.bytes, one.media.size) > limit.most_bytes:
        facts = {"network": network, "most": format_bytes(limit.most_bytes)}
        return _("%(network)s takes photos up to %(most)s: it gets a smaller copy.") % facts
    if limit.widest and not limit.within(original.width, original.height):
        facts = {"network": network, "most": format_pixels(*limit.widest)}
        return _("%(network)s takes photos up to %(most)s pixels: it gets a smaller copy.") % facts
    if one.media.content_type not in limit.content_types:
        facts = {
            "network": network,
            "kind": format_media_type(one.media.content_type),
            "to": format_media_type(got.content_type),
        }
        return _("%(network)s takes no %(kind)s pictures: it gets a %(to)s copy.") % facts
    return ""


def format_media_type(content_type: str) -> str:
    """JPEG"""
    return content_type.partition("/")[2].upper()


def alt_text_limit_problems(file: Media, capabilities: Capabilities, network: str) -> Iterator[str]:
    if len(file.alt_text) > capabilities.alt_text_limit:
        facts = {"network": network, "most": capabilities.alt_text_limit, "length": len(file.alt_text)}
        yield _("%(network)s takes descriptions of at most %(most)s characters; this has %(length)s.") % format_numbers(
            facts
        )


def format_bytes(size: int) -> str:
    """4 MB, 320 kB: as computers show them, never less than it is."""
    if size < 1_048_576:
        return _("%s kB") % format_number(-(-size // 1024))
    return _("%s MB") % f"{-(-size * 10 // 1_048_576) / 10:g}"
