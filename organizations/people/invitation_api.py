"""REST: invitations."""

from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.database.lookups import get_or_not_found
from organizations.access import require_admin
from organizations.actions.invitations import invite_member, resend_invitation, revoke_invitation
from organizations.models import Invitation, Role
from organizations.queries.invitations import open_invitations
from organizations.rest.serializers import IdListField, StrictSerializer
from organizations.rest.views import MemberViewSet


class InvitationBody(StrictSerializer):
    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(Role.choices, default=Role.MEMBER)
    teams = IdListField(required=False)


def invitation_shape(invitation: Invitation) -> dict[str, Any]:
    """The link is in the e-mail and nowhere else."""
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "teams": invitation.team_ids,
        "state": invitation_state(invitation),
        "invited_by": invitation.invited_by_id,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }


def invitation_state(invitation: Invitation) -> str:
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

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def list(self, request: Request) -> Response:
        """Those that were neither accepted nor revoked."""
        require_admin(self.member)
        return self.page(open_invitations(), invitation_shape)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(invitation_shape(self.access_invitation(pk)))

    @extend_schema(request=InvitationBody, responses={201: OpenApiTypes.OBJECT})
    def create(self, request: Request) -> Response:
        require_admin(self.member)
        body = self.read(InvitationBody)
        invitation = invite_member(self.member, email=body["email"], role=body["role"], team_ids=body.get("teams", ()))
        return Response(invitation_shape(invitation), status=201)

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str) -> Response:
        """A new link for another week; the one before no longer works."""
        return Response(invitation_shape(resend_invitation(self.member, self.access_invitation(pk))))

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        invitation = self.access_invitation(pk)
        revoke_invitation(self.member, invitation)
        return Response(invitation_shape(invitation))
