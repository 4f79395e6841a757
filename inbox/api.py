"""REST: conversations and what is done with them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts.ids import parse_id
from inbox.access import access_conversation, require_conversation_right
from inbox.actions.assign import assign_conversation
from inbox.actions.reply import reply_to_conversation
from inbox.actions.triage import close_conversation, reopen_conversation
from inbox.conversation_filters import (
    CONVERSATION_KINDS,
    CONVERSATION_STATES,
    ME,
    NOBODY,
    ConversationFilters,
)
from inbox.conversation_shapes import AnsweredMeanwhileShape, ConversationShape, MessageShape
from inbox.models import Conversation, Message
from inbox.queries.conversation_list import filter_conversations
from inbox.queries.conversation_thread import messages_of
from organizations.access import access_member
from organizations.rest.errors import CONTENT_TYPE, problem_response
from organizations.rest.pagination import KeysetPagination
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.serializers import IdField, StrictSerializer, WrittenTextField
from organizations.rest.views import MemberViewSet
from teams.access import access_team


class NewestConversationsFirst(KeysetPagination):
    ordering = ("-last_message_at", "-id")


class LatestMessagesFirst(KeysetPagination):
    ordering = ("-sent_at", "-id")


class ConversationQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(CONVERSATION_STATES, required=False)
    assignee = serializers.CharField(required=False)
    team = IdField(required=False)
    profile = IdField(required=False)
    kind = serializers.ChoiceField(CONVERSATION_KINDS, required=False)
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)

    def validate_assignee(self, value: str) -> str:
        if value not in (ME, NOBODY) and parse_id(value) is None:
            raise serializers.ValidationError("Give me, none or the id of a member.")
        return value


class ReplyBody(StrictSerializer):
    text = WrittenTextField(allow_blank=True, trim_whitespace=False)
    seen = IdField()


class CloseBody(StrictSerializer):
    seen = IdField(required=False)  # the last message that was read


class AssignBody(StrictSerializer):
    member = IdField(required=False, allow_null=True)
    team = IdField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"member": ["Give a member or a team; null for nobody."]})
        return attrs


FILTER_PARAMETERS = [OpenApiParameter(str(name), OpenApiTypes.STR) for name in ConversationQuery().fields]


class ConversationView(MemberViewSet):
    area = "inbox"
    queryset = Conversation.objects.none()
    pagination_class = NewestConversationsFirst

    @extend_schema(parameters=FILTER_PARAMETERS, responses=ConversationShape(many=True))
    def list(self, request: Request) -> Response:
        filters = ConversationFilters(**self.read(ConversationQuery, request.query_params))
        return self.page(
            filter_conversations(self.member, filters).select_related("contact", "about"), ConversationShape
        )

    @extend_schema(responses=ConversationShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        return conversation_response(access_conversation(self.member, pk))

    @extend_schema(operation_id="conversations_messages_retrieve", responses=MessageShape(many=True))
    @action(detail=True, methods=["get"], pagination_class=LatestMessagesFirst)
    def messages(self, request: Request, pk: str) -> Response:
        return self.page(messages_of(access_conversation(self.member, pk)), MessageShape)

    @extend_schema(request=ReplyBody, responses={201: MessageShape, (409, CONTENT_TYPE): AnsweredMeanwhileShape})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="reply")
        try:
            message = reply_to_conversation(self.member, conversation, **self.read(ReplyBody))
        except Conflict as error:
            refusal = problem_response(error.status, error.user_message, {})
            newer = [row for row in error.newer if isinstance(row, Message)]
            refusal.data["newer"] = MessageShape(newer, many=True).data
            return refusal
        return Response(MessageShape(message).data, status=201)

    @extend_schema(parameters=[IF_MATCH], request=AssignBody, responses=ConversationShape)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="give_back")
        body = self.read(AssignBody)
        if body.get("member") or body.get("team"):
            require_conversation_right(self.member, conversation, "assign")
        member = find_or_invalid("member", lambda pk: access_member(self.member, pk), body.get("member"))
        team = find_or_invalid("team", lambda pk: access_team(self.member, pk), body.get("team"))
        return conversation_response(
            assign_conversation(self.member, conversation, member=member, team=team, seen=parse_if_match(request))
        )

    @extend_schema(parameters=[IF_MATCH], request=CloseBody, responses=ConversationShape)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="close")
        read = self.read(CloseBody).get("seen")
        return conversation_response(
            close_conversation(self.member, conversation, seen=parse_if_match(request), read=read)
        )

    @extend_schema(parameters=[IF_MATCH], request=None, responses=ConversationShape)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        conversation = access_conversation(self.member, pk, to="close")
        return conversation_response(reopen_conversation(self.member, conversation, seen=parse_if_match(request)))


def conversation_response(conversation: Conversation) -> Response:
    return etag_response(ConversationShape(conversation).data, conversation.mark)


def find_or_invalid(field: str, find: Any, pk: int | None) -> Any:
    try:
        return find(pk) if pk else None
    except NotFound:
        raise Invalid({field: ["There is none with this id here."]}) from None


router = SimpleRouter()
router.register("conversations", ConversationView, basename="conversation")
urlpatterns = router.urls
