"""So many calls per token and period (API_RATE_LIMIT), and per organization and day (CALLS_PER_DAY)."""

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from foundation.processes.ratelimit import seconds_to_wait
from foundation.texts.number_format import format_number
from organizations.configuration.quotas import quota_limit
from organizations.configuration.usage_quotas import DAY_SECONDS, calls_key
from organizations.models import ApiToken, Organization


class TokenThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: object) -> bool:
        self.seconds = 0.0
        token = request.auth
        if isinstance(token, ApiToken):
            calls, period = settings.API_RATE_LIMIT
            self.seconds = seconds_to_wait(f"api:{token.pk}", calls, period)
            if self.seconds == 0:
                self.count_for_organization(token.member.organization)
        return self.seconds == 0

    def count_for_organization(self, organization: Organization) -> None:
        """All its programs together."""
        most = quota_limit(organization, "calls")
        if seconds := seconds_to_wait(calls_key(organization.pk), most, DAY_SECONDS):
            detail = f"Your organization has made the {format_number(most)} REST calls that it may make in a day."
            raise Throttled(wait=int(seconds) or 1, detail=detail)

    def wait(self) -> float:
        return self.seconds
