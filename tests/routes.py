"""The tree of addresses, walked."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver

Route = tuple[str, URLPattern]


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    """Every address, as (path with its <arguments>, pattern)."""
    for one in patterns:
        path = prefix + str(one.pattern).removeprefix("^").removesuffix("$")
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, path)
        else:
            yield path, one
