"""What this floor tells members, and whom."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.texts.dates import spelt_planned
from foundation.texts.numbers import spelt_number
from networks.models import FallbackPlan, Outgoing
from networks.queries.queue import with_return
from networks.registry import adapter_class
from organizations.actors import Actor, label
from organizations.models import AuditEntry, Member, Organization, Role
from organizations.notifications.notice_kinds import Shown, register
from organizations.notifications.notices import notify, settle_notices
from publishing.access import posts_for
from publishing.media.thumbnails import pictures_of
from publishing.models import Delivery, Post
from publishing.queries.outlook import RETURNS
from teams.queries.holders import who_may


def register_kinds() -> None:
    register(
        "approval_asked",
        gettext_lazy("A post waits for my approval"),
        "circle-check-big",
        "bell",
        "email",
        shows=what_is_asked,
    )
    register(
        "approval_decided", gettext_lazy("A post of mine is approved or sent back"), "badge-check", "bell", "email"
    )
    register("stood_in", gettext_lazy("Another profile stands in for a post of mine"), "unplug", "bell", "email")
    register("delivery_stuck", gettext_lazy("A post of mine could not be published"), "circle-x", "bell", "email")
    register(
        "delivery_late", gettext_lazy("A post is too late and waits for a decision"), "alarm-clock", "bell", "email"
    )
    register("deletion_failed", gettext_lazy("What I wanted deleted is still there"), "trash-2", "bell", "email")
    register("overdue", gettext_lazy("Something should have left and has not"), "alarm-clock", "bell", "email")


def tell_asked(actor: Actor, post: Post) -> None:
    """To whoever may decide: the approvers of all its profiles, or the admins where there is none."""
    profiles = list(post.profiles.values_list("pk", flat=True))
    hands = {post.author_id, post.revision.author_id if post.revision else None, getattr(actor, "pk", None)}
    people = [one for one in who_may("approve", profiles) if one.pk not in hands]
    if not people:
        admins = Member.objects.filter(role__in=(Role.OWNER, Role.ADMIN)).select_related("user", "organization")
        people = [one for one in admins if one.pk not in hands]
    title = _("%(name)s asks you to approve a post for %(where)s") % {"name": label(actor).name, "where": where(post)}
    notify(people, asked(post), kind="approval_asked", title=title, url=address(post), about=words(post))


def tell_named(actor: Actor, post: Post, member: Member) -> None:
    """To whoever may decide it from now on, and nobody else may."""
    title = _("%(name)s named you to approve a post for %(where)s") % {"name": label(actor).name, "where": where(post)}
    people = [] if member.pk == getattr(actor, "pk", None) else [member]
    notify(people, asked(post), kind="approval_asked", title=title, url=address(post), about=words(post))


def settle_review(post: Post) -> None:
    """It waits for nobody's decision any more, nor to be rewritten."""
    settle_notices(asked(post), returned(post))


def settle_decided(post: Post) -> None:
    """Its approval was taken back, so nobody need hear of it any more."""
    settle_notices(approved_cause(post))


def approved_cause(post: Post) -> str:
    return f"post-{post.pk}-approved"


def asked(post: Post) -> str:
    return f"post-{post.pk}-asked"


def what_is_asked(member: Member, cause: str) -> Shown | None:
    """The post as it stands now, for whoever may still see it: every text of it, its pictures, its planned time."""
    number = cause.removeprefix("post-").removesuffix("-asked")
    post = posts_for(member).select_related("revision").filter(pk=int(number)).first() if number.isdigit() else None
    if post is None or post.revision is None:
        return None
    one = post.revision
    files = [attached for part in one.files() for attached in part]
    leaves = [_("Planned for %s.") % spelt_planned(post.planned_at, member.time_zone)] if post.planned_at else []
    texts = [one.text, *one.parts, one.first_comment, *own_texts(post)]
    return Shown("\n\n".join([*leaves, *(text for text in texts if text)]), pictures_of(files))


def own_texts(post: Post) -> list[str]:
    """What is said on one network alone, beneath its name."""
    assert post.revision is not None
    wordings = post.revision.wordings()
    return [
        "\n".join([_("Only on %s:") % adapter_class(network).label, *own.texts]) for network, own in wordings.items()
    ]


def returned(post: Post) -> str:
    return f"post-{post.pk}-returned"


