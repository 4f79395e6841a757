"""The audit log in words: what was done, which field, and from what to what. The file keeps what is written down."""

from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.texts.dates import parse_zoned_moment
from organizations.models import AuditEntry, Role

# Verbs that do not read as one would say them.
AUDIT_VERB_WORDS: dict[str, str | Promise] = {
    "asset.created": gettext_lazy("File uploaded"),
    "asset.described": gettext_lazy("File described"),
    "conversation.assigned": gettext_lazy("Conversation given to somebody"),
    "conversation.replied": gettext_lazy("Conversation answered"),
    "conversation.reply_withdrawn": gettext_lazy("Answer taken back"),
    "delivery.cancelled": gettext_lazy("Post called off for one profile"),
    "delivery.deleted": gettext_lazy("Post deleted from a network"),
    "delivery.moved": gettext_lazy("Post moved for one profile"),
    "domain.lapsed": gettext_lazy("Domain no longer proved"),
    "domain.missing": gettext_lazy("Domain’s record not found"),
    "grant.changed": gettext_lazy("Rights changed"),
    "level.created": gettext_lazy("Level made"),
    "member.described": gettext_lazy("Own name or time zone changed"),
    "member.held_back": gettext_lazy("Second step taken away by e-mail"),
    "member.picture_changed": gettext_lazy("Own picture changed"),
    "member.picture_removed": gettext_lazy("Own picture removed"),
    "mfa.added": gettext_lazy("Second step set up"),
    "mfa.recovery_codes_made": gettext_lazy("Recovery codes made"),
    "mfa.removed": gettext_lazy("Second step removed"),
    "mfa.reset": gettext_lazy("Second step taken away on the server"),
    "organization.mfa_required": gettext_lazy("Second step for everybody changed"),
    "organization.pause_changed": gettext_lazy("Pause of everything changed"),
    "organization.paused": gettext_lazy("Everything paused"),
    "organization.quotas_changed": gettext_lazy("How much may be used changed"),
    "organization.released": gettext_lazy("Pause of everything ended"),
    "organization.restored": gettext_lazy("Older state restored"),
    "organization.sessions_bounded": gettext_lazy("How long people stay signed in changed"),
    "outgoing.resolved": gettext_lazy("Decided whether it was sent"),
    "outgoing.retried": gettext_lazy("Tried to send again"),
    "post.decider_named": gettext_lazy("Named who decides on a post"),
    "post.created": gettext_lazy("Post drafted"),
    "post.sent_back": gettext_lazy("Post sent back"),
    "post.stood_in": gettext_lazy("Another profile stood in"),
    "post.submitted": gettext_lazy("Post sent for approval"),
    "post.unplanned": gettext_lazy("Planned time taken from a post"),
    "profile.pause_changed": gettext_lazy("Pause of a profile changed"),
    "profile.paused": gettext_lazy("Profile paused"),
    "profile.labelled": gettext_lazy("Labels of a profile changed"),
    "profile.policy_changed": gettext_lazy("Approval rule of a profile changed"),
    "profile.reconnected": gettext_lazy("Profile connected again"),
    "profile.released": gettext_lazy("Pause of a profile ended"),
    "session.ended": gettext_lazy("Device signed out"),
    "sign_in.failed": gettext_lazy("Sign-in failed"),
    "sign_in.succeeded": gettext_lazy("Signed in"),
    "sign_on.continued": gettext_lazy("Came through the single sign-on too"),
    "sign_on.linked": gettext_lazy("First came through the single sign-on"),
    "sign_on.unlinked": gettext_lazy("Parted from the single sign-on"),
    "team.pause_changed": gettext_lazy("Pause of a team changed"),
    "team.paused": gettext_lazy("Team paused"),
    "team.released": gettext_lazy("Pause of a team ended"),
    "task.commented": gettext_lazy("Task talked about"),
    "task.reopened": gettext_lazy("Task opened again"),
}
# Fields whose names are not words of the reader's.
AUDIT_FIELD_WORDS: dict[str, str | Promise] = {
    "alt_text": gettext_lazy("Description"),
    "at": gettext_lazy("Planned time"),
    "days": gettext_lazy("Days in all"),
    "default_role": gettext_lazy("New people come in as"),
    "idle_days": gettext_lazy("Days without a page"),
    "keep_scheduled": gettext_lazy("Scheduled posts go out"),
    "mfa": gettext_lazy("Second step"),
    "needs_approval": gettext_lazy("Approval needed"),
    "practice": gettext_lazy("Practice network"),
    "proved_by": gettext_lazy("Proved by"),
    "replies": gettext_lazy("Replies"),
    "require_mfa": gettext_lazy("Second step needed"),
    "required": gettext_lazy("No other way in"),
    "revision": gettext_lazy("Version"),
    "slug": gettext_lazy("Short name"),
    "thread": gettext_lazy("Parts of the thread"),
    "to": gettext_lazy("Given to"),
    "use_case": gettext_lazy("Use case"),
    "variants": gettext_lazy("Own wordings"),
    "verbs": gettext_lazy("Rights"),
    "why": gettext_lazy("Reason"),
}
HIDDEN_FIELDS = {"grant.changed": {"id"}}  # for programs alone


def verb_words(verb: str) -> str:
    """`post.scheduled` as "Post scheduled"."""
    return str(AUDIT_VERB_WORDS.get(verb) or humanize_name(verb.replace(".", " ")))


def field_words(name: str) -> str:
    return str(AUDIT_FIELD_WORDS.get(name) or humanize_name(name))


def humanize_name(name: str) -> str:
    return name.replace("_", " ").capitalize()


def describe_audit_changes(entry: AuditEntry) -> list[dict[str, str]]:
    """What changed, line by line: label, before (where there was something), after."""
    fresh = entry.verb.endswith(".created")
    hidden = HIDDEN_FIELDS.get(entry.verb, set())
    return [
        describe_audit_change(name, value, fresh=fresh)
        for name, value in entry.change.items()
        if name not in hidden and (fresh or not is_unchanged(value))
    ]


def is_unchanged(value: Any) -> bool:
    """Whether a pair of before and after is none: it was sent along, and nothing changed."""
    return isinstance(value, list) and len(value) == 2 and value[0] == value[1] is not None


def describe_audit_change(name: str, value: Any, *, fresh: bool) -> dict[str, str]:
    """What is new had no value before: a list of two is then simply a list."""
    label = field_words(name)
    if isinstance(value, list) and len(value) == 2 and not fresh:
        if value[0] is None and value[1] is not None:
            return {"label": label, "after": format_value(name, value[1])}
        return {"label": label, "before": format_value(name, value[0]), "after": format_value(name, value[1])}
    return {"label": label, "after": format_value(name, value)}


def format_value(name: str, value: Any) -> str:
    if value in (None, "", []):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(format_value(name, part) for part in value)
    if name in ("role", "default_role") and value in Role.values:
        return str(Role(value).label)
    if name == "state":
        return humanize_name(str(value))
    return format_moment(value) if isinstance(value, str) else str(value)


def format_moment(text: str) -> str:
    """A moment as the reader's clock shows it; any other text as it is."""
    moment = parse_zoned_moment(text)
    return date_format(localtime(moment), "D j M Y, H:i") if moment else text
