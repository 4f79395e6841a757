"""A list of people to invite, as a spreadsheet saves it (CSV): read, and each line checked. Nothing is stored here."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.texts.number_format import format_number
from organizations.models import Role

MOST_LINES = 1000
LIST_COLUMNS = ("email", "role", "teams")
ALIASES = {"e-mail": "email", "mail": "email", "e-mail address": "email", "email address": "email", "team": "teams"}


@dataclass(frozen=True, slots=True)
class InvitationLine:
    number: int  # as the spreadsheet counts
    email: str
    role: str
    team_names: tuple[str, ...] = ()
    team_ids: tuple[int, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label) if self.role in Role.values else self.role


def parse_invitation_list(text: str) -> list[InvitationLine]:
    """The lines of a CSV with a head that names email, and perhaps role and teams (several parted by | or ;).

    Raises Invalid (people) where it is no such list at all.
    """
    if "\0" in text:
        raise Invalid({"people": [_("This is not a text file. Save the list as CSV.")]})
    rows = parse_csv_rows(text.lstrip("\ufeff"))
    head = next(rows, None)
    names = [ALIASES.get(name.strip().lower(), name.strip().lower()) for name in head[1]] if head else []
    if "email" not in names:
        raise Invalid({"people": [_("Begin with a line that names the columns: email, role, teams.")]})
    lines = [
        parse_invitation_line(number, dict(zip(names, cells, strict=False))) for number, cells in rows if any(cells)
    ]
    if not lines:
        raise Invalid({"people": [_("There is nobody on this list.")]})
    if len(lines) > MOST_LINES:
        raise Invalid({"people": [_("Invite at most %s people at once.") % format_number(MOST_LINES)]})
    return lines


def parse_csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        raise Invalid({"people": [_("Line %s cannot be read.") % format_number(reader.line_num)]}) from None


def parse_invitation_line(number: int, cells: Mapping[str, str]) -> InvitationLine:
    teams = tuple(
        name for part in cells.get("teams", "").split("|") for one in part.split(";") if (name := one.strip())
    )
    return InvitationLine(number, cells.get("email", "").lower(), cells.get("role", "").lower() or Role.MEMBER, teams)


def checked_line(
    line: InvitationLine, *, rank: int, taken: Mapping[str, str], teams: Mapping[str, int], seen: set[str]
) -> InvitationLine:
    """The line with its problems. `taken` says of an address why it cannot be invited; `seen` collects the others."""
    problems = [*address_problems(line.email, taken, seen), *role_problems(line.role, rank)]
    unknown_names = [name for name in line.team_names if name.lower() not in teams]
    problems += [_("There is no team “%s”.") % name[:80] for name in unknown_names]
    ids = tuple(teams[name.lower()] for name in line.team_names if name.lower() in teams)
    seen.add(line.email)
    return InvitationLine(line.number, line.email, line.role, line.team_names, ids, problems)


def address_problems(email: str, taken: Mapping[str, str], seen: set[str]) -> list[str]:
    try:
        validate_email(email)
    except ValidationError:
        return [_("Give a whole e-mail address.")]
    if len(email) > 254:
        return [_("Give a whole e-mail address.")]
    if email in seen:
        return [_("This address stands on the list twice.")]
    return [taken[email]] if email in taken else []


def role_problems(role: str, rank: int) -> list[str]:
    if role not in Role.values:
        return [_("Choose one of %s.") % ", ".join(Role.values)]
    return [_("Only an owner can do that.")] if Role(role).rank > rank else []
