"""REST: posts and deliveries."""

from datetime import UTC
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from foundation.errors import Invalid
from networks.models import Attempt
from organizations.rest.errors import plain_problem_response
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.views import MemberViewSet
from publishing.access import access_asset, access_delivery, access_post, deliveries_for
from publishing.actions.assets import describe_asset, require_any_draft_right, upload_asset
from publishing.actions.deliveries import cancel_delivery, delete_delivery, resolve_delivery, retry_delivery
from publishing.actions.delivery_times import move_delivery
from publishing.actions.next_steps import PublishIntent, rewrite_post, write_post
from publishing.actions.review import approve_post, reject_post, submit_post, unapprove_post
from publishing.actions.schedule import cancel_post, publish_now, schedule_post
from publishing.bodies import (
    AltTextBody,
    DecisionBody,
    DeliveryQuery,
    MediaBody,
    PostBody,
    PostChange,
    PostQuery,
    ResolveBody,
    ScheduleBody,
)
from publishing.composing.post_input import PostInput
from publishing.composing.threads import VariantWording
from publishing.limits import format_bytes
from publishing.media.originals import original_response
from publishing.media.renditions import most_bytes
from publishing.media.uploads import is_body_too_long, require_upload_room
from publishing.models import Asset, Delivery, Post
from publishing.queries.delivery_parts import DELIVERY_DUE, DELIVERY_STATE
from publishing.queries.posts import list_posts
from publishing.queries.shown_deliveries import list_shown_deliveries
from publishing.queries.shown_posts import ShownPost, list_shown_posts, rows_to_show
from publishing.shapes import AssetShape, DeliveryShape, DeliveryWithAttemptsShape, PostShape


def content_in_body(body: dict[str, Any]) -> PostInput:
    """What is to be said and where."""
    names = ("text", "profiles", "thread", "first_comment", "media", "thread_media")
    found = {name: body[name] for name in names if name in body}
    if "variants" in body:
        found["variants"] = {network: variant_in_body(variant) for network, variant in body["variants"].items()}
    return PostInput(**found)


def variant_in_body(variant: dict[str, Any]) -> VariantWording:
    parts = variant.get("thread")
    return VariantWording(variant["text"], None if parts is None else tuple(parts))


def intent_in_body(body: dict[str, Any]) -> PublishIntent:
    at, at_once = body.get("scheduled_at"), body.get("publish_now", False)
    if at and at_once:
        raise Invalid({"publish_now": [_("Give either a time or “publish now”.")]})
    unplan = "scheduled_at" in body and not at and not at_once
    wall = at and at.replace(tzinfo=UTC)  # as the caller's clock shows it
    submit = body.get("submit", False)
    return PublishIntent(at, zone=body.get("time_zone", ""), now=at_once, submit=submit, unplan=unplan, wall=wall)


