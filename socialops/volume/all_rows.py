"""All parts in their order."""

from django.db import connection

from networks.models import Credential, Profile
from networks.registry import manifests
from socialops.volume.message_rows import make_messages
from socialops.volume.post_rows import make_posts
from socialops.volume.rollup_rows import make_numbers
from socialops.volume.row_maker import RowMaker, save_rows


def make_all_rows(maker: RowMaker) -> dict[str, int]:
    """How many rows of each kind there are now more."""
    profiles = make_profiles(maker)
    make_posts(maker, profiles)
    make_messages(maker, profiles)
    make_numbers(maker, profiles)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"profiles": len(profiles), "posts": maker.wanted.posts, "messages": maker.wanted.messages}


def make_profiles(maker: RowMaker) -> list[Profile]:
    named = [one.network for one in manifests()]
    rows = [
        Profile(
            organization=maker.organization,
            network=named[number % len(named)],
            remote_id=f"{maker.mark}{number}",
            name=f"{maker.text(2).title()} {number}",
            handle=f"v{maker.mark}{number}",
        )
        for number in range(maker.wanted.profiles)
    ]
    made = save_rows(Profile, rows)
    save_rows(Credential, [Credential(organization=maker.organization, profile=row, secrets={}) for row in made])
    return made
