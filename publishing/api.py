"""REST: posts and deliveries."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from networks.models import Attempt
from organizations.rest.errors import plain
from organizations.rest.views import MemberViewSet
from publishing.access import access_asset, access_delivery, access_post, deliveries_for
from publishing.actions.deliveries import cancel_delivery, delete_delivery, resolve_delivery, retry_delivery
from publishing.actions.forward import Wish, rewrite_post, write_post
from publishing.actions.late import move_delivery
from publishing.actions.media import describe_asset, most_bytes, require_writer, upload_asset
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import cancel_post, publish_now, schedule_post
from publishing.limits import spelt_bytes
from publishing.models import Asset, Delivery, Post
from publishing.queries.parts import DUE, STATE, parts_of, with_parts
from publishing.queries.posts import for_reading, listed, with_shown
from publishing.queries.queue import foresee
from publishing.shapes import (
    AltTextBody,
    DecisionBody,
    DeliveryQuery,
    MediaBody,
    PostBody,
    PostChange,
    PostQuery,
    ResolveBody,
    ScheduleBody,
    asset_shape,
    attempt_shape,
    delivery_shape,
    post_shape,
)
from publishing.uploads import is_too_long
from socialops.lib.errors import Invalid

SHAPE = OpenApiTypes.OBJECT


def words_in(body: dict[str, Any]) -> dict[str, Any]:
    """What is to be said and where, as the actions take it."""
    names = ("text", "profiles", "thread", "first_comment", "media", "thread_media")
    found = {name: body[name] for name in names if name in body}
    if "variants" in body:
        found["variants"] = {network: variant["text"] for network, variant in body["variants"].items()}
    return found


def wish_in(body: dict[str, Any]) -> Wish:
    at, at_once = body.get("scheduled_at"), body.get("publish_now", False)
    if at and at_once:
        raise Invalid({"publish_now": [_("Give either a time or “publish now”.")]})
    return Wish(at=at, zone=body.get("time_zone", ""), now=at_once, submit=body.get("submit", False))


def foresee_all(posts: list[Post]) -> None:
    foresee([delivery for post in posts for delivery in post.shown_deliveries], now())


class PostView(MemberViewSet):
    area = "publishing"
    queryset = Post.objects.none()

    def readable(self, posts: QuerySet[Post]) -> QuerySet[Post]:
        return with_shown(for_reading(posts, self.member))

    def shape(self, post: Post) -> dict[str, Any]:
        found = self.readable(Post.objects.filter(pk=post.pk)).get()
        foresee_all([found])
        return post_shape(found)

    @extend_schema(parameters=[PostQuery], responses=SHAPE)
    def list(self, request: Request) -> Response:
        query = self.read(PostQuery, request.query_params.dict())
        wanted = {name: query[name] for name in ("state", "profile", "q") if name in query}
        return self.page(self.readable(listed(self.member, **wanted)), post_shape, foresee_all)

    @extend_schema(request=PostBody, responses={201: SHAPE})
    def create(self, request: Request) -> Response:
        body = self.read(PostBody)
        post = write_post(self.member, **words_in(body), wish=wish_in(body))
        return Response(self.shape(post), status=201)

    @extend_schema(responses=SHAPE)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.shape(access_post(self.member, pk)))

    @extend_schema(request=PostChange, responses=SHAPE)
    def partial_update(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="edit")
        body = self.read(PostChange)
        return Response(self.shape(rewrite_post(self.member, post, **words_in(body), wish=wish_in(body))))

    @extend_schema(responses={200: SHAPE})
    def destroy(self, request: Request, pk: str) -> Response:
        """Cancels what has not left, and answers with what became of the post; 409 where all of it has left."""
        return Response(self.shape(cancel_post(self.member, access_post(self.member, pk, to="cancel"))))

    @extend_schema(request=None, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        return Response(self.shape(submit_post(self.member, access_post(self.member, pk, to="submit"))))

    @extend_schema(request=DecisionBody, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="approve")
        return Response(self.shape(approve_post(self.member, post, **self.read(DecisionBody))))

    @extend_schema(request=DecisionBody, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="approve")
        return Response(self.shape(reject_post(self.member, post, **self.read(DecisionBody))))

    @extend_schema(request=ScheduleBody, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: str) -> Response:
        post = access_post(self.member, pk, to="schedule")
        wish = wish_in(self.read(ScheduleBody))
        if wish.now:
            return Response(self.shape(publish_now(self.member, post)))
        at = wish.at or post.planned_at
        if at is None:
            raise Invalid({"scheduled_at": [_("Say when, or give publish_now.")]})
        zone = wish.zone if wish.at else post.planned_zone
        return Response(self.shape(schedule_post(self.member, post, at=at, zone=zone)))


class DeliveryView(MemberViewSet):
    area = "publishing"
    queryset = Delivery.objects.none()

    def rows(self) -> Any:
        rows = deliveries_for(self.member).select_related("revision", "outgoing__remote_post")
        return with_parts(rows).annotate(state_now=STATE, due=DUE)

    def shape(self, pk: int | str) -> dict[str, Any]:
        delivery = self.rows().get(pk=access_delivery(self.member, pk).pk)
        foresee([delivery], now())
        attempts = Attempt.objects.filter(outgoing__in=parts_of(delivery)).order_by("pk")
        return {**delivery_shape(delivery), "attempts": [attempt_shape(attempt) for attempt in attempts]}

    @extend_schema(parameters=[DeliveryQuery], responses=SHAPE)
    def list(self, request: Request) -> Response:
        query = self.read(DeliveryQuery, request.query_params.dict())
        columns = {"state": "state_now", "profile": "profile_id", "due_before": "due__lt"}
        wanted = {column: query[name] for name, column in columns.items() if name in query}
        return self.page(self.rows().filter(**wanted), delivery_shape, lambda found: foresee(found, now()))

    @extend_schema(responses=SHAPE)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.shape(pk))

    @extend_schema(request=None, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        retry_delivery(self.member, access_delivery(self.member, pk, to="retry"))
        return Response(self.shape(pk))

    @extend_schema(request=ScheduleBody, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: str) -> Response:
        """Another time for this profile alone, or now: the answer to what is held as too late."""
        delivery = access_delivery(self.member, pk, to="schedule")
        wish = wish_in(self.read(ScheduleBody))
        at = now() if wish.now else wish.at
        if at is None:
            raise Invalid({"scheduled_at": [_("Say when, or give publish_now.")]})
        move_delivery(self.member, delivery, at=at)
        return Response(self.shape(pk))

    @extend_schema(request=ResolveBody, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        delivery = access_delivery(self.member, pk, to="resolve")
        resolve_delivery(self.member, delivery, **self.read(ResolveBody))
        return Response(self.shape(pk))

    @extend_schema(request=None, responses=SHAPE)
    @action(detail=True, methods=["post"], url_path="delete")
    def take_away(self, request: Request, pk: str) -> Response:
        """Deletes it on the network."""
        delete_delivery(self.member, access_delivery(self.member, pk, to="delete"))
        return Response(self.shape(pk))

    @extend_schema(request=None, responses=SHAPE)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        cancel_delivery(self.member, access_delivery(self.member, pk, to="cancel"))
        return Response(self.shape(pk))


class MediaView(MemberViewSet):
    """Files for posts. To upload is not to publish: nobody outside sees it. What no post uses goes after 30 days."""

    area = "publishing"
    queryset = Asset.objects.none()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_too_long(request):
            wrong = _("The file is too large: no network takes more than %s.") % spelt_bytes(most_bytes())
            return plain(400, wrong, {"file": [wrong]})
        return super().dispatch(request, *args, **kwargs)

    def get_parsers(self) -> list[BaseParser]:
        return [MultiPartParser()] if self.request and self.request.method == "POST" else super().get_parsers()

    @extend_schema(request={"multipart/form-data": MediaBody}, responses={201: SHAPE})
    def create(self, request: Request) -> Response:
        require_writer(self.member)
        body = self.read(MediaBody)
        asset = upload_asset(self.member, body["file"], alt_text=body.get("alt_text", ""))
        return Response(asset_shape(asset), status=201)

    @extend_schema(responses=SHAPE)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(asset_shape(access_asset(self.member, pk)))

    @extend_schema(request=AltTextBody, responses=SHAPE)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another alt text, for posts to come; what is written already keeps its own."""
        asset = access_asset(self.member, pk, to="edit")
        return Response(asset_shape(describe_asset(self.member, asset, **self.read(AltTextBody))))


router = SimpleRouter()
router.register("media", MediaView, basename="media")
router.register("posts", PostView, basename="post")
router.register("deliveries", DeliveryView, basename="delivery")
urlpatterns = router.urls