class PostView(MemberViewSet):
    area = "publishing"
    queryset = Post.objects.none()

    def read_posts(self, rows: list[Any]) -> list[ShownPost]:
        return list_shown_posts(rows, self.member, now())

    def shown(self, post: Post, status: int = 200) -> Response:
        [found] = self.read_posts([rows_to_show(Post.objects.filter(pk=post.pk)).get()])
        return etag_response(PostShape(found).data, found.post.mark, status)

    @extend_schema(parameters=[PostQuery], responses=PostShape(many=True))
    def list(self, request: Request) -> Response:
        query = self.read(PostQuery, request.query_params.dict())
        wanted = {name: query[name] for name in ("state", "profile", "q") if name in query}
        return self.page(rows_to_show(list_posts(self.member, **wanted)), PostShape, self.read_posts)

    @extend_schema(request=PostBody, responses={201: PostShape})
    def create(self, request: Request) -> Response:
        body = self.read(PostBody)
        post = write_post(self.member, content_in_body(body), intent=intent_in_body(body))
        return self.shown(post, status=201)

    @extend_schema(responses=PostShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self.shown(access_post(self.member, pk))

    @extend_schema(parameters=[IF_MATCH], request=PostChange, responses=PostShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="edit")
        body = self.read(PostChange)
        return self.shown(
            rewrite_post(
                self.member, post, content_in_body(body), intent=intent_in_body(body), seen=parse_if_match(request)
            )
        )

    @extend_schema(parameters=[IF_MATCH], responses={200: PostShape})
    def destroy(self, request: Request, pk: str) -> Response:
        """Cancels what has not left, and answers with what became of the post; 409 where all of it has left."""
        post = access_post(self.member, pk, to="cancel")
        return self.shown(cancel_post(self.member, post, seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=None, responses=PostShape)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="submit")
        return self.shown(submit_post(self.member, post, seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=DecisionBody, responses=PostShape)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="approve")
        return self.shown(approve_post(self.member, post, **self.read(DecisionBody), seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=None, responses=PostShape)
    @action(detail=True, methods=["post"])
    def unapprove(self, request: Request, pk: str) -> Response:
        """Takes the caller's own approval back: it waits for a decision again. 409 once a part has begun to leave."""
        post = access_post(self.member, pk, to="approve")
        return self.shown(unapprove_post(self.member, post, seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=DecisionBody, responses=PostShape)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="approve")
        return self.shown(reject_post(self.member, post, **self.read(DecisionBody), seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=ScheduleBody, responses=PostShape)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="schedule")
        intent = intent_in_body(self.read(ScheduleBody))
        if intent.now:
            return self.shown(publish_now(self.member, post, seen=parse_if_match(request)))
        at = intent.at or post.planned_at
        if at is None or intent.unplan:
            raise Invalid({"scheduled_at": [_("Say when, or give publish_now.")]})
        zone = intent.zone if intent.at else post.planned_zone
        return self.shown(
            schedule_post(self.member, post, at=at, zone=zone, wall=intent.wall, seen=parse_if_match(request))
        )


class DeliveryView(MemberViewSet):
    area = "publishing"
    queryset = Delivery.objects.none()

    def rows(self) -> Any:
        rows = deliveries_for(self.member).select_related("revision", "outgoing__remote_post")
        return rows.annotate(state_now=DELIVERY_STATE, due=DELIVERY_DUE)

    def shown(self, pk: int | str) -> Response:
        delivery = self.rows().get(pk=access_delivery(self.member, pk).pk)
        [found] = list_shown_deliveries([delivery], now())
        attempts = Attempt.objects.filter(outgoing__in=found.parts).order_by("pk")
        shape = DeliveryWithAttemptsShape(found, context={"attempts": attempts})
        return etag_response(shape.data, found.front.mark)

    @extend_schema(parameters=[DeliveryQuery], responses=DeliveryShape(many=True))
    def list(self, request: Request) -> Response:
        query = self.read(DeliveryQuery, request.query_params.dict())
        columns = {"state": "state_now", "profile": "profile_id", "due_before": "due__lt"}
        wanted = {column: query[name] for name, column in columns.items() if name in query}
        rows = self.rows().filter(**wanted)
        return self.page(rows, DeliveryShape, lambda found: list_shown_deliveries(found, now()))

    @extend_schema(responses=DeliveryWithAttemptsShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self.shown(pk)

    @extend_schema(parameters=[IF_MATCH], request=None, responses=DeliveryWithAttemptsShape)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        retry_delivery(self.member, access_delivery(self.member, pk, to="retry"), seen=parse_if_match(request))
        return self.shown(pk)

    @extend_schema(parameters=[IF_MATCH], request=ScheduleBody, responses=DeliveryWithAttemptsShape)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: str) -> Response:
        """Another time for this profile alone, or now: the answer to what is held as too late."""
        delivery = access_delivery(self.member, pk, to="schedule")
        intent = intent_in_body(self.read(ScheduleBody))
        at = now() if intent.now else intent.at
        if at is None:
            raise Invalid({"scheduled_at": [_("Say when, or give publish_now.")]})
        move_delivery(self.member, delivery, at=at, seen=parse_if_match(request))
        return self.shown(pk)

    @extend_schema(parameters=[IF_MATCH], request=ResolveBody, responses=DeliveryWithAttemptsShape)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        delivery = access_delivery(self.member, pk, to="resolve")
        resolve_delivery(self.member, delivery, **self.read(ResolveBody), seen=parse_if_match(request))
        return self.shown(pk)

    @extend_schema(request=None, responses=DeliveryWithAttemptsShape)
    @action(detail=True, methods=["post"], url_path="delete")
    def take_away(self, request: Request, pk: str) -> Response:
        """Deletes it on the network."""
        delete_delivery(self.member, access_delivery(self.member, pk, to="delete"))
        return self.shown(pk)

    @extend_schema(parameters=[IF_MATCH], request=None, responses=DeliveryWithAttemptsShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        cancel_delivery(self.member, access_delivery(self.member, pk, to="cancel"), seen=parse_if_match(request))
        return self.shown(pk)


class MediaView(MemberViewSet):
    """Files for posts. To upload is not to publish: nobody outside sees it. What no post uses goes after 30 days.

    A photo that a network does not take as it came goes there as a copy: `copies` says to which, as what, and why.
    `original` is the picture as it came, or null.
    """

    area = "publishing"
    queryset = Asset.objects.none()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_body_too_long(request):
            wrong = _("The file is too large: no network takes more than %s.") % format_bytes(most_bytes())
            return plain_problem_response(400, wrong, {"file": [wrong]})
        return super().dispatch(request, *args, **kwargs)

    def get_parsers(self) -> list[BaseParser]:
        return [MultiPartParser()] if self.request and self.request.method == "POST" else super().get_parsers()

    @extend_schema(request={"multipart/form-data": MediaBody}, responses={201: AssetShape})
    def create(self, request: Request) -> Response:
        require_any_draft_right(self.member)
        data = request.data
        require_upload_room(request._request)
        body = self.read(MediaBody, data)
        asset = upload_asset(self.member, body["file"], alt_text=body.get("alt_text", ""))
        return etag_response(AssetShape(asset).data, asset.mark, status=201)

    @extend_schema(responses=AssetShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        asset = access_asset(self.member, pk)
        return etag_response(AssetShape(asset).data, asset.mark)

    @extend_schema(parameters=[IF_MATCH], request=AltTextBody, responses=AssetShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another alt text, for posts to come; what is written already keeps its own."""
        asset = access_asset(self.member, pk, to="edit")
        asset = describe_asset(self.member, asset, **self.read(AltTextBody), seen=parse_if_match(request))
        return etag_response(AssetShape(asset).data, asset.mark)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def original(self, request: Request, pk: str) -> HttpResponseBase:
        """The picture as it came, under its own name: with all that the camera wrote, such as where it was taken."""
        return original_response(access_asset(self.member, pk))


router = SimpleRouter()
router.register("media", MediaView, basename="media")
router.register("posts", PostView, basename="post")
router.register("deliveries", DeliveryView, basename="delivery")
urlpatterns = router.urls
