"""What the palette finds: people, posts, conversations, profiles, teams and settings, if the reader may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from foundation.texts.search import MatchesQuery, Parts
from foundation.texts.text_comparison import clip_to_line
from inbox.conversation_filters import ConversationFilters
from inbox.queries.conversation_list import filter_conversations
from organizations.models import Member
from organizations.queries.people import list_members
from publishing.queries.posts import list_posts
from teams.access import profiles_for
from teams.models import Team

MATCHES_EACH = 5  # of a kind; who wants more goes to its list
LONGEST_MATCH = 80

# address name, what it is called, whether it is for admins alone
SEARCHED_SETTINGS = (
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


def find_matches(member: Member, q: str) -> list[Match]:
    """The same rights as in each list; in one query for each kind."""
    return [
        found
        for kind in (match_settings, match_people, match_profiles, match_teams, match_posts, match_conversations)
        for found in islice(kind(member, q), MATCHES_EACH)
    ]


def organization_url(member: Member, name: str, *args: int) -> str:
    return reverse(name, args=[member.organization.slug, *args])


def match_settings(member: Member, q: str) -> Iterator[Match]:
    words = q.lower().split()
    for name, label, admins in SEARCHED_SETTINGS:
        if (member.is_admin or not admins) and all(word in str(label).lower() for word in words):
            yield Match(str(label), _("Settings"), organization_url(member, name))


def match_people(member: Member, q: str) -> Iterator[Match]:
    for one in list_members(q)[:MATCHES_EACH]:
        yield Match(one.name, one.user.email, organization_url(member, "organizations:person", one.pk))


def match_profiles(member: Member, q: str) -> Iterator[Match]:
    rows = profiles_for(member, to="view").filter(MatchesQuery(Parts("name", "handle"), q))
    for one in rows.order_by("name", "pk")[:MATCHES_EACH]:
        yield Match(f"{one.name} {one.mark}", _("Profile"), organization_url(member, "profiles:profile", one.pk))


def match_teams(member: Member, q: str) -> Iterator[Match]:
    for one in Team.objects.filter(MatchesQuery(Parts("name"), q)).order_by("name")[:MATCHES_EACH]:
        yield Match(one.name, _("Team"), organization_url(member, "teams:team", one.pk))


def match_posts(member: Member, q: str) -> Iterator[Match]:
    for one in list_posts(member, q=q).select_related("revision")[:MATCHES_EACH]:
        words = clip_to_line(one.revision.text, LONGEST_MATCH) if one.revision else ""
        yield Match(words or _("Without text"), _("Post"), organization_url(member, "publishing:post", one.pk))


def match_conversations(member: Member, q: str) -> Iterator[Match]:
    for one in filter_conversations(member, ConversationFilters(q=q)).order_by("-last_message_at", "-id")[
        :MATCHES_EACH
    ]:
        who = one.contact.name if one.contact else _("Somebody")
        yield Match(
            clip_to_line(f"{who}: {one.snippet}", LONGEST_MATCH),
            one.profile.name,
            organization_url(member, "inbox:conversation", one.pk),
        )
