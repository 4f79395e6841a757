"""The people one can speak as on a practice network."""

import re
import unicodedata
from dataclasses import dataclass

from foundation.errors import Invalid
from networks.sandbox.accounts import find_or_create_account
from networks.sandbox.models import Account


@dataclass(frozen=True, slots=True)
class Persona:
    handle: str
    name: str
    manner: str


PERSONAS = (
    Persona("nora_hikes", "Nora Lindqvist", "a regular, friendly"),
    Persona("marco.trails", "Marco Bellini", "asks before he buys"),
    Persona("june_outside", "June Okafor", "enthusiastic"),
    Persona("grumpy_tom", "Tom Hargreaves", "had a bad week"),
    Persona("press_ines", "Inés Ferrer", "a journalist"),
)


def persona_account(network: str, *, handle: str = "", name: str = "") -> Account:
    """The audience account of a known persona (`handle`) or of whoever was typed (`name`). Raises Invalid (name)."""
    name = " ".join(name.split())[:60]
    known = next((one for one in PERSONAS if one.name == name or (one.handle == handle and not name)), None)
    if known:
        return audience_account(network, known.handle, known.name)
    if not any(char.isalnum() for char in name) or not name.isprintable():
        raise Invalid({"name": ["Choose somebody, or give a name with letters."]})
    return audience_account(network, handle_from_name(name), name)


def audience_account(network: str, handle: str, name: str) -> Account:
    """Never one of the organization's own: whoever bears its name becomes a fan of it."""
    account = find_or_create_account(network, handle, name=name, is_audience=True)
    return (
        account
        if account.is_audience
        else find_or_create_account(network, f"{handle}_fan", name=name, is_audience=True)
    )


def handle_from_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or f"fan_{sum(map(ord, name))}"
