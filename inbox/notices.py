"""What this floor tells members, and whom."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Conversation, Message
from organizations.actors import Actor, label
from organizations.models import Member, Organization
from organizations.notifications.notice_kinds import register
from organizations.notifications.notices import Notice, notify, notify_all
from teams.models import Team


def register_kinds() -> None:
    register("conversation_given", gettext_lazy("A conversation is given to me"), "inbox", "bell", "email")
    register("conversation_given_team", gettext_lazy("A conversation is given to a team of mine"), "users")
    register("reply_wanted", gettext_lazy("Somebody wrote in a conversation of mine"), "reply")
    register("reply_stuck", gettext_lazy("An answer of mine did not get through"), "circle-x", "bell", "email")


def tell_given(actor: Actor, conversation: Conversation, *, member: Member | None, team: Team | None) -> None:
    """To the person, or to everybody of the team; nobody is told of what they did themselves."""
    own = getattr(actor, "pk", None)
    who = {"name": label(actor).name, "profile": conversation.profile.name}
    common = {"url": address(conversation), "about": conversation.snippet}
    if member is not None and member.pk != own:
        title = _("%(name)s gave you a conversation on %(profile)s") % who
        notify([member], cause(conversation, "given"), kind="conversation_given", title=title, **common)
    elif member is None and team is not None:
        title = _("%(name)s gave %(team)s a conversation on %(profile)s") % {**who, "team": team.name}
        people = Member.objects.filter(team_memberships__team=team).exclude(pk=own or 0)
        people = people.select_related("user", "organization")
        notify(people, cause(conversation, "given"), kind="conversation_given_team", title=title, **common)


def tell_wanted(conversations: Collection[Conversation]) -> None:
    """To those whose conversations they are, when the person outside has written: a fixed number of queries."""
    ids = [one.pk for one in conversations if one.assignee_id is not None]
    if not ids:
        return
    mine = list(Conversation.objects.filter(pk__in=ids).select_related("profile", "contact").order_by("pk"))
    rows = Member.objects.filter(pk__in={one.assignee_id for one in mine}).select_related("user", "organization")
    people = {member.pk: member for member in rows}
    notify_all(wanted(one, people[one.assignee_id]) for one in mine if one.assignee_id in people)


def wanted(conversation: Conversation, member: Member) -> Notice:
    return Notice(
        member=member,
        cause=cause(conversation, "wanted"),
        kind="reply_wanted",
        title=_("%(name)s waits for your answer on %(profile)s") % names(conversation),
        url=reverse("inbox:conversation", args=[member.organization.slug, conversation.pk]),
        about=conversation.snippet,
    )


def tell_stuck(message: Message, reason: str) -> None:
    """To whoever wrote the answer."""
    if message.writer_id is None:
        return
    people = Member.objects.filter(pk=message.writer_id).select_related("user", "organization")
    title = _("Your answer to %(name)s on %(profile)s did not get through") % names(message.conversation)
    url = address(message.conversation)
    notify(people, cause(message.conversation, "stuck"), kind="reply_stuck", title=title, url=url, about=reason)


def names(conversation: Conversation) -> dict[str, str]:
    """Who is outside, and where."""
    who = conversation.contact.name if conversation.contact else ""
    return {"name": who or _("Somebody"), "profile": conversation.profile.name}


def cause(conversation: Conversation, what: str) -> str:
    return f"conversation-{conversation.pk}-{what}"


def address(conversation: Conversation) -> str:
    slug = Organization.objects.values_list("slug", flat=True).get(pk=conversation.organization_id)
    return reverse("inbox:conversation", args=[slug, conversation.pk])
