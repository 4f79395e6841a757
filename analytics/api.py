"""REST: the numbers of a period, and the posts behind them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import path
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.access import analysed_profiles
from analytics.definitions import POST_KEYS
from analytics.derive import day_of
from analytics.period import Period, parse_period
from analytics.queries.figures import Figure, list_figures
from analytics.queries.post_numbers import POST_ORDERS, measured_posts, parse_order
from networks.models import Profile, RemotePost
from organizations.rest.pagination import KeysetPagination
from organizations.rest.views import MemberViewSet

PERIOD_PARAMETERS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day, in the organization's zone."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day, included. At most two years after the first."),
    OpenApiParameter("profile", OpenApiTypes.INT, many=True),
    OpenApiParameter("team", OpenApiTypes.INT),
]
ORDER_PARAMETER = OpenApiParameter("order", enum=POST_ORDERS)


def figure_shape(figure: Figure) -> dict[str, Any]:
    shape = {
        "key": figure.metric.key,
        "label": str(figure.metric.label),
        "value": figure.value,
        "previous": figure.previous,
        "unit": str(figure.metric.unit),
        "as_of": figure.as_of,
        "source": figure.source,
        "definition": str(figure.metric.definition),
    }
    return shape | ({"reason": figure.reason} if figure.value is None else {})


def post_numbers_shape(post: RemotePost) -> dict[str, Any]:
    measurement = getattr(post, "measurement", None)
    known = measurement.known if measurement else {}
    return {
        "id": post.pk,
        "profile": post.profile_id,
        "remote_id": post.remote_id,
        "permalink": post.permalink,
        "text": post.text,
        "published_at": post.published_at,
        "as_of": measurement and measurement.measured_at,
        "values": {key: known.get(key) for key in POST_KEYS},
        "missing": measurement.missing if measurement else {},
    }


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

    @extend_schema(parameters=PERIOD_PARAMETERS, responses=OpenApiTypes.OBJECT)
    def overview(self, request: Request) -> Response:
        profiles, period = self.asked()
        figures = list_figures(profiles, period, zone=self.zone)
        series = [{"key": one.metric.key, "points": one.points} for one in figures]
        return Response({"metrics": [figure_shape(one) for one in figures], "series": series})


class RankedPages(KeysetPagination):
    ordering = ("-rank", "-id")


class MeasuredPostsView(NumbersView):
    pagination_class = RankedPages

    @extend_schema(parameters=[*PERIOD_PARAMETERS, ORDER_PARAMETER], responses=OpenApiTypes.OBJECT)
    def list(self, request: Request) -> Response:
        order = parse_order(request.query_params.get("order", ""))
        profiles, period = self.asked()
        return self.page(measured_posts(profiles, period, zone=self.zone, order=order), post_numbers_shape)


urlpatterns = [
    path("analytics/overview/", NumbersView.as_view({"get": "overview"}), name="analytics-overview"),
    path("analytics/posts/", MeasuredPostsView.as_view({"get": "list"}), name="analytics-posts"),
]
