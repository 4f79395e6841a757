"""Graph's `fields`: names with arguments and inner fields, such as `comments.limit(0).summary(true),from{id}`."""

import re
from dataclasses import dataclass

from networks.sandbox.dialects.facebook.refusals import invalid_parameter

_FIELD = re.compile(r"(?P<name>\w+)(?P<arguments>(?:\.\w+\([^()]*\))*)(?:\{(?P<inner>[\w,{}().]*)\})?")
_ARGUMENT = re.compile(r"\.(\w+)\(([^()]*)\)")
_LONGEST_LIST = 2_000


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    arguments: dict[str, str]


def parse_fields(given: str) -> list[Field]:
    """What is asked for, inner fields left aside: an inner object is always shown whole."""
    if len(given) > _LONGEST_LIST:
        raise invalid_parameter("Syntax error: the field list is too long")
    return [parse_field(one) for one in split_fields(given)]


def split_fields(given: str) -> list[str]:
    parts, depth = [""], 0
    for char in given:
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]


def parse_field(given: str) -> Field:
    found = _FIELD.fullmatch(given)
    if not found:
        raise invalid_parameter(f'Syntax error "Expected name at {given[:40]}"')
    return Field(found["name"], dict(_ARGUMENT.findall(found["arguments"])))
