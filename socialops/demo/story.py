"""A month of Northwind Outdoors, told with `past`: what went out, who wrote, who answered, what the numbers were."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.actions.assign import assign_conversation
from inbox.actions.triage import close_conversation
from inbox.models import Conversation
from networks.contract import MediaKind
from networks.manifest import DemoProfile
from networks.models import Profile
from networks.registry import adapter_class
from networks.sandbox.models import Entry
from organizations.tenancy import scope
from publishing.actions.compose import create_post
from publishing.actions.media import upload_asset
from publishing.actions.review import approve_post, submit_post
from publishing.actions.schedule import schedule_post
from socialops.demo import past, words
from socialops.demo.founding import Founded, demo_profiles
from socialops.demo.pictures import draw

DAYS = 61  # a month, one before it to compare with, and the day on which that began
MEASURED_AT = time(21, 30)
ODD_MINUTES = 7  # nobody publishes on the stroke of the hour only


def tell_northwind(made: Founded, *, now: datetime) -> None:
    with scope(made.organization):
        posts = [tell_post(made, number, now) for number in range(len(words.POSTS))]
        for _, one in demo_profiles(made.organization.slug):
            tell_own(made, one, now)
        for talk in words.TALKS:
            tell_talk(made, talk, posts, now)
        for number, planned in enumerate(words.PLANNED):
            plan(made, *planned, pictures=words.PICTURES.get(number, ()), now=now)
        tell_numbers(list(made.profiles.values()), zone_of(made), now)


def tell_globex(made: Founded, *, now: datetime) -> None:
    with scope(made.organization):
        profile, mallory = made.profiles["globex"], made.people["mallory"]
        for days, hour, text in words.GLOBEX_POSTS:
            past.post_was_sent(mallory, [profile], text, at=moment(now, zone_of(made), -days, hour))
        past.somebody_wrote("Sam Whitlock", profile, "@globex does 3.2 fix the humming?", at=now - timedelta(hours=30))
        tell_numbers([profile], zone_of(made), now)


def tell_post(made: Founded, number: int, now: datetime) -> dict[str, Entry]:
    """The copies of a post by the handle of their profile."""
    days, hour, handles, text = words.POSTS[number]
    at = moment(now, zone_of(made), -days, hour) + timedelta(minutes=number * ODD_MINUTES % 30)
    entries = past.post_was_sent(made.people["priya"], [made.profiles[one] for one in handles], text, at=at)
    return {entry.author.handle: entry for entry in entries}


def tell_own(made: Founded, one: DemoProfile, now: datetime) -> None:
    """What a network's own folder lets a profile say."""
    for days, hour, text in one.posts:
        at = moment(now, zone_of(made), -days, hour)
        past.post_was_sent(made.people["priya"], [made.profiles[one.handle]], text, at=at)


def tell_talk(made: Founded, talk: words.Talk, posts: list[dict[str, Entry]], now: datetime) -> None:
    profile = made.profiles[talk.profile]
    began = now - timedelta(hours=talk.hours_ago)
    under = posts[talk.beneath][talk.profile] if talk.beneath is not None else None
    conversation: Conversation | None = None
    for minutes, speaker, text in talk.lines:
        at = began + timedelta(minutes=minutes)
        if speaker and conversation:
            under = past.was_answered(made.people[speaker], conversation, text, at=at)
        else:
            under, conversation = past.somebody_wrote(talk.who, profile, text, at=at, under=under)
    if conversation:
        settle_talk(made, talk, Conversation.objects.select_related("profile").get(pk=conversation.pk))


def settle_talk(made: Founded, talk: words.Talk, conversation: Conversation) -> None:
    lena = made.people["lena"]
    if talk.assignee or talk.team:
        member, team = made.people.get(talk.assignee), made.teams.get(talk.team)
        assign_conversation(lena, conversation, member=member, team=team)
    if talk.closed:
        close_conversation(lena, conversation)


def plan(
    made: Founded,
    days: int,
    hour: int,
    minute: int,
    writer: str,
    handles: tuple[str, ...],
    text: str,
    state: str,
    *,
    pictures: tuple[tuple[str, str], ...],
    now: datetime,
) -> None:
    author = made.people[writer]
    at = moment(now, zone_of(made), days, hour) + timedelta(minutes=minute) if days else None
    profiles = [made.profiles[one] for one in handles]
    media = [upload_asset(author, draw(scene), alt_text=words).pk for scene, words in pictures if all_take(profiles)]
    post = create_post(author, text=text, profiles=[one.pk for one in profiles], media=media, planned_at=at)
    if state == "scheduled" and at:
        schedule_post(author, post, at=at)
    if state in {"in_review", "approved"}:
        post = submit_post(author, post)
    if state == "approved":
        approve_post(made.people["ava"], post, note="Good, and urgent. Thank you, Ed.")


def all_take(profiles: list[Profile]) -> bool:
    """Whether pictures can go to all of them."""
    return all(adapter_class(profile.network).capabilities.most(MediaKind.IMAGE) for profile in profiles)


def tell_numbers(profiles: list[Profile], zone: ZoneInfo, now: datetime) -> None:
    """Every evening of the month, and just now, oldest first: numbers only grow from what was known before."""
    evenings = [at_wall(now, zone, -days, MEASURED_AT) for days in range(DAYS, -1, -1)]
    for profile in profiles:
        for at in [*(evening for evening in evenings if evening < now), now]:
            past.was_measured(profile, at=at)


def zone_of(made: Founded) -> ZoneInfo:
    return ZoneInfo(made.organization.time_zone)


def moment(now: datetime, zone: ZoneInfo, days: int, hour: int) -> datetime:
    return at_wall(now, zone, days, time(hour))


def at_wall(now: datetime, zone: ZoneInfo, days: int, clock: time) -> datetime:
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), clock, tzinfo=zone)
