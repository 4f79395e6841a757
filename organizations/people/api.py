"""REST: people, their roles and absences."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from foundation.database.lookups import get_or_not_found
from foundation.errors import Invalid
from organizations.access import access_member, require_admin, require_rank
from organizations.actions.absences import end_absence, plan_absence, require_self_or_admin
from organizations.actions.leaving import fallback_successor, offboard_member
from organizations.actions.people import change_role
from organizations.models import Absence, Member, Role
from organizations.people.invitation_api import InvitationView
from organizations.people.member_handover import Handover
from organizations.queries.absences import absences_of
from organizations.queries.leaving import holdings_of
from organizations.queries.people import list_members
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.serializers import IdField, StrictSerializer
from organizations.rest.shapes import MomentField, Shape
from organizations.rest.views import MemberViewSet


class RoleBody(StrictSerializer):
    role = serializers.ChoiceField(Role.choices)


class AbsenceBody(StrictSerializer):
    deputy = IdField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class LeaveBody(StrictSerializer):
    successor = IdField()
    successors = serializers.DictField(child=IdField(), required=False)
    keep_scheduled = serializers.BooleanField(default=True)


class PeopleQuery(serializers.Serializer):  # type: ignore[type-arg]  # generic for the type checker alone
    q = serializers.CharField(max_length=100, required=False, allow_blank=True)
    role = serializers.ChoiceField(Role.choices, required=False)


class MemberShape(Shape):
    id = IdField()
    name = serializers.CharField()
    email = serializers.CharField(source="user.email")
    role = serializers.ChoiceField(Role.choices)
    time_zone = serializers.CharField(help_text="IANA name.")
    joined_at = MomentField(source="created_at")


class AbsenceShape(Shape):
    id = IdField()
    member = IdField(source="member_id", help_text="Who is away.")
    deputy = IdField(source="deputy_id", help_text="Who stands in.")
    starts_at = MomentField()
    ends_at = MomentField()


class MemberView(MemberViewSet):
    area = "people"
    queryset = Member.objects.none()

    @extend_schema(
        parameters=[OpenApiParameter("q", OpenApiTypes.STR), OpenApiParameter("role", enum=Role.values)],
        responses=MemberShape(many=True),
    )
    def list(self, request: Request) -> Response:
        query = self.read(PeopleQuery, request.query_params)
        rows = list_members(query.get("q", ""))
        return self.page(rows.filter(role=query["role"]) if "role" in query else rows, MemberShape)

    @extend_schema(responses=MemberShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        member = access_member(self.member, int(pk))
        return etag_response(MemberShape(member).data, member.mark)

    @extend_schema(parameters=[IF_MATCH], request=RoleBody, responses=MemberShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another role, never above the caller's own."""
        member = access_member(self.member, int(pk))
        require_admin(self.member)
        role = self.read(RoleBody)["role"]
        member = change_role(self.member, member, role=role, seen=parse_if_match(request))
        return etag_response(MemberShape(member).data, member.mark)

    @extend_schema(methods=["POST"], request=AbsenceBody, responses={201: AbsenceShape})
    @extend_schema(methods=["GET"], responses=AbsenceShape(many=True))
    @action(detail=True, methods=["get", "post"])
    def absences(self, request: Request, pk: str) -> Response:
        member = access_member(self.member, int(pk))
        if request.method != "POST":
            return self.page(absences_of(member), AbsenceShape)
        require_self_or_admin(self.member, member)
        body = self.read(AbsenceBody)
        absence = plan_absence(
            self.member, member, **{**body, "deputy": require_named_member("deputy", body["deputy"])}
        )
        absence.refresh_from_db()
        return Response(AbsenceShape(absence).data, status=201)

    @extend_schema(request=LeaveBody, responses={204: None})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Off-boards: every right ends at once, and what is under way passes to those named."""
        member = access_member(self.member, int(pk))
        require_rank(self.member, member.role)
        body = self.read(LeaveBody)
        takers = {kind: require_named_member("successors", taker) for kind, taker in body.get("successors", {}).items()}
        self.refuse_unknown(member, takers)
        successor = require_named_member("successor", body["successor"])
        offboard_member(
            self.member, member, successor=successor, successors=takers, keep_scheduled=body["keep_scheduled"]
        )
        return Response(status=204)

    def refuse_unknown(self, member: Member, takers: dict[str, Member]) -> None:
        """A kind of thing that they do not hold is most likely misspelt."""
        taker = fallback_successor(self.member, member)
        held = [one.kind for one in holdings_of(Handover(member, taker, taker)) if one.passes]
        if unknown_kinds := sorted(set(takers) - set(held)):
            hint = f"They hold {', '.join(held)}." if held else "They hold nothing that passes to somebody."
            raise Invalid({f"successors.{kind}": [hint] for kind in unknown_kinds})


class AbsenceView(MemberViewSet):
    area = "people"
    queryset = Absence.objects.none()

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        absence = get_or_not_found(Absence.objects.select_related("member__user"), pk)
        end_absence(self.member, absence)
        return Response(status=204)


def require_named_member(field: str, pk: int) -> Member:
    found = list_members().filter(pk=pk).first()
    if found is None:
        raise Invalid({field: ["There is nobody with this id here."]})
    return found


router = SimpleRouter()
router.register("members", MemberView, basename="member")
router.register("absences", AbsenceView, basename="absence")
router.register("invitations", InvitationView, basename="invitation")
urlpatterns = router.urls
