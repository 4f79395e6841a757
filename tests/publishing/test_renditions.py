"""A photo that a network does not take as it is goes there as a copy: upright, in its colours, and telling no place."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageDraw

from foundation.errors import Invalid
from networks.contract import Capabilities, Media, MediaKind, MediaLimit
from publishing.limits import validate_media
from publishing.media import file_inspection
from publishing.media.file_inspection import convert_copies
from publishing.media.renditions import receive_file
from tests import media
from tests.publishing.test_causes import beside
from tests.publishing.test_positions import PROFILE, TELLING, XMP, exif

LIMIT = MediaLimit(4, frozenset({"image/jpeg", "image/png"}), 40_000)


def encoded(image: Image.Image, form: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def noise(mode: str = "RGB", size: tuple[int, int] = (400, 300)) -> Image.Image:
    """What cannot be packed, with a red corner at its upper left."""
    channels = [Image.effect_noise(size, 90) for _ in range(3)]
    drawn = Image.merge("RGB", channels)
    ImageDraw.Draw(drawn).rectangle((0, 0, size[0] // 2, size[1] // 2), (220, 20, 20))
    return drawn.convert(mode)


def copies(content: bytes, *limits: MediaLimit) -> list[Image.Image]:
    return [opened(copy.read()) for copy in convert_copies(io.BytesIO(content), limits).copies]


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.info["content"] = content
    return image


def only(content: bytes, limit: MediaLimit = LIMIT) -> Image.Image:
    (copy,) = copies(content, limit)
    return copy


def length(image: Image.Image) -> int:
    return len(image.info["content"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_fits_and_looks_the_same(form: str) -> None:
    copy = only(encoded(noise(), form, icc_profile=PROFILE, exif=exif()))
    assert copy.format == "JPEG"
    assert copy.info["icc_profile"] == PROFILE
    assert copy.getexif()[0x010F] == "Phone of a maker"
    assert 0x0112 not in copy.getexif()
    assert copy.width / copy.height == pytest.approx(3 / 4, rel=0.02), "it lay on its side and stands upright"
    red = copy.convert("RGB").getpixel((copy.width * 3 // 4, copy.height // 4))
    assert all(abs(found - meant) < 12 for found, meant in zip(red, (220, 20, 20), strict=True))
    assert length(copy) <= LIMIT.most_bytes


def test_one_that_fits_two_limits_is_made_once_and_the_best_comes_first() -> None:
    large, small = replace(LIMIT, most_bytes=90_000), replace(LIMIT, most_bytes=20_000)
    content = encoded(noise())
    nearly = replace(LIMIT, most_bytes=length(only(content, large)))
    found = copies(content, large, nearly, small)
    assert [length(copy) for copy in found] == sorted(map(length, found), reverse=True)
    assert len(found) == 2


def test_the_same_picture_has_the_same_copies() -> None:
    content = encoded(noise())
    once, again = (convert_copies(io.BytesIO(content), [LIMIT]).copies[0].read() for _ in range(2))
    assert once == again


@pytest.mark.parametrize("widest", [(200, 100), (100, 200)])
def test_pixels_are_a_limit_like_bytes_upright_or_not(widest: tuple[int, int]) -> None:
    copy = only(encoded(noise()), replace(LIMIT, most_bytes=1_000_000, widest=widest))
    assert copy.size == (133, 100)


@pytest.mark.parametrize(
    ("image", "mode", "form"),
    [
        (noise("RGBA"), "RGB", "JPEG"),  # nothing is seen through it
        (noise("P"), "RGB", "JPEG"),
        (noise("L"), "L", "JPEG"),
        (noise("1"), "L", "JPEG"),
        (noise("CMYK"), "RGB", "JPEG"),
        (Image.merge("LA", (noise("L"), Image.new("L", (400, 300), 90))), "LA", "PNG"),
        (Image.merge("RGBA", (*noise().split(), Image.new("L", (400, 300), 90))), "RGBA", "PNG"),
    ],
    ids=["opaque", "palette", "grey", "black and white", "ink", "grey seen through", "seen through"],
)
def test_pixels_of_every_kind_stay_what_they_are(image: Image.Image, mode: str, form: str) -> None:
    copy = only(encoded(image, "JPEG" if image.mode == "CMYK" else "PNG"))
    assert (copy.mode, copy.format) == (mode, form)
    assert length(copy) <= LIMIT.most_bytes
    if "A" in mode:
        assert copy.getchannel("A").getextrema() == (90, 90)


def test_a_palette_may_be_seen_through() -> None:
    drawn = noise("P")
    drawn.paste(0, (0, 0, 200, 150))
    for form in ("GIF", "PNG"):
        copy = only(encoded(drawn, form, transparency=0))
        assert (copy.mode, copy.format, copy.getchannel("A").getextrema()) == ("RGBA", "PNG", (0, 255))


def test_sixteen_bits_of_grey_do_not_turn_white() -> None:
    copy = only(encoded(Image.new("I;16", (400, 300), 40_000)))
    assert (copy.mode, round(copy.getpixel((9, 9)) / 10)) == ("L", round(40_000 / 257 / 10))


def test_a_profile_goes_along_only_where_it_is_of_these_colours() -> None:
    grey = PROFILE[:16] + b"GRAY" + PROFILE[20:]
    assert "icc_profile" not in only(encoded(noise(), icc_profile=grey)).info
    assert only(encoded(noise("L"), icc_profile=grey)).info["icc_profile"] == grey
    assert "icc_profile" not in only(encoded(noise("L"), icc_profile=PROFILE)).info
    assert "icc_profile" not in only(encoded(noise("CMYK"), "JPEG", icc_profile=b"no profile at all")).info


def test_what_stands_beside_the_pixels_does_not_matter() -> None:
    content = encoded(noise())
    for name, body in ((b"tEXt", b"note\0" + b"a" * 3_000_000), (b"eXIf", b"no such thing"), (b"iCCP", b"x\0\0x")):
        assert only(beside(content, name, body)).format == "JPEG"
    broken = encoded(noise(), "JPEG", exif=b"Exif\0\0no such thing", comment=b"Madrid")
    assert b"Madrid" not in only(broken).info["content"]


@pytest.mark.parametrize(
    ("size", "widest", "goes"),
    [
        ((3000, 100), (1500, 1500), False),  # 50 pixels would be left
        ((3000, 130), (1500, 1500), True),
        ((3000, 20), (3000, 3000), True),  # nothing has to be taken away
        ((1, 1), None, True),
        ((5000, 1), None, True),
    ],
)
def test_what_would_show_nothing_any_more_is_not_made(size: tuple[int, int], widest: Any, goes: bool) -> None:
    limit = replace(LIMIT, widest=widest)
    found = copies(encoded(Image.new("RGB", size)), limit)
    assert bool(found) is goes
    if not goes:
        kept = Media("n", MediaKind.IMAGE, "image/png", 100, "", *size)
        assert list(said(kept, limit))[-1] == "Picture 1: It is too narrow to be made smaller."


def said(file: Media, limit: MediaLimit) -> Sequence[str]:
    return validate_media([file], Capabilities(100, media={MediaKind.IMAGE: limit}), "X")


def test_a_network_that_takes_no_png_gets_none_that_is_seen_through() -> None:
    limit = replace(LIMIT, content_types=frozenset({"image/jpeg"}))
    clear = Image.merge("RGBA", (*noise().split(), Image.new("L", (400, 300), 90)))
    assert copies(encoded(clear), limit) == []
    assert only(encoded(noise()), replace(LIMIT, content_types=frozenset({"image/png"}))).format == "PNG"


def test_no_form_of_it_tells_the_place(networks_take: None) -> None:
    given = encoded(noise("RGB", (1600, 1500)), "JPEG", quality=100, exif=exif(), xmp=XMP, comment=b"Madrid")
    given += b"\0" * 5 * media.MIB
    found = receive_file(io.BytesIO(given))
    leaving = [one.content.read() for one in (found.first, *found.renditions)]
    assert leaving
    assert not [told for told in TELLING for content in leaving if told in content]
    assert found.original
    found.original.content.seek(0)
    assert found.original.content.read() == given


def test_only_a_photo_that_needs_it_is_made_anew(networks_take: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_inspection, "CONVERSION", "/nowhere")
    for content in (media.picture(), media.photo(), media.moving(), media.video()):
        assert not receive_file(io.BytesIO(content)).renditions


def test_where_no_copy_can_be_made_it_still_goes_where_it_is_taken(
    networks_take: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_inspection, "CONVERSION", "/nowhere")
    webp = media.picture("WEBP")  # which a page does not take
    assert receive_file(io.BytesIO(webp)).renditions == []
    with pytest.raises(Invalid, match="no smaller copy can be made"):
        receive_file(io.BytesIO(media.picture() + b"\0" * 6 * media.MIB))


def test_colours_of_ink_become_those_of_a_screen() -> None:
    ink = Image.new("CMYK", (400, 300), (0, 255, 255, 0))
    red, green, blue = only(encoded(ink, "JPEG", quality=95)).getpixel((100, 100))
    assert (red > 180, green < 90, blue < 90) == (True, True, True)
