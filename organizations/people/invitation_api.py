"""REST: invitations."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.database.lookups import get_or_not_found
from organizations.access import require_admin
from organizations.actions.invitations import invite_member, resend_invitation, revoke_invitation
from organizations.models import Invitation, Role
from organizations.queries.invitations import open_invitations
from organizations.rest.serializers import IdField, IdListField, StrictSerializer
from organizations.rest.shapes import MomentField, Shape
from organizations.rest.views import MemberViewSet

INVITATION_STATES = ("open", "accepted", "revoked", "expired")


class InvitationBody(StrictSerializer):
    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(Role.choices, default=Role.MEMBER)
    teams = IdListField(required=False)


class InvitationShape(Shape):
    """The link is in the e-mail and nowhere else."""

    id = IdField()
    email = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    teams = IdListField(source="team_ids", help_text="Which they join at once.")
    state = serializers.SerializerMethodField()
    invited_by = IdField(source="invited_by_id", allow_null=True)
    created_at = MomentField()
    expires_at = MomentField()

    @extend_schema_field(serializers.ChoiceField(INVITATION_STATES))
    def get_state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return "accepted"
        if invitation.revoked_at:
            return "revoked"
        return "expired" if invitation.is_expired else "open"


class InvitationView(MemberViewSet):
    area = "people"
    queryset = Invitation.objects.none()

    def access_invitation(self, pk: str) -> Invitation:
        require_admin(self.member)
        invitation = get_or_not_found(Invitation.objects.all(), pk)
        return invitation

    @extend_schema(responses=InvitationShape(many=True))
    def list(self, request: Request) -> Response:
        """Those that were neither accepted nor revoked."""
        require_admin(self.member)
        return self.page(open_invitations(), InvitationShape)

    @extend_schema(responses=InvitationShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(InvitationShape(self.access_invitation(pk)).data)

    @extend_schema(request=InvitationBody, responses={201: InvitationShape})
    def create(self, request: Request) -> Response:
        require_admin(self.member)
        body = self.read(InvitationBody)
        invitation = invite_member(self.member, email=body["email"], role=body["role"], team_ids=body.get("teams", ()))
        return Response(InvitationShape(invitation).data, status=201)

    @extend_schema(request=None, responses=InvitationShape)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str) -> Response:
        """A new link for another week; the one before no longer works."""
        return Response(InvitationShape(resend_invitation(self.member, self.access_invitation(pk))).data)

    @extend_schema(request=None, responses=InvitationShape)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        invitation = self.access_invitation(pk)
        revoke_invitation(self.member, invitation)
        return Response(InvitationShape(invitation).data)
