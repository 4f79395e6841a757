"""Pictures for the demo, drawn when it is founded: ridges behind one another under a sky, each time the same."""

import math
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

PICTURE_SIZE = (1200, 800)
RIDGE_STEP = 12  # pixels between two points of a ridge
JPEG_QUALITY = 82

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    above: Colour  # the sky, high
    below: Colour  # and where it meets the ridges
    far: Colour
    near: Colour
    sun: tuple[int, int] | None = None  # its middle


SCENES = {
    "dawn": Scene((92, 122, 168), (250, 205, 170), (150, 150, 180), (38, 52, 72), sun=(1030, 340)),
    "snow": Scene((176, 204, 228), (240, 245, 250), (205, 218, 232), (92, 112, 138)),
    "forest": Scene((196, 218, 206), (238, 240, 222), (148, 182, 158), (34, 74, 58), sun=(310, 210)),
    "dusk": Scene((52, 48, 92), (226, 140, 112), (118, 92, 132), (32, 26, 48)),
}
RIDGES = 5


def draw_scene(name: str) -> BytesIO:
    """A JPEG of that scene."""
    scene = SCENES[name]
    picture = draw_sky(scene)
    pen = ImageDraw.Draw(picture)
    if scene.sun:
        x, y = scene.sun
        pen.ellipse((x - 54, y - 54, x + 54, y + 54), fill=(255, 244, 214))
    for ridge in range(RIDGES):
        line = [(x, ridge_height(x, ridge)) for x in range(0, PICTURE_SIZE[0] + RIDGE_STEP, RIDGE_STEP)]
        pen.polygon(
            [(0, PICTURE_SIZE[1]), *line, PICTURE_SIZE], fill=mix_colours(scene.far, scene.near, ridge / (RIDGES - 1))
        )
    out = BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return out


def draw_sky(scene: Scene) -> Image.Image:
    column = Image.new("RGB", (1, PICTURE_SIZE[1]))
    for y in range(PICTURE_SIZE[1]):
        column.putpixel((0, y), mix_colours(scene.above, scene.below, min(1.0, y / (PICTURE_SIZE[1] * 0.6))))
    return column.resize(PICTURE_SIZE)


def ridge_height(x: int, ridge: int) -> float:
    """Of a ridge's edge, from the top: three waves, the nearer the lower and the wider."""
    waves = (60.0, 310 + 90 * ridge), (26.0, 127 + 31 * ridge), (9.0, 41 + 5 * ridge)
    return 330 + 88 * ridge + sum(deep * math.sin(x / wide * math.tau + 2.3 * ridge) for deep, wide in waves)


def mix_colours(one: Colour, other: Colour, share: float) -> Colour:
    first, second, third = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return first, second, third
