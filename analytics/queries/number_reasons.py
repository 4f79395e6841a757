"""Why a number is not known, in words for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.definitions import Metric, Source
from analytics.models import Measurement
from networks.models import Profile

DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class MissingReasons:
    """What the profiles' own Measurement rows and health say."""

    connected: bool
    missing: Mapping[str, str]
    trouble: str

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> "MissingReasons":
        rows = Measurement.objects.filter(profile__in=[profile.pk for profile in profiles], remote_post=None)
        missing: dict[str, str] = {}
        trouble = next((profile.state_reason for profile in profiles if profile.state == DISCONNECTED), "")
        for lacking, error in rows.order_by("-measured_at").values_list("missing", "error"):
            missing = lacking | missing
            trouble = trouble or error
        return cls(bool(profiles), missing, trouble)

    def why(self, metric: Metric, *, others_known: bool) -> str:
        if not self.connected:
            return _("No profile is connected that you may analyse.")
        if metric.source is Source.OWN:
            return _("No profile was connected in this period.")
        if metric.key in self.missing:
            return self.missing[metric.key]
        if self.trouble:
            return self.trouble
        if others_known and metric.source is Source.POSTS:
            return _("Nothing was measured in this period, or the network does not give this number.")
        return _("Nothing was measured in this period.")
