"""REST: conversations and what is done with them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from foundation.errors import Conflict, Invalid, NotFound
from inbox.access import access_conversation, require
from inbox.actions.assign import assign_conversation
from inbox.actions.reply import reply_to_conversation
from inbox.actions.triage import close_conversation, reopen_conversation
from inbox.filters import KINDS, ME, NOBODY, STATES, Filters, number
from inbox.models import Conversation, Message
from inbox.queries.listing import selected
from inbox.queries.thread import messages_of
from inbox.shapes import conversation_shape, message_shape
from organizations.access import access_member
from organizations.rest.errors import answer
from organizations.rest.pagination import KeysetPagination
from organizations.rest.preconditions import IF_MATCH, seen_by, tagged
from organizations.rest.serializers import StrictSerializer, WrittenText
from organizations.rest.views import MemberViewSet
from teams.access import access_team

LARGEST = 2**63 - 1
Id = serializers.IntegerField


class NewestFirst(KeysetPagination):
    ordering = ("-last_message_at", "-id")


class LatestFirst(KeysetPagination):
    ordering = ("-sent_at", "-id")


class Query(serializers.Serializer[Any]):
    state = serializers.ChoiceField(STATES, required=False)
    assignee = serializers.CharField(required=False)
    team = Id(required=False, min_value=1, max_value=LARGEST)
    profile = Id(required=False, min_value=1, max_value=LARGEST)
    kind = serializers.ChoiceField(KINDS, required=False)
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)

    def validate_assignee(self, value: str) -> str:
        if value not in (ME, NOBODY) and number(value) is None:
            raise serializers.ValidationError("Give me, none or the id of a member.")
        return value


class ReplyBody(StrictSerializer):
    text = WrittenText(allow_blank=True, trim_whitespace=False)
    seen = Id(min_value=1, max_value=LARGEST)


class CloseBody(StrictSerializer):
    seen = Id(required=False, min_value=1, max_value=LARGEST)  # the last message that was read


class AssignBody(StrictSerializer):
    member = Id(required=False, allow_null=True, min_value=1, max_value=LARGEST)
    team = Id(required=False, allow_null=True, min_value=1, max_value=LARGEST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"member": ["Give a member or a team; null for nobody."]})
        return attrs


FILTERS = [OpenApiParameter(name, OpenApiTypes.STR) for name in Query().fields]


class ConversationView(MemberViewSet):
    area = "inbox"
    queryset = Conversation.objects.none()
    pagination_class = NewestFirst

    @extend_schema(parameters=FILTERS, responses=OpenApiTypes.OBJECT)
    def list(self, request: Request) -> Response:
        filters = Filters(**self.read(Query, request.query_params))
        return self.page(selected(self.member, filters).select_related("contact", "about"), conversation_shape)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Request, pk: str) -> Response:
        return shown(access_conversation(self.member, pk))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"], pagination_class=LatestFirst)
    def messages(self, request: Request, pk: str) -> Response:
        return self.page(messages_of(access_conversation(self.member, pk)), message_shape)

    @extend_schema(request=ReplyBody, responses={201: OpenApiTypes.OBJECT, 409: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="reply")
        try:
            message = reply_to_conversation(self.member, conversation, **self.read(ReplyBody))
        except Conflict as error:
            refusal = answer(error.status, error.user_message, {})
            refusal.data["newer"] = [message_shape(row) for row in error.newer if isinstance(row, Message)]
            return refusal
        return Response(message_shape(message), status=201)

    @extend_schema(parameters=[IF_MATCH], request=AssignBody, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="give_back")
        body = self.read(AssignBody)
        if body.get("member") or body.get("team"):
            require(self.member, conversation, "assign")
        member = named("member", lambda pk: access_member(self.member, pk), body.get("member"))
        team = named("team", lambda pk: access_team(self.member, pk), body.get("team"))
        return shown(assign_conversation(self.member, conversation, member=member, team=team, seen=seen_by(request)))

    @extend_schema(parameters=[IF_MATCH], request=CloseBody, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="close")
        read = self.read(CloseBody).get("seen")
        return shown(close_conversation(self.member, conversation, seen=seen_by(request), read=read))

    @extend_schema(parameters=[IF_MATCH], request=None, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="close")
        return shown(reopen_conversation(self.member, conversation, seen=seen_by(request)))


def shown(conversation: Conversation) -> Response:
    return tagged(conversation_shape(conversation), conversation.mark)


def named(field: str, find: Any, pk: int | None) -> Any:
    try:
        return find(pk) if pk else None
    except NotFound:
        raise Invalid({field: ["There is none with this id here."]}) from None


router = SimpleRouter()
router.register("conversations", ConversationView, basename="conversation")
urlpatterns = router.urls
