"""Reads settings from the environment. A wrong value stops the start and names the variable and what was expected."""

import builtins
import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


class WrongSetting(SystemExit):
    """Ends the process with one readable line on stderr and status 1, whichever program imported the settings."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")


class Env:
    """Typed look-ups in one mapping of variables (the process environment unless told otherwise)."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self.variables = os.environ if variables is None else variables

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.variables.get(name)
        if value is None:
            return default
        if value.strip().lower() in TRUE_WORDS:
            return True
        if value.strip().lower() in FALSE_WORDS:
            return False
        raise WrongSetting(name, f"expected True or False, got {value!r}")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise WrongSetting(name, f"expected a whole number from {least} to {most}, got {value!r}")
        return int(value)

    def list(self, name: str, default: str = "") -> list[str]:
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def url(self, name: str, default: str = "", *, schemes: tuple[str, ...] = ("http", "https")) -> str:
        value = self.text(name, default)
        if value and not is_url(value, schemes):
            raise WrongSetting(name, f"expected an address beginning with {' or '.join(s + '://' for s in schemes)}")
        return value.rstrip("/") if schemes == ("http", "https") else value

    def origin(self, name: str, default: str) -> str:
        value = self.url(name, default)
        if value != "{0.scheme}://{0.netloc}".format(urlsplit(value)):
            raise WrongSetting(name, "expected scheme, host and perhaps port, without a path")
        return value

    def hosts(self, name: str) -> builtins.list[str]:
        found = self.list(name)
        if any(re.search(r"[\s/]", host) for host in found):
            raise WrongSetting(name, "expected host names, comma-separated, without a scheme")
        return found

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise WrongSetting(name, f"expected one of {', '.join(choices)}, got {value!r}")
        return value

    def parsed(self, name: str, parse: Callable[[str], T], expected: str, default: str = "") -> T:
        """Applies `parse` and turns its ValueError into a `WrongSetting` that says `expected`."""
        try:
            return parse(self.text(name, default))
        except ValueError as error:
            raise WrongSetting(name, f"expected {expected}") from error


def is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it raises ValueError for a port that is no number
    except ValueError:
        return False
    if parts.scheme in ("redis", "rediss") and not (parts.path.strip("/") or "0").isdigit():
        return False  # the path is the number of the database
    return parts.scheme in schemes and bool(parts.netloc or parts.path.strip("/")) and not re.search(r"\s", value)


def parse_rate(value: str) -> tuple[int, int]:
    """'1200/min' -> (1200, 60): calls, seconds. Raises ValueError."""
    seconds = {"s": 1, "sec": 1, "min": 60, "m": 60, "hour": 3600, "h": 3600, "day": 86400, "d": 86400}
    count, _, period = value.partition("/")
    if period not in seconds or not count.isdigit() or int(count) < 1:
        raise ValueError(value)
    return int(count), seconds[period]


def parse_version(value: str) -> str:
    """'v25.0', as it stands in addresses. Raises ValueError."""
    if not re.fullmatch(r"v[0-9]+\.[0-9]+", value):
        raise ValueError(value)
    return value


def parse_folder(value: str) -> Path:
    """'file:///srv/media' -> that path. Raises ValueError."""
    parts = urlsplit(value)
    folder = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc or parts.query or not folder.is_absolute() or "\0" in str(folder):
        raise ValueError(value)
    if folder.exists() and not folder.is_dir():
        raise ValueError(value)
    return folder


def parse_dns_server(value: str) -> tuple[str, int] | None:
    """'9.9.9.9:5353' or '[::1]:53' -> address, port; None for nothing. Raises ValueError."""
    if not value:
        return None
    parts = urlsplit(f"//[{value}]" if value.count(":") > 1 and "[" not in value else f"//{value}")
    if parts.netloc.partition("@")[1] or parts.path or parts.query or parts.fragment or not parts.hostname:
        raise ValueError(value)
    return str(ip_address(parts.hostname)), parts.port or 53
