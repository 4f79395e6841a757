"""Storing the people outside, as their networks last named them."""

from collections.abc import Iterable

from inbox.models import Contact
from networks.contract import Author, Inbound
from networks.models import Profile


def store_contacts(profile: Profile, items: Iterable[Inbound]) -> dict[str, Contact]:
    """The contact of every author, by remote id. Two queries at most; rows are written only where something is new."""
    authors = {item.author.remote_id: item.author for item in items if item.author and not item.from_self}
    stored = Contact.objects.filter(network=profile.network, remote_id__in=list(authors))
    known = {contact.remote_id: contact for contact in stored}
    # sorted, so that two profiles which write the same people take the rows in the same order
    changed = [
        build_contact(profile, known.get(remote_id), authors[remote_id])
        for remote_id in sorted(authors)
        if has_author_changed(known.get(remote_id), authors[remote_id])
    ]
    if changed:
        written = Contact.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["organization", "network", "remote_id"],
            update_fields=["name", "handle", "avatar_url"],
        )
        known |= {contact.remote_id: contact for contact in written}
    return known


def has_author_changed(contact: Contact | None, author: Author) -> bool:
    if contact is None:
        return True
    renamed = author.name not in (contact.name, author.remote_id)  # the id stands where the network gave no name
    moved = author.handle not in ("", contact.handle) or author.avatar_url not in ("", contact.avatar_url)
    return renamed or moved


def build_contact(profile: Profile, contact: Contact | None, author: Author) -> Contact:
    named = contact is None or author.name != author.remote_id
    return Contact(
        organization_id=profile.organization_id,
        network=profile.network,
        remote_id=author.remote_id,
        name=author.name if contact is None or named else contact.name,
        handle=author.handle or (contact.handle if contact else ""),
        avatar_url=author.avatar_url or (contact.avatar_url if contact else ""),
    )
