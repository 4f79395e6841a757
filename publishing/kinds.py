"""What files of each kind are called, alone and together. Pure."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.contract import MediaKind


def counted(kinds: Iterable[str]) -> str:
    """2 pictures; 1 video; empty for nothing."""
    many = Counter(MediaKind(kind) for kind in kinds)
    words = {
        MediaKind.IMAGE: ngettext("%d picture", "%d pictures", many[MediaKind.IMAGE]),
        MediaKind.GIF: ngettext("%d GIF", "%d GIFs", many[MediaKind.GIF]),
        MediaKind.VIDEO: ngettext("%d video", "%d videos", many[MediaKind.VIDEO]),
    }
    return ", ".join(words[kind] % many[kind] for kind in words if many[kind])


def nth(kind: MediaKind, place: int) -> str:
    """Picture 2"""
    words = {MediaKind.IMAGE: _("Picture %d"), MediaKind.GIF: _("GIF %d"), MediaKind.VIDEO: _("Video %d")}
    return words[kind] % place


def no_such(kind: MediaKind) -> str:
    return {
        MediaKind.IMAGE: _("%s takes no pictures from here."),
        MediaKind.GIF: _("%s takes no animated GIFs from here."),
        MediaKind.VIDEO: _("%s takes no videos from here."),
    }[kind]


def too_many(kind: MediaKind, most: int) -> str:
    return {
        MediaKind.IMAGE: ngettext(
            "%(network)s takes at most %(most)d image in one post.",
            "%(network)s takes at most %(most)d images in one post.",
            most,
        ),
        MediaKind.GIF: ngettext(
            "%(network)s takes at most %(most)d animated GIF in one post.",
            "%(network)s takes at most %(most)d animated GIFs in one post.",
            most,
        ),
        MediaKind.VIDEO: ngettext(
            "%(network)s takes at most %(most)d video in one post.",
            "%(network)s takes at most %(most)d videos in one post.",
            most,
        ),
    }[kind]
