"""What files of each kind are called, alone and together. Pure."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from networks.contract import MediaKind


def format_file_counts(kinds: Iterable[str]) -> str:
    """2 pictures; 1 video; empty for nothing."""
    many = Counter(MediaKind(kind) for kind in kinds)
    if not many:
        return ""  # mostly, and asked for each row of long lists
    words = {
        MediaKind.IMAGE: ngettext("%s picture", "%s pictures", many[MediaKind.IMAGE]),
        MediaKind.GIF: ngettext("%s GIF", "%s GIFs", many[MediaKind.GIF]),
        MediaKind.VIDEO: ngettext("%s video", "%s videos", many[MediaKind.VIDEO]),
    }
    return ", ".join(words[kind] % format_number(many[kind]) for kind in words if many[kind])


def nth_file_label(kind: MediaKind, place: int) -> str:
    """Picture 2"""
    words = {MediaKind.IMAGE: _("Picture %s"), MediaKind.GIF: _("GIF %s"), MediaKind.VIDEO: _("Video %s")}
    return words[kind] % format_number(place)


def unsupported_kind_message(kind: MediaKind) -> str:
    return {
        MediaKind.IMAGE: _("%s takes no pictures from here."),
        MediaKind.GIF: _("%s takes no animated GIFs from here."),
        MediaKind.VIDEO: _("%s takes no videos from here."),
    }[kind]


def too_many_message(kind: MediaKind, most: int) -> str:
    return {
        MediaKind.IMAGE: ngettext(
            "%(network)s takes at most %(most)s image in one post.",
            "%(network)s takes at most %(most)s images in one post.",
            most,
        ),
        MediaKind.GIF: ngettext(
            "%(network)s takes at most %(most)s animated GIF in one post.",
            "%(network)s takes at most %(most)s animated GIFs in one post.",
            most,
        ),
        MediaKind.VIDEO: ngettext(
            "%(network)s takes at most %(most)s video in one post.",
            "%(network)s takes at most %(most)s videos in one post.",
            most,
        ),
    }[kind]
