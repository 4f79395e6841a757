"""What is done in many places is written in one: whoever needs it calls it."""

import re

import pytest

from tests.source import ROOT, product_modules

# what is asked: where it stands (and what else may say it), what to call
ONCE = {
    r"ObjectPermission\b|guardian\.(models|shortcuts)|\b(user|group)objectpermission": (
        {"teams/rights/grant_rows.py", "networks/models/grants.py", "networks/models/__init__.py"},
        "own_grants, team_grants or verbs_by of teams/rights/grant_rows.py",
    ),
    r"isascii\(\) and (not )?\w+\.is(decimal|digit)\(\)": (
        {"foundation/texts/ids.py"},
        "parse_id or parse_number of foundation/texts/ids.py",
    ),
    r"Role\.OWNER, Role\.ADMIN\b": (
        {"organizations/models/member.py"},
        "list_admins of organizations/queries/people.py, or ADMIN_ROLES",
    ),
    r"\bdatetime\.fromisoformat\(|\bparse_datetime\b": (
        {"foundation/texts/dates.py", "socialops/backup/archive.py"},  # an archive says the time as we wrote it
        "parse_moment or parse_zoned_moment of foundation/texts/dates.py",
    ),
    r"\bEmailMultiAlternatives\(": (
        {"organizations/notifications/mail_messages.py"},
        "build_message of organizations/notifications/mail_messages.py",
    ),
    r"\bredirect\(\"[^)]*request\.member\.organization\.slug": (
        set(),
        "redirect_within of organizations/gates.py",
    ),
    r"\bfor _batch in range\(": (
        {"foundation/database/purges.py"},
        "purge_in_batches of foundation/database/purges.py",
    ),
    r"DoesNotExist, (ValueError|TypeError|OverflowError)\b": (
        {"foundation/database/lookups.py"},
        "get_or_not_found of foundation/database/lookups.py",
    ),
}


@pytest.mark.parametrize("asked", ONCE)
def test_it_is_written_once(asked: str) -> None:
    allowed, instead = ONCE[asked]
    wrong = [
        f"{name}:{number}: {line.strip()}"
        for path, _module in product_modules()
        if (name := str(path.relative_to(ROOT))) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(asked, line)
    ]
    assert not wrong, f"Call {instead}:\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "line",
    [
        "ProfileUserObjectPermission.objects.filter(user=user)",
        "if text.isascii() and text.isdecimal():",
        "Member.objects.filter(role__in=(Role.OWNER, Role.ADMIN))",
        "at = datetime.fromisoformat(text)",
        "message = EmailMultiAlternatives(subject)",
        'return redirect("teams:list", request.member.organization.slug)',
        "for _batch in range(BATCHES):",
        "except (Team.DoesNotExist, ValueError):",
    ],
)
def test_an_offence_is_found(line: str) -> None:
    assert [asked for asked in ONCE if re.search(asked, line)]
