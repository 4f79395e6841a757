"""Which conversations are asked for: the same names in a page's address and in the REST surface. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from foundation.texts.ids import parse_id
from networks.contract import InboundKind

CONVERSATION_STATES = ("open", "closed")
CONVERSATION_KINDS = tuple(str(kind) for kind in InboundKind)
ME, NOBODY = "me", "none"


@dataclass(frozen=True, slots=True)
class ConversationFilters:
    """None means that it does not matter."""

    state: str | None = None
    assignee: str | None = None  # me, none or a member's id
    team: int | None = None
    profile: int | None = None
    kind: str | None = None
    q: str = ""

    @classmethod
    def of_page(cls, params: Mapping[str, str]) -> Self:
        """Open ones unless told otherwise; what makes no sense is passed over."""
        state = params.get("state", "open")
        assignee = params.get("assignee")
        return cls(
            state=None if state == "all" else state if state in CONVERSATION_STATES else "open",
            assignee=assignee if assignee in (ME, NOBODY) or parse_id(assignee) else None,
            team=parse_id(params.get("team")),
            profile=parse_id(params.get("profile")),
            kind=params["kind"] if params.get("kind") in CONVERSATION_KINDS else None,
            q=params.get("q", "").replace("\0", "").strip()[:200],
        )

    def as_params(self) -> dict[str, str]:
        """What `of_page` reads back."""
        state = {None: "all", "open": None}.get(self.state, self.state)
        found = {
            "state": state,
            "assignee": self.assignee,
            "team": self.team,
            "profile": self.profile,
            "kind": self.kind,
            "q": self.q,
        }
        return {name: str(value) for name, value in found.items() if value}

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)
