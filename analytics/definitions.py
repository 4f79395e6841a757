"""Every number that is shown: what it counts, where it comes from, and how it adds up. The only list of metrics."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from networks.registry import manifests


class Source(StrEnum):
    OWN = "own"  # counted here, so a day without rows is a real zero
    POSTS = "posts"  # the networks' numbers of our posts, as the day's change
    PROFILE = "profile"  # the network's number of the profile itself, as the day's last value


@dataclass(frozen=True, slots=True)
class Metric:
    key: str
    label: str | Promise
    unit: str | Promise
    definition: str | Promise
    source: Source
    vanity: bool = False  # pleasant to see, little to act on

    @property
    def adds_up(self) -> bool:
        """Days are summed; where they are not, the last value stands for the period."""
        return self.source is not Source.PROFILE


SOURCE_LABELS = {
    Source.OWN: _("Counted by SocialOps as it happens"),
    Source.POSTS: _("The networks, asked again as each post grows older; posts sent from here only"),
    Source.PROFILE: _("The networks, asked every hour"),
}


def define_likes() -> str:
    """What likes are, with what networks count besides."""
    also = [
        _("and on %(network)s %(what)s") % {"network": one.label, "what": one.counted["likes"]}
        for one in manifests()
        if "likes" in one.counted
    ]
    likes = ", ".join([str(_("Likes")), *also])
    return _("%(likes)s, on our posts. Withdrawn likes count as negative.") % {"likes": likes}


METRICS: tuple[Metric, ...] = (
    Metric(
        "posts_sent",
        _("Posts sent"),
        _("posts"),
        _("Posts sent from here that a network confirmed, on the day they were published. One for each profile."),
        Source.OWN,
    ),
    Metric(
        "messages_in",
        _("Messages in"),
        _("messages"),
        _("Comments, replies, mentions and direct messages from people outside, on the day they were written."),
        Source.OWN,
    ),
    Metric(
        "replies_sent",
        _("Replies sent"),
        _("replies"),
        _("Replies sent from here that a network confirmed, on the day they went out."),
        Source.OWN,
    ),
    Metric(
        "impressions",
        _("Impressions"),
        _("views"),
        _("How often our posts were shown, as the network counts it. The same person can be counted many times."),
        Source.POSTS,
        vanity=True,
    ),
    Metric(
        "likes",
        _("Likes"),
        _("likes"),
        lazy(define_likes, str)(),
        Source.POSTS,
        vanity=True,
    ),
    Metric(
        "replies",
        _("Replies received"),
        _("replies"),
        _("What others said beneath our posts, as the network counts it. What is removed counts as negative."),
        Source.POSTS,
    ),
    Metric(
        "reposts",
        _("Reposts"),
        _("reposts"),
        _("How often our posts were passed on by others. Withdrawn reposts count as negative."),
        Source.POSTS,
    ),
    Metric(
        "clicks",
        _("Clicks"),
        _("clicks"),
        _("Clicks anywhere on our posts, as the network counts them."),
        Source.POSTS,
    ),
    Metric(
        "followers",
        _("Followers"),
        _("followers"),
        _("Followers of the profiles when they were last asked, added up. One person may follow several profiles."),
        Source.PROFILE,
        vanity=True,
    ),
)
METRIC_BY_KEY = {metric.key: metric for metric in METRICS}
POST_KEYS = tuple(metric.key for metric in METRICS if metric.source is Source.POSTS)
PROFILE_KEYS = tuple(metric.key for metric in METRICS if metric.source is Source.PROFILE)
OWN_KEYS = tuple(metric.key for metric in METRICS if metric.source is Source.OWN)
