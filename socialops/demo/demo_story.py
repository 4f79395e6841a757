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
from publishing.actions.assets import upload_asset
from publishing.actions.compose import create_post
from publishing.actions.review import approve_post, submit_post
from publishing.actions.schedule import schedule_post
from publishing.composing.post_input import PostInput
from socialops.demo import demo_past, demo_texts
from socialops.demo.demo_founding import FoundedOrganization, list_demo_profiles
from socialops.demo.drawn_scenes import draw_scene

STORY_DAYS = 61  # a month, one before it to compare with, and the day on which that began
MEASURED_AT = time(21, 30)
ODD_MINUTES = 7  # nobody publishes on the stroke of the hour only


def fill_northwind(made: FoundedOrganization, *, now: datetime) -> None:
    with scope(made.organization):
        posts = [create_past_post(made, number, now) for number in range(len(demo_texts.DEMO_POSTS))]
        for _, one in list_demo_profiles(made.organization.slug):
            create_own_posts(made, one, now)
        for talk in demo_texts.DEMO_TALKS:
            create_talk(made, talk, posts, now)
        for number, planned in enumerate(demo_texts.PLANNED_POSTS):
            create_planned_post(made, *planned, pictures=demo_texts.PLANNED_PICTURES.get(number, ()), now=now)
        measure_past_days(list(made.profiles.values()), organization_zone(made), now)


def fill_globex(made: FoundedOrganization, *, now: datetime) -> None:
    with scope(made.organization):
        profile, mallory = made.profiles["globex"], made.people["mallory"]
        for days, hour, text in demo_texts.GLOBEX_POSTS:
            demo_past.create_sent_post(
                mallory, [profile], text, at=hour_on_day(now, organization_zone(made), -days, hour)
            )
        demo_past.create_inbound(
            "Sam Whitlock", profile, "@globex does 3.2 fix the humming?", at=now - timedelta(hours=30)
        )
        measure_past_days([profile], organization_zone(made), now)


def create_past_post(made: FoundedOrganization, number: int, now: datetime) -> dict[str, Entry]:
    """The copies of a post by the handle of their profile."""
    days, hour, handles, text = demo_texts.DEMO_POSTS[number]
    at = hour_on_day(now, organization_zone(made), -days, hour) + timedelta(minutes=number * ODD_MINUTES % 30)
    entries = demo_past.create_sent_post(made.people["priya"], [made.profiles[one] for one in handles], text, at=at)
    return {entry.author.handle: entry for entry in entries}


def create_own_posts(made: FoundedOrganization, one: DemoProfile, now: datetime) -> None:
    """What a network's own folder lets a profile say."""
    for days, hour, text in one.posts:
        at = hour_on_day(now, organization_zone(made), -days, hour)
        demo_past.create_sent_post(made.people["priya"], [made.profiles[one.handle]], text, at=at)


def create_talk(
    made: FoundedOrganization, talk: demo_texts.DemoTalk, posts: list[dict[str, Entry]], now: datetime
) -> None:
    profile = made.profiles[talk.profile]
    began = now - timedelta(hours=talk.hours_ago)
    under = posts[talk.beneath][talk.profile] if talk.beneath is not None else None
    conversation: Conversation | None = None
    for minutes, speaker, text in talk.lines:
        at = began + timedelta(minutes=minutes)
        if speaker and conversation:
            under = demo_past.create_answer(made.people[speaker], conversation, text, at=at)
        else:
            under, conversation = demo_past.create_inbound(talk.who, profile, text, at=at, under=under)
    if conversation:
        assign_talk(made, talk, Conversation.objects.select_related("profile").get(pk=conversation.pk))


def assign_talk(made: FoundedOrganization, talk: demo_texts.DemoTalk, conversation: Conversation) -> None:
    lena = made.people["lena"]
    if talk.assignee or talk.team:
        member, team = made.people.get(talk.assignee), made.teams.get(talk.team)
        assign_conversation(lena, conversation, member=member, team=team)
    if talk.closed:
        close_conversation(lena, conversation)


def create_planned_post(
    made: FoundedOrganization,
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
    at = hour_on_day(now, organization_zone(made), days, hour) + timedelta(minutes=minute) if days else None
    profiles = [made.profiles[one] for one in handles]
    media = [
        upload_asset(author, draw_scene(scene), alt_text=words).pk
        for scene, words in pictures
        if all_take_images(profiles)
    ]
    given = PostInput(text, [one.pk for one in profiles], media=media)
    post = create_post(author, given, planned_at=at)
    if state == "scheduled" and at:
        schedule_post(author, post, at=at)
    if state in {"in_review", "approved"}:
        post = submit_post(author, post)
    if state == "approved":
        approve_post(made.people["ava"], post, note="Good, and urgent. Thank you, Ed.")


def all_take_images(profiles: list[Profile]) -> bool:
    """Whether pictures can go to all of them."""
    return all(adapter_class(profile.network).capabilities.most(MediaKind.IMAGE) for profile in profiles)


def measure_past_days(profiles: list[Profile], zone: ZoneInfo, now: datetime) -> None:
    """Every evening of the month, and just now, oldest first: numbers only grow from what was known before."""
    evenings = [time_on_day(now, zone, -days, MEASURED_AT) for days in range(STORY_DAYS, -1, -1)]
    for profile in profiles:
        for at in [*(evening for evening in evenings if evening < now), now]:
            demo_past.create_measurements(profile, at=at)


def organization_zone(made: FoundedOrganization) -> ZoneInfo:
    return ZoneInfo(made.organization.time_zone)


def hour_on_day(now: datetime, zone: ZoneInfo, days: int, hour: int) -> datetime:
    return time_on_day(now, zone, days, time(hour))


def time_on_day(now: datetime, zone: ZoneInfo, days: int, clock: time) -> datetime:
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), clock, tzinfo=zone)
