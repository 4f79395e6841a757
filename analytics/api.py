"""REST: the numbers of a period, and the posts behind them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import path
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.access import analysed_profiles
from analytics.definitions import METRICS, POST_KEYS
from analytics.derive import day_of
from analytics.period import Period, parse_period
from analytics.queries.figures import Figure, Points, list_figures
from analytics.queries.post_numbers import POST_ORDERS, measured_posts, parse_order
from networks.models import Profile, RemotePost
from organizations.rest.pagination import KeysetPagination
from organizations.rest.serializers import IdField
from organizations.rest.shapes import MomentField, Shape
from organizations.rest.views import MemberViewSet

PERIOD_PARAMETERS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day, in the organization's zone."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day, included. At most two years after the first."),
    OpenApiParameter("profile", OpenApiTypes.INT, many=True),
    OpenApiParameter("team", OpenApiTypes.INT),
]
POINTS = {  # of lists with two kinds of things in them OpenAPI 3.0 cannot say which comes first
    "type": "array",
    "items": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": {"oneOf": [{"type": "string", "format": "date"}, {"type": "integer"}], "nullable": True},
    },
}
ORDER_PARAMETER = OpenApiParameter("order", enum=POST_ORDERS)


class FigureShape(Shape):
    """One number of the period."""

    key = serializers.ChoiceField([metric.key for metric in METRICS], source="metric.key")
    label = serializers.CharField(source="metric.label")  # type: ignore[assignment]  # a field's own label, elsewhere
    value = serializers.IntegerField(allow_null=True, help_text="Null where it is not known.")
    previous = serializers.IntegerField(allow_null=True, help_text="Of as many days before.")
    unit = serializers.CharField(source="metric.unit")
    as_of = MomentField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # where a field reads, elsewhere
    definition = serializers.CharField(source="metric.definition")
    reason = serializers.CharField(
        required=False, allow_null=True, help_text="Why it is not known; absent where it is."
    )

    def to_representation(self, figure: Figure) -> dict[str, Any]:
        shape: dict[str, Any] = super().to_representation(figure)
        if figure.value is not None:
            del shape["reason"]
        return shape


class SeriesShape(Shape):
    key = serializers.ChoiceField([metric.key for metric in METRICS], source="metric.key")
    points = serializers.SerializerMethodField(help_text="Of each day [date, number]; null where it is not known.")

    @extend_schema_field(POINTS)
    def get_points(self, figure: Figure) -> Points:
        return figure.points


class OverviewShape(Shape):
    metrics = FigureShape(many=True)
    series = SeriesShape(many=True)


class PostNumbersShape(Shape):
    """Of a post on the network, whoever wrote it."""

    id = IdField()
    profile = IdField(source="profile_id")
    remote_id = serializers.CharField()
    permalink = serializers.CharField()
    text = serializers.CharField()
    published_at = MomentField()
    as_of = MomentField(source="measurement.measured_at", allow_null=True)
    values = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField(help_text="Why a number is not known, by its key.")

    @extend_schema_field(
        inline_serializer("PostValues", {key: serializers.IntegerField(allow_null=True) for key in POST_KEYS})
    )
    def get_values(self, post: RemotePost) -> dict[str, int | None]:
        measurement = getattr(post, "measurement", None)
        known = measurement.known if measurement else {}
        return {key: known.get(key) for key in POST_KEYS}

    def get_missing(self, post: RemotePost) -> dict[str, str]:
        measurement = getattr(post, "measurement", None)
        return measurement.missing if measurement else {}


class NumbersView(MemberViewSet):
    area = "analytics"
    queryset = RemotePost.objects.none()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.member.organization.time_zone)

    def asked(self) -> tuple[list[Profile], Period]:
        params = self.request.query_params
        period = parse_period(params.get("from", ""), params.get("to", ""), day_of(now(), self.zone))
        return analysed_profiles(self.member, profiles=params.getlist("profile"), team=params.get("team", "")), period

    @extend_schema(parameters=PERIOD_PARAMETERS, responses=OverviewShape)
    def overview(self, request: Request) -> Response:
        profiles, period = self.asked()
        figures = list_figures(profiles, period, zone=self.zone)
        return Response(OverviewShape({"metrics": figures, "series": figures}).data)


class RankedPages(KeysetPagination):
    ordering = ("-rank", "-id")


class MeasuredPostsView(NumbersView):
    pagination_class = RankedPages

    @extend_schema(parameters=[*PERIOD_PARAMETERS, ORDER_PARAMETER], responses=PostNumbersShape(many=True))
    def list(self, request: Request) -> Response:
        order = parse_order(request.query_params.get("order", ""))
        profiles, period = self.asked()
        return self.page(measured_posts(profiles, period, zone=self.zone, order=order), PostNumbersShape)


urlpatterns = [
    path("analytics/overview/", NumbersView.as_view({"get": "overview"}), name="analytics-overview"),
    path("analytics/posts/", MeasuredPostsView.as_view({"get": "list"}), name="analytics-posts"),
]
