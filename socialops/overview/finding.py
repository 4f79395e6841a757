"""What the palette finds: people, posts, conversations, profiles, teams and settings, if the reader may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from foundation.texts.search import Found, Parts
from foundation.texts.text import clipped
from inbox.filters import Filters
from inbox.queries.listing import selected
from organizations.models import Member
from organizations.queries.people import members
from publishing.queries.posts import listed
from teams.access import profiles_for
from teams.models import Team

EACH = 5  # of a kind; who wants more goes to its list
LONGEST = 80

# address name, what it is called, whether it is for admins alone
SETTINGS = (
    ("organizations:settings", later("Settings"), False),
    ("organizations:people", later("People"), False),
    ("organizations:invitations", later("Invitations"), True),
    ("organizations:hours", later("Office hours and holidays"), False),
    ("organizations:notification_settings", later("How I am told"), False),
    ("organizations:tokens", later("API tokens"), False),
    ("organizations:security", later("Security and sign-on"), True),
    ("teams:rights", later("Rights"), False),
    ("teams:levels", later("Levels"), False),
)


@dataclass(frozen=True, slots=True)
class Match:
    name: str
    note: str  # what kind of thing it is, and whose
    url: str


def find(member: Member, q: str) -> list[Match]:
    """The same rights as in each list; in one query for each kind."""
    return [
        found
        for kind in (pages, people, profiles, teams, posts, conversations)
        for found in islice(kind(member, q), EACH)
    ]


def to(member: Member, name: str, *args: int) -> str:
    return reverse(name, args=[member.organization.slug, *args])


def pages(member: Member, q: str) -> Iterator[Match]:
    words = q.lower().split()
    for name, label, admins in SETTINGS:
        if (member.is_admin or not admins) and all(word in str(label).lower() for word in words):
            yield Match(str(label), _("Settings"), to(member, name))


def people(member: Member, q: str) -> Iterator[Match]:
    for one in members(q)[:EACH]:
        yield Match(one.name, one.user.email, to(member, "organizations:person", one.pk))


def profiles(member: Member, q: str) -> Iterator[Match]:
    rows = profiles_for(member, to="view").filter(Found(Parts("name", "handle"), q))
    for one in rows.order_by("name", "pk")[:EACH]:
        yield Match(f"{one.name} {one.mark}", _("Profile"), to(member, "profiles:profile", one.pk))


def teams(member: Member, q: str) -> Iterator[Match]:
    for one in Team.objects.filter(Found(Parts("name"), q)).order_by("name")[:EACH]:
        yield Match(one.name, _("Team"), to(member, "teams:team", one.pk))


def posts(member: Member, q: str) -> Iterator[Match]:
    for one in listed(member, q=q).select_related("revision")[:EACH]:
        words = clipped(one.revision.text, LONGEST) if one.revision else ""
        yield Match(words or _("Without text"), _("Post"), to(member, "publishing:post", one.pk))


def conversations(member: Member, q: str) -> Iterator[Match]:
    for one in selected(member, Filters(q=q)).order_by("-last_message_at", "-id")[:EACH]:
        who = one.contact.name if one.contact else _("Somebody")
        yield Match(
            clipped(f"{who}: {one.snippet}", LONGEST), one.profile.name, to(member, "inbox:conversation", one.pk)
        )
