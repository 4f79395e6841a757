"""The place goes out of every kind of file that can tell it, and nothing else does."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageSequence
from pymediainfo import MediaInfo

from publishing.media.file_inspection import inspect_file, strip_position
from tests import media
from tests.publishing.test_causes import beside

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description exif:GPSLatitude="40,25.2N"'
    b' exif:GPSLongitude="3,42W" photoshop:City="Madrid"/></rdf:RDF></x:xmpmeta>'
)
PLAIN_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description dc:creator="Ed"/></x:xmpmeta>'
# None shorter: a megabyte of noise holds any three bytes.
TELLING = (b"GPSLat", b"Madrid", b"40,25.2N", b"+40.4", b"\x1c\x02\x5a\0\x06")


def exif(order: str = ">", *, located: bool = True) -> Image.Exif:
    """As a phone writes it: on its side, with its maker, its time, its place."""
    found = Image.Exif()
    found.endian = order
    found[0x0112], found[0x010F] = 6, "Phone of a maker"
    found.get_ifd(0x8769)[0x9003] = "2026:11:01 08:00:00"
    if located:
        found.get_ifd(0x8825).update({1: "N", 2: (40.0, 25.0, 12.0), 3: "W", 4: (3.0, 42.0, 1.0), 27: b"GPS by Madrid"})
    return found


def drawn() -> Image.Image:
    return Image.effect_noise((40, 30), 90).convert("RGB")


def saved(form: str, **more) -> bytes:
    out = BytesIO()
    drawn().save(out, form, icc_profile=PROFILE, **more)
    return out.getvalue()


def raw_profile() -> bytes:
    """As ImageMagick keeps EXIF in a PNG."""
    told = (b"Exif\0\0" + exif().tobytes().removeprefix(b"Exif\0\0")).hex().encode()
    return b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n%8d\n" % (len(told) // 2) + told + b"\n")


def iptc() -> bytes:
    """A JPEG whose city stands in its IPTC."""
    record = b"\x1c\x02\x5a\0\x06Madrid"
    body = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0" * (len(record) % 2)
    jpeg = saved("JPEG", quality=90)
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def several() -> bytes:
    """A phone's photo with a second picture behind it, each with the place."""
    out = BytesIO()
    drawn().save(out, "MPO", save_all=True, append_images=[drawn()], exif=exif(), icc_profile=PROFILE)
    second = BytesIO()
    drawn().save(second, "JPEG", exif=exif())
    content = out.getvalue()
    return content[: content.rindex(b"\xff\xd8")] + second.getvalue()


def gif() -> bytes:
    content = media.moving()
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    end = content.rindex(b";")
    return content[:end] + b"\x21\xff\x0bXMP DataXMP" + XMP + trailer + content[end:]


