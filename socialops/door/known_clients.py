"""Whether somebody has signed in or has a token: asked before a large body is taken in."""

import asyncio
from typing import Any

from django.db import Error as DatabaseError

from organizations.rest.authentication import find_token
from socialops.stream import build_session_request, rights_pool, session_key


async def is_known_client(scope: Any) -> bool:
    """What they may do is judged later, by the page; this only keeps strangers from filling the disk."""
    bearer = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    return await asyncio.get_running_loop().run_in_executor(rights_pool, has_identity, bearer, session_key(scope))


def has_identity(bearer: str, key: str) -> bool:
    try:
        return build_session_request(key).user.is_authenticated or bool(find_token(bearer))
    except DatabaseError:
        return False
