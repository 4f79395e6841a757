"""Who may see a post and do what with it. One policy for pages, REST, search and delayed work."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import PermissionDenied
from networks.models import PROFILE_VERBS
from organizations.actors import Actor, System
from organizations.models import Member
from publishing.models import Asset, Attachment, Delivery, Post
from teams.access import has_verb_on, profiles_for, verbs_on

POST_ACTIONS = ("edit", "submit", "approve", "schedule", "cancel")
MOST_POSTS_CHECKED = 20  # posts that one file goes with


def sees_everything(actor: Actor) -> bool:
    return isinstance(actor, System) or actor.is_admin


def posts_owned_by(member: Member) -> QuerySet[Post]:
    """What the member answers for: their own posts, and those of whom they succeeded."""
    return Post.objects.filter(author__in=owner_ids_of(member))


def owner_ids_of(member: Actor) -> QuerySet[Member, int]:
    """The ids of the member and of those who left and whose successor the member is."""
    assert not isinstance(member, System)  # nobody asks for what sees everything
    return Member.ever.filter(Q(pk=member.pk) | Q(successor=member.pk)).values_list("pk", flat=True)


def posts_for(actor: Actor) -> QuerySet[Post]:
    """A post is visible to whoever answers for it or may view at least one of its profiles."""
    if sees_everything(actor):
        return Post.objects.all()
    through = Post.profiles.through.objects
    seen = through.filter(post_id=OuterRef("pk"), profile__in=profiles_for(actor, to="view").values("pk"))
    return Post.objects.filter(Q(author__in=owner_ids_of(actor)) | Exists(seen))


def deliveries_for(actor: Actor) -> QuerySet[Delivery]:
    if sees_everything(actor):
        return Delivery.objects.all()
    seen = profiles_for(actor, to="view").values("pk")
    return Delivery.objects.filter(Q(post__author__in=owner_ids_of(actor)) | Q(profile__in=seen))


def access_post(actor: Actor, pk: int | str, *, to: str = "view") -> Post:
    """One post. Raises NotFound for foreign or invisible ones, PermissionDenied for seen but not allowed."""
    post = get_or_not_found(posts_for(actor).select_related("author__user", "revision__author__user"), pk)
    require_post_access(actor, post, to)
    return post


def access_delivery(actor: Actor, pk: int | str, *, to: str = "view") -> Delivery:
    """One delivery; any `to` but "view" asks for the `publish` right on its profile."""
    rows = deliveries_for(actor).select_related("post", "profile", "revision", "outgoing__remote_post")
    delivery = get_or_not_found(rows, pk)
    if to != "view":
        require_delivery_access(actor, delivery)
    return delivery


def assets_for(actor: Actor) -> QuerySet[Asset]:
    """A file is visible to whoever answers for it or may see a post that it goes with, or once went with."""
    if sees_everything(actor):
        return Asset.objects.all()
    seen = Attachment.objects.filter(asset=OuterRef("pk"), revision__post__in=posts_for(actor).values("pk"))
    return Asset.objects.filter(Q(author__in=owner_ids_of(actor)) | Exists(seen))


def access_asset(actor: Actor, pk: int | str, *, to: str = "view") -> Asset:
    """One file. Whoever sees it may use it; to "edit" takes the right to write for all profiles of a post with it."""
    asset = get_or_not_found(assets_for(actor), pk)
    require_asset_access(actor, asset, to)
    return asset


def require_asset_access(actor: Actor, asset: Asset, to: str) -> None:
    if to != "edit" or sees_everything(actor):
        return
    if asset.author_id is not None and owner_ids_of(actor).filter(pk=asset.author_id).exists():
        return
    posts = posts_for(actor).filter(revisions__attachments__asset=asset).distinct()
    if not any("draft" in verbs_on_post(actor, post) for post in posts[:MOST_POSTS_CHECKED]):
        raise PermissionDenied(_("You can see this file, but only its owner and who may edit its post can change it."))


def require_delivery_access(actor: Actor, delivery: Delivery) -> None:
    if not has_verb_on(actor, "publish", delivery.profile_id):
        raise PermissionDenied(_("You can see this, but you may not publish on %s.") % delivery.profile.name)


def require_post_access(actor: Actor, post: Post, to: str) -> None:
    """Raises PermissionDenied, with the reason, when `actor` may not do that with a post that is seen."""
    if to != "view":
        refusal = post_refusal_reason(actor, post, to, verbs_on_post(actor, post))
        if refusal:
            raise PermissionDenied(refusal)


def allowed_actions(actor: Actor, post: Post, verbs: frozenset[str]) -> frozenset[str]:
    """All that `verbs`, held on every profile, allow; whether the state allows it too is the machine's question."""
    return frozenset(to for to in POST_ACTIONS if not post_refusal_reason(actor, post, to, verbs))


def verbs_on_post(actor: Actor, post: Post) -> frozenset[str]:
    """The verbs that the actor holds on every profile of the post."""
    if sees_everything(actor):
        return frozenset(PROFILE_VERBS)
    return common_verbs(actor, post.profiles.values_list("pk", flat=True))


def common_verbs(actor: Actor, profile_ids: Iterable[int]) -> frozenset[str]:
    if isinstance(actor, System):
        return frozenset(PROFILE_VERBS)
    return frozenset(PROFILE_VERBS).intersection(*verbs_on(actor, profile_ids).values())


def post_refusal_reason(actor: Actor, post: Post, to: str, verbs: frozenset[str]) -> str:
    """Why not; empty when the actor may."""
    wrote = post.author_id is not None and post.author_id == getattr(actor, "pk", None)
    if to == "approve" and (wrote or is_revision_author(actor, post)):
        return _("Somebody else has to approve what you wrote.")
    if to == "approve":
        return "" if "approve" in verbs else _("You can see this, but you may not approve for all of its profiles.")
    if to == "schedule":
        return "" if "publish" in verbs else _("You can see this, but you may not publish on all of its profiles.")
    answers = is_post_owner(actor, post)
    if to == "cancel" and (answers or "publish" in verbs):
        return ""
    if "draft" not in verbs:
        return _("You can see this, but you may not write for all of its profiles.")
    if to in ("edit", "cancel") and post.state == "scheduled" and not answers and "publish" not in verbs:
        return _("It is scheduled already: only its writer and people who may publish can change that.")
    return ""


def is_post_owner(actor: Actor, post: Post) -> bool:
    """Whether the actor wrote it, or succeeded its author, who has left."""
    return post.author is not None and getattr(actor, "pk", 0) in (post.author_id, post.author.successor_id)


def is_revision_author(actor: Actor, post: Post) -> bool:
    """Whether the actor wrote the words that stand now."""
    return post.revision is not None and post.revision.author_id == getattr(actor, "pk", 0)
