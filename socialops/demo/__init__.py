"""Two organizations to look around in: who is in them, and how to sign in."""

from dataclasses import dataclass

DEMO_PASSWORD = "try-socialops-out"  # noqa: S105 - it is printed at the start, and opens nothing but the demo


@dataclass(frozen=True, slots=True)
class SignIn:
    email: str
    name: str
    organization: str
    role: str
    may: str


SIGN_INS = (
    SignIn("olive@northwind.example", "Olive Navarro", "northwind", "owner", "owner: everything"),
    SignIn(
        "lena@northwind.example", "Lena Fischer", "northwind", "member", "leads the team Care, manages the profiles"
    ),
    SignIn("priya@northwind.example", "Priya Nair", "northwind", "member", "publishes and replies"),
    SignIn("ed@northwind.example", "Ed Novak", "northwind", "member", "writes drafts, asks for approval"),
    SignIn("ava@northwind.example", "Ava Romero", "northwind", "member", "leads the team Brand, approves"),
    SignIn("cole@northwind.example", "Cole Jensen", "northwind", "member", "answers the inbox with Care"),
    SignIn("ana@northwind.example", "Ana Duarte", "northwind", "member", "reads the numbers"),
    SignIn("vic@northwind.example", "Vic Laurent", "northwind", "viewer", "may look, and nothing else"),
    SignIn(
        "mallory@globex.example", "Mallory Reyes", "globex", "owner", "another organization: sees nothing of Northwind"
    ),
)


def format_sign_ins() -> str:
    """What people are told at the start."""
    wide = max(len(one.email) for one in SIGN_INS)
    lines = [f"  {one.email:<{wide}}  {one.may}" for one in SIGN_INS]
    return "\n".join(["Demo sign-ins, all with the password " + DEMO_PASSWORD, *lines])
