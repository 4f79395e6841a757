"""REST: tasks."""

from typing import Any, TypedDict, TypeVar

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from foundation.errors import Invalid
from organizations.models import Member
from organizations.queries.people import list_members
from organizations.rest.pagination import KeysetPagination
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.serializers import IdField, StrictSerializer, WrittenTextField
from organizations.rest.shapes import MomentField, Shape, TextOrNullField
from organizations.rest.views import MemberViewSet
from teams.actions.tasks import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    accept_task,
    cancel_task,
    comment_task,
    create_task,
    finish_task,
    hand_over_task,
    reopen_task,
)
from teams.member_tasks.task_access import access_task, tasks_for
from teams.member_tasks.task_subjects import parse_reference
from teams.models import Task, Team
from teams.queries.tasks import TASK_VIEW_NAMES, TaskRow, steps_of_task, tasks_in_view, with_abouts

M = TypeVar("M", bound=Model)


class AwareDateTimeField(serializers.DateTimeField):
    """A time that names its zone."""

    def enforce_timezone(self, value: Any) -> Any:
        return value


TASK_STATES = ("open", "accepted", "done", "cancelled")


class TaskQuery(serializers.Serializer):  # type: ignore[type-arg]  # generic for the type checker alone
    view = serializers.ChoiceField(TASK_VIEW_NAMES, required=False)


class TaskBody(StrictSerializer):
    title = serializers.CharField(max_length=LONGEST_TITLE)
    text = WrittenTextField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    member = IdField(required=False, allow_null=True)
    team = IdField(required=False, allow_null=True)
    due_at = AwareDateTimeField(required=False, allow_null=True)
    time_zone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    about = serializers.CharField(max_length=40, required=False, allow_blank=True)


class NoteBody(StrictSerializer):
    note = WrittenTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class CommentBody(StrictSerializer):
    text = WrittenTextField(max_length=LONGEST_NOTE)


class HandOverBody(NoteBody):
    member = IdField(required=False, allow_null=True)
    team = IdField(required=False, allow_null=True)


class DueFirst(KeysetPagination):
    ordering = ("order_at", "id")


class EndedFirst(KeysetPagination):
    ordering = ("-ended_at", "-id")


class TaskShape(Shape):  # of a TaskRow
    id = IdField(source="task.pk")
    title = serializers.CharField(source="task.title")
    text = serializers.CharField(source="task.text")
    state = serializers.ChoiceField(TASK_STATES, source="task.state")
    giver = IdField(source="task.giver_id", allow_null=True)
    assignee = IdField(source="task.assignee_id", allow_null=True, help_text="Null until somebody of the team accepts.")
    team = IdField(source="task.team_id", allow_null=True)
    due_at = MomentField(source="task.due_at", allow_null=True)
    time_zone = TextOrNullField(source="task.due_zone", help_text="IANA: the clock on which it was meant.")
    about = serializers.SerializerMethodField(help_text="Such as `post:7`; null where the caller may not see it.")
    created_at = MomentField(source="task.created_at")
    ended_at = MomentField(source="task.ended_at", allow_null=True, help_text="Done or cancelled.")

    def get_about(self, row: TaskRow) -> str | None:
        return f"{row.about.kind}:{row.about.pk}" if row.about else None


class TaskStepShape(Shape):
    word = serializers.CharField(help_text="given, accepted, handed_over, done, cancelled, reopened or commented.")
    by = serializers.CharField(help_text="A name.")
    to = serializers.CharField(help_text="A name, or empty.")
    note = serializers.CharField()
    at = MomentField()


class TaskHistoryShape(TaskShape):
    history = serializers.SerializerMethodField()

    @extend_schema_field(TaskStepShape(many=True))
    def get_history(self, row: TaskRow) -> list[dict[str, Any]]:
        return list(TaskStepShape(steps_of_task(row.task), many=True).data)


class TaskView(MemberViewSet):
    area = "teams"
    queryset = Task.objects.none()

    @extend_schema(parameters=[OpenApiParameter("view", OpenApiTypes.STR)], responses=TaskShape(many=True))
    def list(self, request: Request) -> Response:
        view = self.read(TaskQuery, request.query_params).get("view")
        rows = tasks_in_view(self.member, view) if view else tasks_for(self.member)
        if view:
            self.pagination_class = EndedFirst if view == "done" else DueFirst
        found = self.paginate_queryset(rows.select_related("giver", "assignee", "team")) or []
        return self.get_paginated_response(TaskShape(with_abouts(self.member, found), many=True).data)

    @extend_schema(responses=TaskHistoryShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk)
        return self.tagged_task(task, shape=TaskHistoryShape)

    @extend_schema(request=TaskBody, responses={201: TaskShape})
    def create(self, request: Request) -> Response:
        body = self.read(TaskBody)
        task = create_task(
            self.member,
            title=body["title"],
            text=body.get("text", ""),
            due_at=body.get("due_at"),
            due_zone=body.get("time_zone", ""),
            about=parse_reference(body.get("about", "")),
            **find_holder(body),
        )
        return self.tagged_task(task, status=201)

    @extend_schema(parameters=[IF_MATCH], request=None, responses=TaskShape)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk, to="accept")
        return self.tagged_task(accept_task(self.member, task, seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=NoteBody, responses=TaskShape)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk, to="finish")
        return self.tagged_task(finish_task(self.member, task, **self.read(NoteBody), seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=HandOverBody, responses=TaskShape)
    @action(detail=True, methods=["post"])
    def hand_over(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk, to="hand_over")
        body = self.read(HandOverBody)
        note, seen = body.get("note", ""), parse_if_match(request)
        return self.tagged_task(hand_over_task(self.member, task, note=note, **find_holder(body), seen=seen))

    @extend_schema(request=CommentBody, responses={201: TaskShape})
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk)
        comment_task(self.member, task, **self.read(CommentBody))
        return self.tagged_task(task, 201)

    @extend_schema(parameters=[IF_MATCH], request=NoteBody, responses=TaskShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk, to="cancel")
        return self.tagged_task(cancel_task(self.member, task, **self.read(NoteBody), seen=parse_if_match(request)))

    @extend_schema(parameters=[IF_MATCH], request=None, responses=TaskShape)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        task = access_task(self.member, pk, to="reopen")
        return self.tagged_task(reopen_task(self.member, task, seen=parse_if_match(request)))

    def tagged_task(self, task: Task, status: int = 200, shape: type[TaskShape] = TaskShape) -> Response:
        [row] = with_abouts(self.member, [task])
        return etag_response(shape(row).data, task.mark, status)


class Holder(TypedDict):
    member: Member | None
    team: Team | None


def find_holder(body: dict[str, Any]) -> Holder:
    """The person and team that a body names. Raises Invalid (member, team)."""
    return {
        "member": find_named("member", list_members(), body.get("member")),
        "team": find_named("team", Team.objects.all(), body.get("team")),
    }


def find_named(field: str, rows: QuerySet[M], pk: int | None) -> M | None:
    found = rows.filter(pk=pk).first() if pk else None
    if pk and found is None:
        raise Invalid({field: ["There is none with this id here."]})
    return found


router = SimpleRouter()
router.register("tasks", TaskView, basename="task")
urlpatterns = router.urls
