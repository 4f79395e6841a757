"""The notes that files carry beside their pixels, EXIF, XMP and IPTC, without the place. Pure.

Each keeps its length, so that nothing else in a file moves: what points from one place to another stays right.
"""

import re
import struct

_GPS = 0x8825
_ENTRY = 12  # bytes
_MOST_DIRECTORIES = 10
_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # of one value, by its kind
_PLACES = re.compile(rb"GPS(L|Dest|Area)|photoshop:(City|State|Country)|Iptc4xmp(Core|Ext):(Location|CountryCode)")
_CITY = re.compile(
    rb"\x1c\x02[\x1a\x1b\x5a\x5c\x5f\x64\x65]"
)  # place codes and names, city, sublocation, state, country


def has_place_note(xmp: bytes) -> bool:
    """In whatever characters it is written."""
    return bool(_PLACES.search(xmp.replace(b"\0", b"")))


def has_city_code(iptc: bytes) -> bool:
    return bool(_CITY.search(iptc))


def without_gps(exif: bytes) -> bytes:
    """The same notes, as long as before. What cannot be read says nothing to anybody: it is emptied."""
    start = 6 if exif.startswith(b"Exif\0\0") else 0
    try:
        return exif[:start] + _empty_gps(exif[start:])
    except (struct.error, LookupError):
        return exif[:start] + bytes(len(exif) - start)


def _empty_gps(tiff: bytes) -> bytes:
    order = {b"II*\0": "<", b"MM\0*": ">"}[tiff[:4]]
    kept, at = bytearray(tiff), struct.unpack_from(order + "I", tiff, 4)[0]
    for _directory in range(_MOST_DIRECTORIES):
        if not at:
            return bytes(kept)
        count = struct.unpack_from(order + "H", kept, at)[0]
        for entry in reversed(range(at + 2, at + 2 + count * _ENTRY, _ENTRY)):
            tag, _kind, _many, found = struct.unpack_from(order + "HHII", kept, entry)
            if tag == _GPS:
                _empty_directory(kept, tiff, order, found)
                _remove_entry(kept, order, at, entry)
        count = struct.unpack_from(order + "H", kept, at)[0]
        at = struct.unpack_from(order + "I", kept, at + 2 + count * _ENTRY)[0]
    raise LookupError("Directories that lead in a circle.")


def _empty_directory(kept: bytearray, tiff: bytes, order: str, at: int) -> None:
    """Its entries, and what they point at."""
    count = struct.unpack_from(order + "H", tiff, at)[0]
    for entry in range(at + 2, at + 2 + count * _ENTRY, _ENTRY):
        _tag, kind, many, found = struct.unpack_from(order + "HHII", tiff, entry)
        length = _LENGTHS.get(kind, 1) * many
        if length > 4:
            _blank_bytes(kept, found, length)
    _blank_bytes(kept, at, 2 + count * _ENTRY + 4)


def _remove_entry(kept: bytearray, order: str, at: int, entry: int) -> None:
    """Those after it, and where the next directory is, move up to its place."""
    count = struct.unpack_from(order + "H", kept, at)[0]
    if not count:  # emptied as a part of the place
        return
    end = at + 2 + count * _ENTRY + 4
    kept[entry:end] = kept[entry + _ENTRY : end] + bytes(_ENTRY)
    struct.pack_into(order + "H", kept, at, count - 1)


def _blank_bytes(kept: bytearray, start: int, length: int) -> None:
    end = min(start + length, len(kept))
    if start < end:
        kept[start:end] = bytes(end - start)
