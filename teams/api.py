"""REST: profiles, grants, teams."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from foundation.errors import Invalid
from foundation.overtaking import mark_of, refuse_overtaken
from foundation.texts.ids import parse_id
from networks.contract import MediaKind, Publishes, Replies
from networks.models import PROFILE_VERBS, Profile
from networks.queries.holds import annotate_waits, first_wait_of
from networks.registry import adapter_class
from organizations.access import access_member
from organizations.models import Member
from organizations.rest.preconditions import IF_MATCH, etag_response, parse_if_match
from organizations.rest.serializers import IdField, IdListField, StrictSerializer
from organizations.rest.shapes import MomentField, Shape, TextOrNullField
from organizations.rest.views import MemberViewSet
from teams.access import access_profile, access_team, profiles_for, verbs_on
from teams.actions.grants import lock_profile_row, set_grants
from teams.actions.teams import change_team, create_team, dissolve_team, lock_team
from teams.models import Team, TeamMember, UseCase
from teams.queries.grant_reasons import explain_verbs, find_possible_givers, require_may_ask
from teams.rights.grant_rows import own_grants, team_grants, verbs_by


class VerbsField(serializers.ListField):
    child = serializers.ChoiceField(PROFILE_VERBS)


class WaitShape(Shape):  # of a profile `annotate_waits` has seen
    """Why nothing leaves here at this moment; null where nothing known holds what is due."""

    held = serializers.CharField()
    reason = serializers.CharField()
    until = MomentField(allow_null=True)

    def to_representation(self, profile: Profile) -> dict[str, Any] | None:  # type: ignore[override]  # null of nothing
        wait = first_wait_of(profile)
        return {"held": wait.hold, "reason": wait.reason, "until": wait.until} if wait else None


class CapabilitiesShape(Shape):  # of a network
    """What the network takes."""

    publish = serializers.BooleanField()
    reply = serializers.BooleanField()
    text_limit = serializers.IntegerField()
    text_unit = serializers.CharField()
    images = serializers.IntegerField(help_text="How many one post takes; likewise `gifs` and `videos`.")
    gifs = serializers.IntegerField()
    videos = serializers.IntegerField()
    wordless = serializers.BooleanField(help_text="Files alone are a post.")
    threads = serializers.BooleanField()

    def to_representation(self, network: str) -> dict[str, Any]:
        adapter = adapter_class(network)
        can = adapter.capabilities
        return {
            "publish": issubclass(adapter, Publishes),
            "reply": issubclass(adapter, Replies),
            "text_limit": can.text_limit,
            "text_unit": can.text_unit,
            "images": can.most(MediaKind.IMAGE),
            "gifs": can.most(MediaKind.GIF),
            "videos": can.most(MediaKind.VIDEO),
            "wordless": can.wordless,
            "threads": can.threads,
        }


class ProfileShape(Shape):  # of a profile by `annotate_waits`; its context has `verbs`, as `verbs_on` finds them
    """One connected presence on one network."""

    id = IdField()
    network = serializers.CharField()
    remote_id = serializers.CharField()
    name = serializers.CharField()
    handle = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField())
    health = serializers.CharField(source="state")
    health_reason = TextOrNullField(source="state_reason")
    waits = WaitShape(source="*", allow_null=True)
    capabilities = CapabilitiesShape(source="network")
    can = serializers.SerializerMethodField(help_text="What the caller may do with it.")

    @extend_schema_field(VerbsField)
    def get_can(self, profile: Profile) -> list[str]:
        return sorted(self.context["verbs"][profile.pk])


class GrantsShape(Shape):
    """Verbs by the id of whom they were given."""

    members = serializers.DictField(child=VerbsField())
    teams = serializers.DictField(child=VerbsField())


class GrantsBody(StrictSerializer):
    members = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)
    teams = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class GrantLinkShape(Shape):
    kind = serializers.ChoiceField(("role", "own", "team"))
    name = serializers.CharField(help_text="The role, or the team.")
    given_by = TextOrNullField(help_text="Null where the audit log does not reach back so far.")
    given_at = MomentField(allow_null=True)


class PossibleGiverShape(Shape):
    member = IdField(source="member.pk")
    name = serializers.CharField(source="member.name")
    vars()["as"] = serializers.ChoiceField(("admin", "manager", "leader"), source="kind")  # no name in Python
    team = TextOrNullField(help_text="That a leader leads.")
    joins = serializers.BooleanField(help_text="The member would have to join that team first.")


class WhyShape(Shape):  # of what `find_why` found
    """Why a member may do this there, or who could let them."""

    profile = IdField()
    member = IdField()
    verb = serializers.ChoiceField(PROFILE_VERBS, source="found.verb")
    can = serializers.BooleanField(source="found.can")
    beyond_role = serializers.BooleanField(
        source="found.beyond_role", help_text="No grant would count: the role only looks on."
    )
    chain = GrantLinkShape(many=True, source="found.chain", help_text="Through what they may.")
    givers = PossibleGiverShape(many=True, help_text="Who could give what is missing.")


class WhyQuery(StrictSerializer):
    member = IdField(required=False)
    verb = serializers.ChoiceField(choices=PROFILE_VERBS)


class ProfileView(MemberViewSet):
    area = "teams"
    queryset = Profile.objects.none()

    @extend_schema(responses=ProfileShape(many=True))
    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(annotate_waits(profiles_for(self.member, to="view"), now())) or []
        verbs = verbs_on(self.member, [row.pk for row in rows])
        return self.get_paginated_response(ProfileShape(rows, many=True, context={"verbs": verbs}).data)

    @extend_schema(responses=ProfileShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        found = access_profile(self.member, pk, to="view")
        profile = annotate_waits(Profile.objects.filter(pk=found.pk), now()).get()
        return Response(ProfileShape(profile, context={"verbs": verbs_on(self.member, [profile.pk])}).data)

    @extend_schema(methods=["PUT"], request=GrantsBody, parameters=[IF_MATCH])
    @extend_schema(responses=GrantsShape)
    @action(detail=True, methods=["get", "put"])
    def grants(self, request: Request, pk: str) -> Response:
        profile = access_profile(self.member, pk, to="view")
        if request.method != "PUT":
            return grants_response(profile)
        body = self.read(GrantsBody)
        members, teams = (parse_verbs_by_id(name, body.get(name, {})) for name in ("members", "teams"))
        with transaction.atomic():
            lock_profile_row(profile)
            refuse_overtaken(mark_of(grants_shape(profile)), parse_if_match(request))
            set_grants(self.member, profile, members=members, teams=teams)
        return grants_response(profile)

    @extend_schema(parameters=[WhyQuery], responses=WhyShape)
    @action(detail=True, methods=["get"])
    def why(self, request: Request, pk: str) -> Response:
        """Why a member may do this here: the grants that give it, or who could give what is missing."""
        profile = access_profile(self.member, pk, to="view")
        asked = self.read(WhyQuery, request.query_params)
        member = access_member(self.member, asked.get("member", self.member.pk))
        require_may_ask(self.member, member, profile)
        return Response(WhyShape(find_why(member, profile, asked["verb"])).data)


def find_why(member: Member, profile: Profile, verb: str) -> dict[str, Any]:
    """What `WhyShape` reads."""
    found = explain_verbs(member, profile, [verb])[0]
    givers = [] if found.can or found.beyond_role else find_possible_givers(member, profile, verb)
    return {"profile": profile.pk, "member": member.pk, "found": found, "givers": givers}


def parse_verbs_by_id(field: str, verbs: Mapping[str, list[str]]) -> dict[int, list[str]]:
    if any(parse_id(key) is None for key in verbs):
        raise Invalid({field: ["Name each by its id, a whole number."]})
    return {int(key): wanted for key, wanted in verbs.items()}


def grants_shape(profile: Profile) -> dict[str, dict[str, list[str]]]:
    own = own_grants(content_object=profile, user__memberships__organization=profile.organization_id)
    members = verbs_by(own, "user__memberships__id")
    team_ids = dict(Team.objects.values_list("group_id", "id"))
    groups = verbs_by(team_grants(content_object=profile, group__in=team_ids), "group_id")
    teams = {team_ids[group]: verbs for group, verbs in groups.items()}
    return {
        kind: {str(pk): sorted(verbs) for pk, verbs in sorted(held.items())}
        for kind, held in (("members", members), ("teams", teams))
    }


def grants_response(profile: Profile) -> Response:
    shape = grants_shape(profile)
    return etag_response(shape, mark_of(shape))


class TeamBody(StrictSerializer):
    name = serializers.CharField(max_length=80)
    department = serializers.CharField(max_length=80, required=False, allow_blank=True)
    use_case = serializers.ChoiceField(UseCase.choices, required=False, allow_blank=True)
    purpose = serializers.CharField(max_length=300, required=False, allow_blank=True)
    leaders = IdListField(required=False)
    members = IdListField(required=False)
    profiles = IdListField(required=False)


class TeamChange(TeamBody):
    name = serializers.CharField(max_length=80, required=False)


class TeamShape(Shape):  # of a team with its memberships and profiles; its context has `visible`: profiles' ids
    id = IdField()
    name = serializers.CharField()
    department = serializers.CharField()
    use_case = serializers.ChoiceField(UseCase.choices, allow_blank=True)
    purpose = serializers.CharField()
    leaders = serializers.SerializerMethodField(help_text="Of the members.")
    members = serializers.SerializerMethodField()
    profiles = serializers.SerializerMethodField(help_text="Those that the caller may see.")

    def get_leaders(self, team: Team) -> list[int]:
        return sorted(row.member_id for row in team.memberships.all() if row.leads)

    def get_members(self, team: Team) -> list[int]:
        return sorted(row.member_id for row in team.memberships.all())

    def get_profiles(self, team: Team) -> list[int]:
        return sorted(profile.pk for profile in team.profiles.all() if profile.pk in self.context["visible"])


class TeamView(MemberViewSet):
    area = "teams"
    queryset = Team.objects.none()

    def rows(self) -> Any:
        return Team.objects.prefetch_related(Prefetch("memberships", TeamMember.objects.all()), "profiles")

    def visible(self) -> set[int]:
        return set(profiles_for(self.member, to="view").values_list("pk", flat=True))

    def tagged(self, team: Team, status: int = 200) -> Response:
        found = self.rows().get(pk=team.pk)
        shape = TeamShape(found, context={"visible": self.visible()})
        return etag_response(shape.data, found.mark, status)

    @extend_schema(responses=TeamShape(many=True))
    def list(self, request: Request) -> Response:
        return self.page(self.rows(), TeamShape, visible=self.visible())

    @extend_schema(responses=TeamShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self.tagged(access_team(self.member, pk))

    @extend_schema(request=TeamBody, responses={201: TeamShape})
    def create(self, request: Request) -> Response:
        return self.tagged(create_team(self.member, **self.read(TeamBody)), status=201)

    @extend_schema(parameters=[IF_MATCH], request=TeamChange, responses=TeamShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        team = access_team(self.member, pk, to="change")
        body = self.read(TeamChange)
        with transaction.atomic():
            lock_team(team, parse_if_match(request))
            return self.tagged(change_team(self.member, team, **body))

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        dissolve_team(self.member, access_team(self.member, pk, to="change"), seen=parse_if_match(request))
        return Response(status=204)


router = SimpleRouter()
router.register("profiles", ProfileView, basename="profile")
router.register("teams", TeamView, basename="team")
urlpatterns = router.urls