def tell_decided(actor: Actor, post: Post, *, approved: bool, note: str) -> None:
    """To its writer, and to whoever wrote the words that stand."""
    settle_review(post)
    people = answering({post.author_id, post.revision.author_id if post.revision else None})
    people = people.exclude(pk=getattr(actor, "pk", 0))
    who = {"name": label(actor).name, "where": where(post)}
    if post.state == "scheduled":
        title = _("%(name)s approved your post for %(where)s: it leaves as planned") % who
    elif approved:
        title = _("%(name)s approved your post for %(where)s") % who
    else:
        title = _("%(name)s sent your post for %(where)s back") % who
    cause = approved_cause(post) if approved else returned(post)
    notify(people, cause, kind="approval_decided", title=title, url=address(post), about=note or words(post))


def tell_stuck(delivery: Delivery, outgoing: Outgoing) -> None:
    """To its writer, once for a profile however many posts it holds up."""
    people = answering({delivery.post.author_id})
    name = {"name": delivery.profile.name}
    if outgoing.state == "failed":
        title, state = _("A post could not be published on %(name)s") % name, "failed"
    else:
        title, state = _("Nobody knows whether a post is on %(name)s: look and decide") % name, "unknown"
    slug = slug_of(delivery.organization_id)
    many = f"{reverse('publishing:posts', args=[slug])}?state={state}&profile={delivery.profile_id}"
    notify(
        people,
        f"profile-{delivery.profile_id}-{state}",
        kind="delivery_stuck",
        title=title,
        url=reverse("publishing:post", args=[slug, delivery.post_id]),
        about=why(outgoing),
        url_of_many=many,
    )


def why(outgoing: Outgoing) -> str:
    """Its reason, and whether it leaves by itself nevertheless."""
    again = with_return(Outgoing.objects.filter(pk=outgoing.pk), now()).filter(returns=True)
    return f"{outgoing.reason} {RETURNS}" if again.exists() else outgoing.reason


def tell_undeleted(delivery: Delivery, outgoing: Outgoing) -> None:
    """To whoever asked for it last, once for all parts of a thread; the audit log alone knows who that was."""
    asked_for = AuditEntry.objects.filter(verb="delivery.deleted", target_kind="delivery", target_id=str(delivery.pk))
    who = asked_for.order_by("-at", "-pk").values_list("actor_id", flat=True).first()
    notify(
        answering({who or delivery.post.author_id}),
        undeleted(delivery),
        kind="deletion_failed",
        title=_("A post could not be deleted from %(name)s: it is still there") % {"name": delivery.profile.name},
        url=address(delivery.post),
        about=why(outgoing),
    )


def settle_deletion(delivery: Delivery) -> None:
    settle_notices(undeleted(delivery))


def undeleted(delivery: Delivery) -> str:
    return f"delivery-{delivery.pk}-undeleted"


def tell_stood_in(plan: FallbackPlan, delivery: Delivery) -> None:
    """To its writer, and to those whom the plan names; once for a network, however many posts it holds up."""
    assert plan.profile is not None
    people = {one.pk: one for one in [*answering({delivery.post.author_id}), *plan.told.select_related("user")]}
    names = {"name": plan.profile.name, "held": delivery.profile.name}
    slug = slug_of(delivery.organization_id)
    notify(
        people.values(),
        plan.cause,
        kind="stood_in",
        title=_("%(name)s stands in for %(held)s, which cannot be reached") % names,
        url=address(delivery.post),
        about=words(delivery.post),
        url_of_many=f"{reverse('publishing:posts', args=[slug])}?state=held",
    )


def answering(writers: set[int | None]) -> QuerySet[Member]:
    """These people, and for those who have left whoever succeeded them."""
    gone = Member.ever.filter(pk__in=writers - {None}).exclude(left_at=None).values("successor")
    people = Member.objects.filter(Q(pk__in=writers - {None}) | Q(pk__in=gone))
    return people.select_related("user", "organization")


def where(post: Post) -> str:
    names = list(post.profiles.order_by("name", "pk").values_list("name", flat=True))
    if len(names) == 1:
        return names[0]
    return ngettext("%s profile", "%s profiles", len(names)) % spelt_number(len(names))


def words(post: Post) -> str:
    return post.revision.title if post.revision else ""


def address(post: Post) -> str:
    return reverse("publishing:post", args=[slug_of(post.organization_id), post.pk])


def slug_of(organization_id: int) -> str:
    return Organization.objects.values_list("slug", flat=True).get(pk=organization_id)
