"""What this floor tells members, and whom."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Conversation, Message
from organizations.actors import Actor, actor_label
from organizations.models import Member
from organizations.notifications.notice_kinds import register_notice_kind
from organizations.notifications.notices import Notice, notify, notify_all, organization_slug
from teams.models import Team


def register_kinds() -> None:
    register_notice_kind("conversation_given", gettext_lazy("A conversation is given to me"), "inbox", "bell", "email")
    register_notice_kind("conversation_given_team", gettext_lazy("A conversation is given to a team of mine"), "users")
    register_notice_kind("reply_wanted", gettext_lazy("Somebody wrote in a conversation of mine"), "reply")
    register_notice_kind(
        "reply_stuck", gettext_lazy("An answer of mine did not get through"), "circle-x", "bell", "email"
    )


def notify_assigned(actor: Actor, conversation: Conversation, *, member: Member | None, team: Team | None) -> None:
    """To the person, or to everybody of the team; nobody is told of what they did themselves."""
    own = getattr(actor, "pk", None)
    who = {"name": actor_label(actor).name, "profile": conversation.profile.name}
    common = {"url": conversation_url(conversation), "about": conversation.snippet}
    if member is not None and member.pk != own:
        title = _("%(name)s gave you a conversation on %(profile)s") % who
        notify([member], notice_cause(conversation, "given"), kind="conversation_given", title=title, **common)
    elif member is None and team is not None:
        title = _("%(name)s gave %(team)s a conversation on %(profile)s") % {**who, "team": team.name}
        people = Member.objects.filter(team_memberships__team=team).exclude(pk=own or 0)
        people = people.select_related("user", "organization")
        notify(people, notice_cause(conversation, "given"), kind="conversation_given_team", title=title, **common)


def notify_reply_wanted(conversations: Collection[Conversation]) -> None:
    """To those whose conversations they are, when the person outside has written: a fixed number of queries."""
    ids = [one.pk for one in conversations if one.assignee_id is not None]
    if not ids:
        return
    mine = list(Conversation.objects.filter(pk__in=ids).select_related("profile", "contact").order_by("pk"))
    rows = Member.objects.filter(pk__in={one.assignee_id for one in mine}).select_related("user", "organization")
    people = {member.pk: member for member in rows}
    notify_all(build_wanted_notice(one, people[one.assignee_id]) for one in mine if one.assignee_id in people)


def build_wanted_notice(conversation: Conversation, member: Member) -> Notice:
    return Notice(
        member=member,
        cause=notice_cause(conversation, "wanted"),
        kind="reply_wanted",
        title=_("%(name)s waits for your answer on %(profile)s") % notice_names(conversation),
        url=reverse("inbox:conversation", args=[member.organization.slug, conversation.pk]),
        about=conversation.snippet,
    )


def notify_reply_stuck(message: Message, reason: str) -> None:
    """To whoever wrote the answer."""
    if message.writer_id is None:
        return
    people = Member.objects.filter(pk=message.writer_id).select_related("user", "organization")
    title = _("Your answer to %(name)s on %(profile)s did not get through") % notice_names(message.conversation)
    url = conversation_url(message.conversation)
    notify(people, notice_cause(message.conversation, "stuck"), kind="reply_stuck", title=title, url=url, about=reason)


def notice_names(conversation: Conversation) -> dict[str, str]:
    """Who is outside, and where."""
    who = conversation.contact.name if conversation.contact else ""
    return {"name": who or _("Somebody"), "profile": conversation.profile.name}


def notice_cause(conversation: Conversation, what: str) -> str:
    return f"conversation-{conversation.pk}-{what}"


def conversation_url(conversation: Conversation) -> str:
    slug = organization_slug(conversation.organization_id)
    return reverse("inbox:conversation", args=[slug, conversation.pk])
