"""Writes posts as the product's own actions do, with what is said of them as keywords."""

from dataclasses import fields
from typing import Any

from organizations.actors import Actor
from organizations.models import Member
from publishing.actions import compose, next_steps
from publishing.composing.post_input import PostInput
from publishing.models import Post

NAMES = {field.name for field in fields(PostInput)}


def create_post(actor: Member, **said: Any) -> Post:
    given, more = split(said)
    return compose.create_post(actor, given, **more)


def edit_post(actor: Actor, post: Post, **said: Any) -> Post:
    given, more = split(said)
    return compose.edit_post(actor, post, given, **more)


def write_post(actor: Member, **said: Any) -> Post:
    given, more = split(said)
    return next_steps.write_post(actor, given, **more)


def rewrite_post(actor: Actor, post: Post, **said: Any) -> Post:
    given, more = split(said)
    return next_steps.rewrite_post(actor, post, given, **more)


def split(said: dict[str, Any]) -> tuple[PostInput, dict[str, Any]]:
    """What is to be said, and what else the action is told."""
    given = PostInput(**{name: value for name, value in said.items() if name in NAMES})
    return given, {name: value for name, value in said.items() if name not in NAMES}
