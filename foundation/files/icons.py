"""Lucide's icons. Its own tag reads the list of all 1,700 anew for each: seconds before the first page is drawn."""

from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree  # of a package that is pinned by its hash
from zipfile import ZipFile

SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"


@cache
def icon_archive() -> ZipFile:
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


def render_icon(name: str, size: int, attributes: dict[str, str]) -> str:
    """The icon as SVG to stand within HTML: how all icons are drawn says the stylesheet, once for the dozens of a page.

    Raises KeyError for a name that Lucide does not have.
    """
    svg = ElementTree.fromstring(icon_archive().read(f"{name}.svg"))  # noqa: S314  # as above
    for node in svg.iter():
        node.tag = node.tag.removeprefix(SVG_NAMESPACE)
        node.text = node.tail = None  # line breaks and indents
    view = {"viewBox": svg.attrib["viewBox"]}
    svg.attrib.clear()
    svg.attrib.update({"class": "icon", "width": str(size), "height": str(size), **view, **attributes})
    return ElementTree.tostring(svg, encoding="unicode")
