"""Our own words coming back: what left through the outbox is never stored a second time.

Three cases: the outbox already knows the network's copy; it is sending or looking for one that says the same, and its
settlement will join the two; or a colleague wrote on the network itself, and that is news.
"""

from collections.abc import Mapping

from inbox.intake.inbound_cleaning import canonical_text
from inbox.models import Message
from networks.contract import Inbound
from networks.models import Outgoing, Profile, RemotePost

IN_FLIGHT = ("sending", "unknown")


def texts_in_flight(profile: Profile) -> set[str]:
    """To be asked *before* the RemotePosts: what settles between the two questions is then found by the second."""
    drafts = Outgoing.objects.filter(profile=profile, state__in=IN_FLIGHT).values_list("draft", flat=True)
    return {canonical_text(draft["text"]) for draft in drafts}


def is_echo(item: Inbound, copies: Mapping[str, RemotePost], in_flight: set[str]) -> bool:
    copy = copies.get(item.remote_id)
    return bool(copy and copy.outgoing_id) or canonical_text(item.text) in in_flight


def link_copies(copies: Mapping[str, RemotePost], items: list[Inbound]) -> None:
    """Gives answers of ours the network's id where their settlement could not."""
    ids = {copies[item.remote_id].outgoing_id: item.remote_id for item in items if item.remote_id in copies}
    messages = list(Message.objects.filter(outgoing__in=[pk for pk in ids if pk], remote_id=None))
    for message in messages:
        message.remote_id = ids[message.outgoing_id]
    Message.objects.bulk_update(messages, ["remote_id"])
