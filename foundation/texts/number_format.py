"""How numbers read in sentences and pages: "1,234", everywhere. What programs read (REST, CSV) has them bare. Pure."""

from collections.abc import Mapping


def format_number(number: float) -> str:
    return f"{number:,}"


def format_numbers(facts: Mapping[str, object]) -> dict[str, object]:
    """The same facts for a sentence, with its numbers spelt."""
    return {name: format_number(value) if isinstance(value, (int, float)) else value for name, value in facts.items()}
