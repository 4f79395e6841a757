"""What this floor tells members, and whom."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.texts.dates import format_planned_time
from foundation.texts.ids import parse_id
from foundation.texts.number_format import format_number
from networks.models import FallbackPlan, Outgoing
from networks.queries.queue import annotate_returns
from networks.registry import adapter_class
from organizations.actors import Actor, actor_label
from organizations.models import Member
from organizations.notifications.notice_kinds import NoticeContent, register_notice_kind
from organizations.notifications.notices import notify, organization_slug, settle_notices
from organizations.queries.people import list_admins
from publishing.access import posts_for
from publishing.media.thumbnails import make_thumbnails
from publishing.models import Delivery, Post
from publishing.queries.delivery_outlook import LEAVES_ON_RECONNECT
from teams.queries.verb_holders import members_holding


def register_kinds() -> None:
    register_notice_kind(
        "approval_asked",
        gettext_lazy("A post waits for my approval"),
        "circle-check-big",
        "bell",
        "email",
        shows=approval_preview,
    )
    register_notice_kind(
        "approval_decided", gettext_lazy("A post of mine is approved or sent back"), "badge-check", "bell", "email"
    )
    register_notice_kind(
        "stood_in", gettext_lazy("Another profile stands in for a post of mine"), "unplug", "bell", "email"
    )
    register_notice_kind(
        "delivery_stuck", gettext_lazy("A post of mine could not be published"), "circle-x", "bell", "email"
    )
    register_notice_kind(
        "delivery_late", gettext_lazy("A post is too late and waits for a decision"), "alarm-clock", "bell", "email"
    )
    register_notice_kind(
        "deletion_failed", gettext_lazy("What I wanted deleted is still there"), "trash-2", "bell", "email"
    )
    register_notice_kind(
        "overdue", gettext_lazy("Something should have left and has not"), "alarm-clock", "bell", "email"
    )


def notify_approval_asked(actor: Actor, post: Post) -> None:
    """To whoever may decide: the approvers of all its profiles, or the admins where there is none."""
    profiles = list(post.profiles.values_list("pk", flat=True))
    hands = {post.author_id, post.revision.author_id if post.revision else None, getattr(actor, "pk", None)}
    people = [one for one in members_holding("approve", profiles) if one.pk not in hands]
    if not people:
        people = [one for one in list_admins() if one.pk not in hands]
    title = _("%(name)s asks you to approve a post for %(where)s") % {
        "name": actor_label(actor).name,
        "where": profiles_label(post),
    }
    notify(people, asked_cause(post), kind="approval_asked", title=title, url=post_url(post), about=post_title(post))


def notify_named_decider(actor: Actor, post: Post, member: Member) -> None:
    """To whoever may decide it from now on, and nobody else may."""
    title = _("%(name)s named you to approve a post for %(where)s") % {
        "name": actor_label(actor).name,
        "where": profiles_label(post),
    }
    people = [] if member.pk == getattr(actor, "pk", None) else [member]
    notify(people, asked_cause(post), kind="approval_asked", title=title, url=post_url(post), about=post_title(post))


def settle_review(post: Post) -> None:
    """It waits for nobody's decision any more, nor to be rewritten."""
    settle_notices(asked_cause(post), returned_cause(post))


def settle_decided(post: Post) -> None:
    """Its approval was taken back, so nobody need hear of it any more."""
    settle_notices(approved_cause(post))


def approved_cause(post: Post) -> str:
    return f"post-{post.pk}-approved"


def asked_cause(post: Post) -> str:
    return f"post-{post.pk}-asked"


def approval_preview(member: Member, cause: str) -> NoticeContent | None:
    """The post as it stands now, for whoever may still see it: every text of it, its pictures, its planned time."""
    pk = parse_id(cause.removeprefix("post-").removesuffix("-asked"))
    post = None if pk is None else posts_for(member).select_related("revision").filter(pk=pk).first()
    if post is None or post.revision is None:
        return None
    one = post.revision
    files = [attached for part in one.files() for attached in part]
    leaves = [_("Planned for %s.") % format_planned_time(post.planned_at, member.time_zone)] if post.planned_at else []
    texts = [one.text, *one.parts, one.first_comment, *own_wording_texts(post)]
    return NoticeContent("\n\n".join([*leaves, *(text for text in texts if text)]), make_thumbnails(files))


def own_wording_texts(post: Post) -> list[str]:
    """What is said on one network alone, beneath its name."""
    wordings = post.newest_revision.wordings()
    return [
        "\n".join([_("Only on %s:") % adapter_class(network).label, *own.texts]) for network, own in wordings.items()
    ]


