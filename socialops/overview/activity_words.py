"""Entries of the audit log as sentences."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from organizations.models import AuditEntry

ACTIVITY_SENTENCES = {
    "post.created": noop("%(who)s drafted a post"),
    "post.edited": noop("%(who)s changed a post"),
    "post.submitted": noop("%(who)s asked for approval of a post"),
    "post.approved": noop("%(who)s approved a post"),
    "post.approval_taken_back": noop("%(who)s took the approval of a post back"),
    "post.sent_back": noop("%(who)s sent a post back to its writer"),
    "post.decider_named": noop("%(who)s named who decides on a post"),
    "post.stood_in": noop("Another profile stood in for a post whose network did not answer"),
    "post.moved": noop("%(who)s moved a post to another time"),
    "post.unplanned": noop("%(who)s took the planned time from a post"),
    "post.cancelled": noop("%(who)s cancelled a post"),
    "post.deleted": noop("%(who)s deleted a draft"),
    "post.brought_back": noop("%(who)s brought a deleted draft back"),
    "asset.created": noop("%(who)s uploaded a file"),
    "asset.described": noop("%(who)s described a file for those who cannot see it"),
    "delivery.deleted": noop("%(who)s deleted a post from a network"),
    "delivery.moved": noop("%(who)s moved a post to another time for one profile"),
    "delivery.cancelled": noop("%(who)s called off a post for one profile"),
    "outgoing.retried": noop("%(who)s tried to send something again"),
    "outgoing.resolved": noop("%(who)s decided whether something had been sent"),
    "conversation.replied": noop("%(who)s answered a conversation"),
    "conversation.reply_withdrawn": noop("%(who)s took an answer back"),
    "conversation.closed": noop("%(who)s closed a conversation"),
    "conversation.reopened": noop("%(who)s opened a conversation again"),
    "conversations.handed_over": noop("%(who)s handed over the conversations of %(thing)s"),
    "profile.connected": noop("%(who)s connected %(thing)s"),
    "profile.renamed": noop("%(thing)s has another name or handle on its network"),
    "profile.reconnected": noop("%(who)s connected %(thing)s again"),
    "profile.disconnected": noop("%(thing)s was disconnected"),
    "profile.labelled": noop("%(who)s changed the labels of %(thing)s"),
    "profile.policy_changed": noop("%(who)s changed what %(thing)s asks for before something goes out"),
    "grant.changed": noop("%(who)s changed who may do what with %(thing)s"),
    "team.created": noop("%(who)s founded the team %(thing)s"),
    "team.changed": noop("%(who)s changed the team %(thing)s"),
    "team.dissolved": noop("%(who)s dissolved the team %(thing)s"),
    "fallback.planned": noop("%(who)s made a plan for when %(thing)s does not answer"),
    "fallback.changed": noop("%(who)s changed the plan for when %(thing)s does not answer"),
    "fallback.removed": noop("%(who)s gave up the plan for when %(thing)s does not answer"),
    "organization.restored": noop("An older state of this installation was restored"),
    "organization.paused": noop("%(who)s paused everything that leaves"),
    "organization.pause_changed": noop("%(who)s changed what the pause of everything holds back"),
    "organization.released": noop("%(who)s ended the pause of everything"),
    "team.paused": noop("%(who)s paused what leaves for the team %(thing)s"),
    "team.pause_changed": noop("%(who)s changed what the pause of the team %(thing)s holds back"),
    "team.released": noop("%(who)s ended the pause of the team %(thing)s"),
    "profile.paused": noop("%(who)s paused what leaves for %(thing)s"),
    "profile.pause_changed": noop("%(who)s changed what the pause of %(thing)s holds back"),
    "profile.released": noop("%(who)s ended the pause of %(thing)s"),
    "team.joined": noop("%(who)s joined the team %(thing)s"),
    "team.leader_changed": noop("%(who)s gave the team %(thing)s another leader"),
    "level.created": noop("%(who)s made the level %(thing)s"),
    "level.changed": noop("%(who)s changed the level %(thing)s"),
    "level.deleted": noop("%(who)s removed the level %(thing)s"),
    "task.given": noop("%(who)s gave the task “%(thing)s”"),
    "task.accepted": noop("%(who)s accepted the task “%(thing)s”"),
    "task.handed_over": noop("%(who)s handed over the task “%(thing)s”"),
    "task.commented": noop("%(who)s said something about the task “%(thing)s”"),
    "task.done": noop("%(who)s finished the task “%(thing)s”"),
    "task.cancelled": noop("%(who)s cancelled the task “%(thing)s”"),
    "task.reopened": noop("%(who)s opened the task “%(thing)s” again"),
    "member.added": noop("%(thing)s became a member"),
    "member.returned": noop("%(thing)s is a member again"),
    "member.left": noop("%(thing)s left the organization"),
    "member.role_changed": noop("%(who)s gave %(thing)s another role"),
    "member.described": noop("%(who)s changed their own name or time zone"),
    "member.picture_changed": noop("%(who)s changed their own picture"),
    "member.picture_removed": noop("%(who)s removed their own picture"),
    "member.held_back": noop("The second step of %(thing)s was taken away by e-mail"),
    "member.let_in_again": noop("%(who)s let %(thing)s in again"),
    "invitation.sent": noop("%(who)s invited %(thing)s"),
    "invitation.sent_again": noop("%(who)s invited %(thing)s again"),
    "invitation.revoked": noop("%(who)s took back the invitation of %(thing)s"),
    "invitation.accepted": noop("%(who)s accepted an invitation"),
    "invitation.declined": noop("%(thing)s declined the invitation"),
    "absence.planned": noop("%(who)s planned an absence of %(thing)s"),
    "absence.ended": noop("%(who)s ended an absence of %(thing)s"),
    "organization.created": noop("%(who)s founded the organization"),
    "organization.changed": noop("%(who)s changed the settings of the organization"),
    "organization.quotas_changed": noop("%(who)s changed how much the organization may use"),
    "organization.logo_changed": noop("%(who)s changed the logo"),
    "organization.logo_removed": noop("%(who)s removed the logo"),
    "organization.hours_changed": noop("%(who)s changed the business hours"),
    "organization.holiday_added": noop("%(who)s added a holiday"),
    "organization.holiday_removed": noop("%(who)s removed a holiday"),
    "organization.mfa_required": noop("%(who)s changed whether everybody needs a second step to sign in"),
    "sign_on.set_up": noop("%(who)s set up single sign-on with %(thing)s"),
    "sign_on.changed": noop("%(who)s changed the single sign-on"),
    "sign_on.removed": noop("%(who)s removed the single sign-on"),
    "organization.sessions_bounded": noop("%(who)s changed how long people stay signed in"),
    "sign_on.linked": noop("%(thing)s came through the single sign-on for the first time"),
    "sign_on.unlinked": noop("%(who)s parted their sign-in from the single sign-on"),
    "sign_on.continued": noop("%(who)s came through the single sign-on too"),
    "domain.proved": noop("The domain %(thing)s was proved"),
    "domain.missing": noop("The record that proves the domain %(thing)s was not found any more"),
    "domain.lapsed": noop("The domain %(thing)s is no longer proved"),
    "sign_in.succeeded": noop("%(who)s signed in"),
    "sign_in.failed": noop("Somebody could not sign in as %(thing)s"),
    "session.ended": noop("%(who)s signed a device out"),
    "password.changed": noop("%(who)s changed the password"),
    "password.removed": noop("%(who)s removed the password"),
    "email.changed": noop("%(who)s changed the e-mail address"),
    "mfa.added": noop("%(who)s set up a second step to sign in"),
    "mfa.removed": noop("%(who)s removed a second step to sign in"),
    "mfa.recovery_codes_made": noop("%(who)s made new recovery codes"),
    "mfa.reset": noop("The second step of %(thing)s was taken away on the server"),
    "notifications.changed": noop("%(who)s changed how they are told of things"),
    "token.created": noop("%(who)s created the token “%(thing)s”"),
    "token.revoked": noop("%(who)s revoked the token “%(thing)s”"),
    "audit.exported": noop("%(who)s exported the audit log"),
}
PAGE_NAMES = {
    "post": "publishing:post",
    "conversation": "inbox:conversation",
    "profile": "profiles:profile",
    "team": "teams:team",
    "task": "tasks:task",
}


def format_entry(entry: AuditEntry) -> str:
    """`post.scheduled` by Priya as "Priya scheduled a post for 3 profiles"."""
    words = {
        "who": entry_actor_name(entry),
        "thing": entry.target_name,
        "what": entry.verb.replace(".", " ").replace("_", " "),
    }
    if format_special := SPECIAL_FORMATS.get(entry.verb):
        return format_special(entry, words)
    return _(ACTIVITY_SENTENCES.get(entry.verb, noop("%(who)s: %(what)s, %(thing)s"))) % words


def entry_actor_name(entry: AuditEntry) -> str:
    return _("The system (%s)") % entry.actor_name if entry.actor_kind == "system" else entry.actor_name


def format_scheduled(entry: AuditEntry, words: dict[str, str]) -> str:
    _before, profiles = entry.change.get("profiles") or (None, None)
    if not profiles:
        return _("%(who)s scheduled a post") % words
    text = ngettext(
        "%(who)s scheduled a post for %(count)s profile",
        "%(who)s scheduled a post for %(count)s profiles",
        len(profiles),
    )
    return text % {**words, "count": format_number(len(profiles))}


def format_assigned(entry: AuditEntry, words: dict[str, str]) -> str:
    """Names the person, or else the team, who has it now."""
    now_with = [change[1] for change in entry.change.values() if isinstance(change, list) and change[1]]
    if now_with:
        return _("%(who)s gave a conversation to %(whom)s") % {**words, "whom": now_with[0]}
    return _("%(who)s put a conversation back for everybody") % words


SPECIAL_FORMATS = {
    "post.scheduled": format_scheduled,
    "conversation.assigned": format_assigned,
}  # verbs whose sentence needs more than a name


def entry_url(entry: AuditEntry, slug: str) -> str:
    """Where the thing can be looked at, if it still is; empty where its kind has no page."""
    name = PAGE_NAMES.get(entry.target_kind)
    return reverse(name, args=[slug, entry.target_id]) if name else ""
