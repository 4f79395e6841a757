"""So many calls per token and period (API_RATE_LIMIT)."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from socialops.lib.ratelimit import seconds_to_wait


class TokenThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: object) -> bool:
        self.seconds = 0.0
        if request.auth is not None:
            calls, period = settings.API_RATE_LIMIT
            self.seconds = seconds_to_wait(f"api:{request.auth.pk}", calls, period)
        return self.seconds == 0

    def wait(self) -> float:
        return self.seconds
