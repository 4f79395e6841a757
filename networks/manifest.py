"""What an adapter's folder says of its network: the shape of every `manifest.py`.

Settings are made from manifests, so nothing here, and nothing that a manifest imports, may need them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from foundation.env import Env
from networks.contract import InboundKind

_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class WrongManifest(ValueError):
    """A manifest that cannot be used. Its message says of which network, and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSetting:
    """One variable of the environment, the operator's own."""

    variable: str
    """Its name in the environment."""
    means: str
    """What it is for, in words that complete a table."""
    key: str = ""
    """Its name in `Access.app`. That of the handshake's token is `verify_token`."""
    default: str = ""
    """Its value where the environment has none."""
    needed: bool = False
    """Whether profiles lose their sign-in, or pushes, without it: `doctor` then asks for it."""
    parse: Callable[[str], str] = str
    """Makes its value of what was given. Raises ValueError."""
    expected: str = "a text"
    """What `parse` takes, in words."""

    def read(self, env: Env) -> str:
        """Raises WrongSetting."""
        return env.parsed(self.variable, self.parse, self.expected, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFields:
    """One set of fields with which a profile is connected, as JSON texts."""

    needed: tuple[str, ...]
    """Those that must be given."""
    optional: tuple[str, ...] = ()
    """Those that may be given, such as `expires_at` (RFC 3339, or seconds since 1970)."""


@dataclass(frozen=True, slots=True)
class NetworkPermission:
    """A permission that a person gives our app on the network."""

    name: str
    """As the network calls it."""
    purpose: str
    """What it is for, in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProfile:
    """A profile that the demo has on the network's practice side."""

    organization: str
    """The slug of the demo organization that it belongs to."""
    handle: str
    """As on the network, and no other profile's of that organization: the demo's texts name profiles by it."""
    name: str
    """As people see it."""
    place: int = 100
    """Where it stands among the organization's profiles, lowest first."""
    teams: tuple[str, ...] = ()
    """The demo's teams that are tasked with it, by name: in northwind `Brand` and `Care`."""
    posts: tuple[tuple[int, int, str], ...] = ()
    """What it said besides, in northwind: how many days ago, at which hour (of that zone), in which words."""


def last_number_in_path(permalink: str) -> str:
    """The last number in an address's path, or two with a line between them; empty where there is none."""
    numbers = re.findall(r"\d+(?:_\d+)?", urlsplit(permalink).path)
    return numbers[-1] if numbers else ""


def id_from_permalink(permalink: str, remote_id: str) -> str:
    """What most networks' addresses end with."""
    return last_number_in_path(permalink)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that is known of a network outside of its adapter."""

    network: str
    """Its name in addresses, tables and REST: 1 to 20 of a-z, 0-9 and _, a letter first. Never changed."""
    label: str
    """Its name as it spells itself."""
    place: int = 100
    """Where people see it among the others, lowest first; then by `network`."""
    mark: Path
    """A file of one SVG, 16 by 16 units, drawn in `currentColor`."""
    colour: str = ""
    """Its own colour, as # and six hexadecimal digits in lower case; empty where it has none. Marks take the text's."""
    adapter: str
    """The dotted name of its `networks.contract.Adapter`, imported when it is first wanted."""
    dialect: str = ""
    """The dotted name of its `networks.sandbox.dialects.dialect.Dialect`; empty where it cannot be practised."""
    address: NetworkSetting
    """The base of every call. Its value is an http or https address, without a slash at its end."""
    settings: tuple[NetworkSetting, ...] = ()
    """The operator's app; each has a `key`."""
    credentials: tuple[CredentialFields, ...]
    """Any one of these sets is enough. Forms show the first."""
    id_field: str = ""
    """The field of the credentials that is the profile's id on the network; empty where only the network says it."""
    scopes: tuple[NetworkPermission, ...] = ()
    """What a person is asked to allow."""
    push_secret: str = ""
    """The `key` of the setting that signs what the network pushes; empty where it pushes nothing."""
    id_in: Callable[[str, str], str] = id_from_permalink
    """(address of a post or comment, the profile's remote id) -> its id as the adapter has it, empty where it cannot be
    read. Pure."""
    default_inbound_kind: InboundKind = InboundKind.MENTION
    """As what people mostly write to a profile; bulk data is made so."""
    counted: Mapping[str, str] = field(default_factory=dict)
    """{key of a metric: what it counts here besides what its name says}, as words in the middle of a sentence."""
    loggers: tuple[str, ...] = ()
    """Loggers of its libraries that would print tokens below WARNING."""
    demo: tuple[DemoProfile, ...] = ()
    """Its part in the demo."""

    def __post_init__(self) -> None:
        """Raises WrongManifest."""
        keys = [one.key for one in self.settings]
        fields = {name for one in self.credentials for name in one.needed}
        wrong = {
            "network: 1 to 20 of a-z, 0-9 and _, a letter first": not _KEY.fullmatch(self.network),
            "colour: # and six hexadecimal digits in lower case": self.colour and not _COLOUR.fullmatch(self.colour),
            "settings: a key for each, and none twice": not all(keys) or len({*keys}) < len(keys),
            "push_secret: the key of a setting": self.push_secret and self.push_secret not in keys,
            "credentials: at least one set": not self.credentials,
            "dialect: one, for its part in the demo": self.demo and not self.dialect,
            "id_field: a field of the credentials": self.id_field and self.id_field not in fields,
        }
        if found := next((expected for expected, is_wrong in wrong.items() if is_wrong), ""):
            raise WrongManifest(f"the manifest of {self.network!r} needs {found}")

    def read_app(self, env: Env) -> dict[str, str]:
        """What `Access.app` holds. Raises WrongSetting."""
        return {one.key: one.read(env) for one in self.settings}

    def read_address(self, env: Env) -> str:
        """Raises WrongSetting."""
        return env.url(self.address.variable, self.address.default)

    @property
    def variables(self) -> tuple[NetworkSetting, ...]:
        """Every variable of the environment that it has."""
        return (self.address, *self.settings)