def returned_cause(post: Post) -> str:
    return f"post-{post.pk}-returned"


def notify_decided(actor: Actor, post: Post, *, approved: bool, note: str) -> None:
    """To its writer, and to whoever wrote the words that stand."""
    settle_review(post)
    people = writers_or_successors({post.author_id, post.revision.author_id if post.revision else None})
    people = people.exclude(pk=getattr(actor, "pk", 0))
    who = {"name": actor_label(actor).name, "where": profiles_label(post)}
    if post.state == "scheduled":
        title = _("%(name)s approved your post for %(where)s: it leaves as planned") % who
    elif approved:
        title = _("%(name)s approved your post for %(where)s") % who
    else:
        title = _("%(name)s sent your post for %(where)s back") % who
    cause = approved_cause(post) if approved else returned_cause(post)
    notify(people, cause, kind="approval_decided", title=title, url=post_url(post), about=note or post_title(post))


def notify_stuck(delivery: Delivery, outgoing: Outgoing) -> None:
    """To its writer, once for a profile however many posts it holds up."""
    people = writers_or_successors({delivery.post.author_id})
    name = {"name": delivery.profile.name}
    if outgoing.state == "failed":
        title, state = _("A post could not be published on %(name)s") % name, "failed"
    else:
        title, state = _("Nobody knows whether a post is on %(name)s: look and decide") % name, "unknown"
    slug = organization_slug(delivery.organization_id)
    many = f"{reverse('publishing:posts', args=[slug])}?state={state}&profile={delivery.profile_id}"
    notify(
        people,
        f"profile-{delivery.profile_id}-{state}",
        kind="delivery_stuck",
        title=title,
        url=reverse("publishing:post", args=[slug, delivery.post_id]),
        about=stuck_reason(outgoing),
        url_of_many=many,
    )


def stuck_reason(outgoing: Outgoing) -> str:
    """Its reason, and whether it leaves by itself nevertheless."""
    again = annotate_returns(Outgoing.objects.filter(pk=outgoing.pk), now()).filter(Q(returns=True))
    return f"{outgoing.reason} {LEAVES_ON_RECONNECT}" if again.exists() else outgoing.reason


def notify_deletion_failed(delivery: Delivery, outgoing: Outgoing) -> None:
    """To whoever asked for it last, once for all parts of a thread."""
    notify(
        writers_or_successors({delivery.deletion_asked_by_id or delivery.post.author_id}),
        undeleted_cause(delivery),
        kind="deletion_failed",
        title=_("A post could not be deleted from %(name)s: it is still there") % {"name": delivery.profile.name},
        url=post_url(delivery.post),
        about=stuck_reason(outgoing),
    )


def settle_deletion(delivery: Delivery) -> None:
    settle_notices(undeleted_cause(delivery))


def undeleted_cause(delivery: Delivery) -> str:
    return f"delivery-{delivery.pk}-undeleted"


def notify_stand_in(plan: FallbackPlan, delivery: Delivery) -> None:
    """To its writer, and to those whom the plan names; once for a network, however many posts it holds up."""
    assert plan.profile is not None
    people = {
        one.pk: one for one in [*writers_or_successors({delivery.post.author_id}), *plan.told.select_related("user")]
    }
    names = {"name": plan.profile.name, "held": delivery.profile.name}
    slug = organization_slug(delivery.organization_id)
    notify(
        people.values(),
        plan.cause,
        kind="stood_in",
        title=_("%(name)s stands in for %(held)s, which cannot be reached") % names,
        url=post_url(delivery.post),
        about=post_title(delivery.post),
        url_of_many=f"{reverse('publishing:posts', args=[slug])}?state=held",
    )


def writers_or_successors(writers: set[int | None]) -> QuerySet[Member]:
    """These people, and for those who have left whoever succeeded them."""
    known = {pk for pk in writers if pk is not None}
    gone = Member.ever.filter(pk__in=known).exclude(left_at=None).values("successor")
    people = Member.objects.filter(Q(pk__in=known) | Q(pk__in=gone))
    return people.select_related("user", "organization")


def profiles_label(post: Post) -> str:
    names = list(post.profiles.order_by("name", "pk").values_list("name", flat=True))
    if len(names) == 1:
        return names[0]
    return ngettext("%s profile", "%s profiles", len(names)) % format_number(len(names))


def post_title(post: Post) -> str:
    return post.revision.title if post.revision else ""


def post_url(post: Post) -> str:
    return reverse("publishing:post", args=[organization_slug(post.organization_id), post.pk])
