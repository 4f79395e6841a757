"""Who acts: a member (in the browser or through a token) or the system itself."""

from dataclasses import dataclass

from organizations.models import ApiToken, Member


@dataclass(frozen=True, slots=True)
class System:
    """The product acting on its own, such as `System("scheduler")`."""

    name: str


Actor = Member | System


@dataclass(frozen=True, slots=True)
class ActorLabel:
    kind: str
    id: int | None
    name: str


def actor_label(actor: Actor) -> ActorLabel:
    """How the audit log names an actor, also long after the member has left."""
    if isinstance(actor, System):
        return ActorLabel("system", None, actor.name)
    token: ApiToken | None = getattr(actor, "via_token", None)
    if token is not None:
        return ActorLabel("token", actor.pk, f"{actor.name} ({token.name})")
    return ActorLabel("member", actor.pk, actor.name)
