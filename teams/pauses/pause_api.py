"""REST: pausing what leaves, and releasing it."""

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from networks.actions.backlog import BacklogDecision
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.schema import describe_problem
from organizations.rest.serializers import IdField, StrictSerializer, WrittenTextField
from organizations.rest.shapes import MomentField, Shape
from organizations.rest.views import MemberViewSet
from teams.actions.pauses import LONGEST_NOTE, pause_publishing, release_pause
from teams.models import Pause
from teams.models.pause import PAUSE_HOLDS
from teams.pauses.pause_access import access_pause, access_pause_target, pauses_for
from teams.queries.pauses import count_in_flight

PAUSE_SCOPES = ("organization", "team", "profile")


class PauseBody(StrictSerializer):
    scope = serializers.ChoiceField(PAUSE_SCOPES)
    team = IdField(required=False)
    profile = IdField(required=False)
    keeps_replies = serializers.BooleanField(required=False)
    note = WrittenTextField(required=False, allow_blank=True, max_length=LONGEST_NOTE)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        for name in ("team", "profile"):
            if (name in given) != (given["scope"] == name):
                raise serializers.ValidationError({name: [f"Name it where the scope is {name}, and only there."]})
        return given


class ReleaseBody(StrictSerializer):
    overdue = serializers.ChoiceField(BacklogDecision.values, required=False)


class PauseQuery(StrictSerializer):
    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)
    format = serializers.CharField(required=False)
    state = serializers.ChoiceField(("holds", "released"), required=False)


class PauseShape(Shape):  # its context has `sending`, as `count_in_flight` counts
    id = IdField()
    scope = serializers.ChoiceField(PAUSE_SCOPES)
    team = IdField(source="team_id", allow_null=True)
    profile = IdField(source="profile_id", allow_null=True)
    keeps_replies = serializers.BooleanField(help_text="Posts wait, answers to people still leave.")
    note = serializers.CharField()
    by = IdField(source="by_id", allow_null=True)
    at = MomentField()
    released_by = IdField(source="released_by_id", allow_null=True)
    released_at = MomentField(allow_null=True)
    in_flight = serializers.SerializerMethodField(help_text="What had begun to leave and is not through yet.")

    def get_in_flight(self, pause: Pause) -> int:
        return int(self.context["sending"].get(pause.pk, 0))


class BacklogShape(Shape):
    """In posts."""

    sent = serializers.IntegerField()
    held = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class ReleasedPauseShape(PauseShape):  # its context has `done`, as `release_pause` returns it
    done = serializers.SerializerMethodField(help_text="What became of posts whose time has passed.")

    @extend_schema_field(BacklogShape)
    def get_done(self, pause: Pause) -> dict[str, int]:
        return dict(self.context["done"])


class PauseView(MemberViewSet):
    """While a pause holds, nothing begins to leave through what it is of. Several may overlap: the stricter wins."""

    area = "publishing"
    queryset = Pause.objects.none()

    @extend_schema(parameters=[PauseQuery], responses=PauseShape(many=True))
    def list(self, request: Request) -> Response:
        """Those that touch the caller, the newest first."""
        asked = self.read(PauseQuery, request.query_params).get("state")
        wanted = {"holds": PAUSE_HOLDS, "released": ~PAUSE_HOLDS, None: Q()}[asked]
        rows = self.paginate_queryset(pauses_for(self.member).filter(wanted)) or []
        sending = count_in_flight(row for row in rows if row.released_at is None)
        return self.get_paginated_response(PauseShape(rows, many=True, context={"sending": sending}).data)

    @extend_schema(request=PauseBody, responses={201: PauseShape, **describe_problem(404)})
    def create(self, request: Request) -> Response:
        body = self.read(PauseBody)
        scope = body.pop("scope")
        target = access_pause_target(self.member, scope, body.pop(scope, None))
        pause = pause_publishing(self.member, target, **body)
        shape = PauseShape(pause, context={"sending": count_in_flight([pause])})
        return etag_response(shape.data, pause.mark, status=201)

    @extend_schema(parameters=[IF_MATCH], request=ReleaseBody, responses=ReleasedPauseShape)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Ends it. `overdue`: what becomes of posts whose time has passed; `done` counts them."""
        pause = access_pause(self.member, pk, to="release")
        kept = BacklogDecision(self.read(ReleaseBody).get("overdue", BacklogDecision.RECENT))
        done = release_pause(self.member, pause, kept=kept, seen=parse_if_match(request))
        shape = ReleasedPauseShape(access_pause(self.member, pk), context={"sending": {}, "done": done})
        return Response(shape.data)


router = SimpleRouter()
router.register("pauses", PauseView, basename="pause")
urlpatterns = router.urls