LOCATED = {
    "jpeg": saved("JPEG", exif=exif(), quality=90),
    "jpeg, little end first": saved("JPEG", exif=exif("<"), quality=90),
    "jpeg xmp": saved("JPEG", exif=exif(), xmp=XMP),
    "jpeg iptc": iptc(),
    "mpo": several(),
    "png": saved("PNG", exif=exif()),
    "png, little end first": saved("PNG", exif=exif("<")),
    "png xmp": beside(saved("PNG"), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    "png packed xmp": beside(saved("PNG"), b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
    "png note": beside(saved("PNG"), b"tEXt", b"Comment\0" + XMP),
    "png raw profile": beside(saved("PNG"), b"zTXt", raw_profile()),
    "webp": saved("WEBP", exif=exif(), xmp=XMP, lossless=True),
    "webp, lossy": saved("WEBP", exif=exif("<"), quality=80),
    "gif": gif(),
}


def place_of(image: Image.Image) -> dict:
    return image.getexif().get_ifd(0x8825)


def frames(content: bytes) -> list[bytes]:
    return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(Image.open(BytesIO(content)))]


@pytest.mark.parametrize("given", LOCATED.values(), ids=LOCATED)
def test_the_place_goes_and_the_pixels_stay(given: bytes) -> None:
    kept = strip_position(BytesIO(given), inspect_file(BytesIO(given))).read()
    before, after = Image.open(BytesIO(given)), Image.open(BytesIO(kept))
    assert kept != given
    assert not place_of(after)
    assert not any(telling in kept for telling in TELLING)
    assert b"GPSLatitude" not in b"".join(str(value).encode() for value in after.info.values())
    assert frames(kept) == frames(given)
    assert after.info.get("icc_profile") == before.info.get("icc_profile")
    for tag in (0x0112, 0x010F):
        assert after.getexif().get(tag) == before.getexif().get(tag)
    assert after.getexif().get_ifd(0x8769) == before.getexif().get_ifd(0x8769)
    assert strip_position(BytesIO(kept), inspect_file(BytesIO(kept))).read() == kept


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_tells_no_place_is_kept_as_it_came(form: str) -> None:
    plain = exif(located=False)
    more = {"xmp": PLAIN_XMP} if form != "PNG" else {}
    for given in (saved(form, exif=plain, **more), beside(saved("PNG"), b"tEXt", b"Comment\0A hut")):
        assert strip_position(BytesIO(given), inspect_file(BytesIO(given))).read() == given


def test_no_second_picture_tells_the_place() -> None:
    given = several()
    kept = strip_position(BytesIO(given), inspect_file(BytesIO(given))).read()
    image = Image.open(BytesIO(kept[kept.rindex(b"\xff\xd8") :]))
    assert len(kept) == len(given)
    assert image.getexif()[0x0112] == 6
    assert not place_of(image)


def moved(*beside_tracks: bytes) -> bytes:
    """A video with more in its `moov`, which stands behind what its table of places points at."""
    content = media.video()
    at = content.index(b"moov") - 4
    length = struct.unpack(">I", content[at : at + 4])[0]
    head, movie, rest = content[:at], content[at + 8 : at + length], content[at + length :]
    return head + media.box(b"moov", movie, *beside_tracks) + rest


PLACE = b"+40.4200-003.7000/"
KEY = b"com.apple.quicktime.location.ISO6709"
APPLE = media.box(
    b"meta",
    media.full(b"hdlr", b"\0" * 4, b"mdta", b"\0" * 13),
    media.full(b"keys", struct.pack(">I", 2), media.box(b"mdta", b"com.apple.quicktime.make"), media.box(b"mdta", KEY)),
    media.box(
        b"ilst",
        media.box(struct.pack(">I", 1), media.box(b"data", struct.pack(">II", 1, 0), b"Phone")),
        media.box(struct.pack(">I", 2), media.box(b"data", struct.pack(">II", 1, 0), PLACE)),
    ),
)
ANDROID = media.box(b"udta", media.box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7), PLACE), media.box(b"\xa9mak", b"\0\5\0\0Phone"))  # fmt: skip
GPP = media.box(b"udta", media.full(b"loci", b"\x15\xc7Madrid\0\0" + struct.pack(">iii", -3 << 16, 40 << 16, 0)))
XMP_ID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@pytest.mark.parametrize(
    "given",
    [moved(APPLE), moved(ANDROID), moved(GPP), moved(media.box(b"uuid", XMP_ID, XMP)), media.video() + media.box(b"uuid", XMP_ID, XMP)],
    ids=["apple", "android", "3gpp", "xmp", "xmp at the end"],
)  # fmt: skip
def test_a_video_loses_the_place_and_nothing_else(given: bytes) -> None:
    found = inspect_file(BytesIO(given))
    kept = strip_position(BytesIO(given), found).read()
    assert len(kept) == len(given)
    assert not any(telling in kept for telling in (PLACE, b"Madrid", b"GPSL"))
    assert (b"Phone" in kept) is (b"Phone" in given)
    assert "40.42" not in str(MediaInfo.parse(BytesIO(kept)).to_data())
    assert inspect_file(BytesIO(kept)) == found
    assert kept[kept.index(b"mdat") :][:12] == given[given.index(b"mdat") :][:12]


@pytest.mark.parametrize("number", range(60))
def test_what_is_broken_on_purpose_is_looked_through_and_no_pixel_changes(number: int) -> None:
    """Bytes of the notes changed one after another: never an error of ours, never another picture."""
    given = bytearray(LOCATED[["jpeg", "png", "webp"][number % 3]])
    at = given.index(b"MM\0*") + 4 + number // 3 * 7
    given[at : at + 2] = b"\xff\xfe"
    if number % 3 == 1:
        start = given.index(b"eXIf")
        length = struct.unpack(">I", given[start - 4 : start])[0]
        given[start + 4 + length : start + 8 + length] = struct.pack(
            ">I", zlib.crc32(given[start : start + 4 + length])
        )
    content = bytes(given)
    kept = strip_position(BytesIO(content), inspect_file(BytesIO(content))).read()
    assert frames(kept) == frames(content)
