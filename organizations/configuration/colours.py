"""Whether white letters can be read on a colour (WCAG 2.2, relative luminance and contrast). Pure."""

import re

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")
READABLE_CONTRAST = 4.5  # AA for letters of any size


def contrast_with_white(colour: str) -> float:
    """1.0 (white on white) to 21.0 (on black). `colour` is "#rrggbb"."""
    return 1.05 / (relative_luminance(colour) + 0.05)


def relative_luminance(colour: str) -> float:
    red, green, blue = (linearize_channel(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linearize_channel(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def readable_shade(colour: str) -> str:
    """The lightest shade of the same hue on which white letters can be read."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for percent in range(100, -1, -1):
        shade = "#" + "".join(f"{part * percent // 100:02x}" for part in parts)
        if contrast_with_white(shade) >= READABLE_CONTRAST:
            return shade
    return "#000000"
