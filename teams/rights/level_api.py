"""REST: the organization's own levels."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from networks.models import PROFILE_VERBS
from organizations.access import require_admin
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.serializers import IdField, StrictSerializer
from organizations.rest.shapes import Shape
from organizations.rest.views import MemberViewSet
from teams.access import access_level
from teams.actions.levels import change_level, create_level, delete_level
from teams.levels import LEVELS
from teams.models import Level


class LevelBody(StrictSerializer):
    name = serializers.CharField(max_length=40)
    verbs = serializers.ListField(child=serializers.ChoiceField(PROFILE_VERBS), allow_empty=False)


class LevelChange(LevelBody):
    name = serializers.CharField(max_length=40, required=False)
    verbs = serializers.ListField(child=serializers.ChoiceField(PROFILE_VERBS), allow_empty=False, required=False)


class BuiltInLevelShape(Shape):
    name = serializers.CharField()
    verbs = serializers.ListField(child=serializers.ChoiceField(PROFILE_VERBS))


class LevelShape(Shape):
    id = IdField()
    name = serializers.CharField()
    verbs = serializers.ListField(child=serializers.ChoiceField(PROFILE_VERBS))


@extend_schema_serializer(many=False)
class LevelPageShape(Shape):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = LevelShape(many=True)
    built_in = BuiltInLevelShape(many=True, help_text="Those that every organization has, on every page.")


class LevelView(MemberViewSet):
    """A level is copied when it is given: changing one changes no right that somebody holds."""

    area = "teams"
    queryset = Level.objects.none()

    @extend_schema(responses=LevelPageShape)
    def list(self, request: Request) -> Response:
        """The organization's own, beside those that every organization has."""
        answer = self.page(Level.objects.all(), LevelShape)
        built_in = [
            {"name": name, "verbs": [verb for verb in PROFILE_VERBS if verb in held]} for name, held in LEVELS.items()
        ]
        return Response({**answer.data, "built_in": built_in})

    @extend_schema(responses=LevelShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        level = access_level(self.member, pk)
        return etag_response(LevelShape(level).data, level.mark)

    @extend_schema(request=LevelBody, responses={201: LevelShape})
    def create(self, request: Request) -> Response:
        require_admin(self.member)
        level = create_level(self.member, **self.read(LevelBody))
        return etag_response(LevelShape(level).data, level.mark, status=201)

    @extend_schema(parameters=[IF_MATCH], request=LevelChange, responses=LevelShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        level = access_level(self.member, pk)
        require_admin(self.member)
        body = self.read(LevelChange)
        level = change_level(self.member, level, **body, seen=parse_if_match(request))
        return etag_response(LevelShape(level).data, level.mark)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        delete_level(self.member, access_level(self.member, pk), seen=parse_if_match(request))
        return Response(status=204)


router = SimpleRouter()
router.register("levels", LevelView, basename="level")
urlpatterns = router.urls
