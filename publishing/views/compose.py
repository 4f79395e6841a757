"""The composer: the page, what its button does, and the previews that follow the typing."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from foundation.overtaking import Overtaken
from networks.registry import adapter_classes
from organizations.gates import MemberRequest, member_gate
from organizations.models import AuditEntry
from publishing.access import access_post
from publishing.actions.compose import create_post, edit_post, unplan_post
from publishing.actions.next_steps import PublishIntent, rewrite_post, write_post
from publishing.actions.schedule import move_post
from publishing.composing.edit_merging import merge_edits
from publishing.forms import ComposerForm, composer_initial
from publishing.models import Post
from publishing.queries import composer
from publishing.views.button_messages import leaving_message, show_message
from publishing.views.trays import BLANK_NUMBER, ThreadPart, Tray, build_own_wording, build_tray, upload_sent_files

REARRANGEMENTS = ("add", "split", "join")
UNPLANNED_FIELDS = {"when": "none", "day": None, "clock": None, "seen": "", "was": ""}
SAVED_MESSAGES = {
    "draft": _("Saved as a draft."),
    "in_review": _("Sent for approval."),
    "approved": _("Saved."),
    "scheduled": _("Scheduled."),
    "cancelled": _("Saved."),
}


@member_gate
def compose_post(request: MemberRequest) -> HttpResponse:
    """A new post."""
    if request.method != "POST":
        return render_composer(request, ComposerForm(initial=initial_of_new_post(request), member=request.member))
    form = ComposerForm(request.POST, member=request.member)
    if is_rearranging(request):
        return rearrange_parts(request, form)
    form = upload_sent_files(request, form)
    return save_composer(request, form, lambda: store_new_post(request, form))


@member_gate
def compose_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """A post that is there; saving it makes a new revision."""
    try:
        post = access_post(request.member, pk, to="edit")
    except (NotFound, PermissionDenied) as error:
        if request.method == "POST" and "text" in request.POST:
            return render_unreachable_post(request, pk, error)
        raise
    zone = post.planned_zone or request.member.time_zone
    if request.method != "POST":
        form = ComposerForm(initial=composer_initial(post, request.member), member=request.member, zone=zone)
        return render_composer(request, form, post)
    form = ComposerForm(request.POST, member=request.member, zone=zone)
    if is_rearranging(request):
        return rearrange_parts(request, form, post)
    form = upload_sent_files(request, form)
    return save_composer(request, form, lambda: store_edited_post(request, form, post), post)


@member_gate
@require_POST
def show_preview(request: MemberRequest) -> HttpResponse:
    """Counters, previews and the button's words for what stands in the form now."""
    post = access_post(request.member, request.POST["post"]) if request.POST.get("post") else None
    zone = (post and post.planned_zone) or request.member.time_zone
    form = ComposerForm(request.POST, member=request.member, zone=zone)
    form.is_valid()
    return render(request, "publishing/_preview.html", preview_context(request, form))


@member_gate
@require_safe
def search_profiles(request: MemberRequest) -> HttpResponse:
    """Profiles to choose from that match what is searched."""
    form = ComposerForm(request.GET, member=request.member)
    q = request.GET.get("q", "").replace("\0", "")[:100]
    found = composer.profile_options(request.member, q=q, without=form.ids)
    return render(request, "publishing/_profile_options.html", {"options": found, "q": q})


def is_rearranging(request: MemberRequest) -> bool:
    return request.POST.get("do") in REARRANGEMENTS or requested_own_network(request) in {
        one.network for one in adapter_classes()
    }


def requested_own_network(request: MemberRequest) -> str:
    """For which network the thread is to be said in its own words."""
    before, _mark, network = request.POST.get("do", "").partition("own-")
    return "" if before else network


def rearrange_parts(request: MemberRequest, form: ComposerForm, post: Post | None = None) -> HttpResponse:
    """The same words in more parts, or fewer. Nothing is stored."""
    form.is_valid()
    if network := requested_own_network(request):
        changed = form.with_own(network)
    else:
        texts = composer.rearrange_texts(
            composer_content(request, form), picked_profiles(request, form), request.POST["do"]
        )
        changed = form.with_texts(texts)
    changed.is_valid()
    if not request.htmx:
        return render_composer(request, changed, post)
    return render(request, "publishing/_editor.html", composer_context(request, changed, post))


def initial_of_new_post(request: MemberRequest) -> dict[str, Any]:
    """An empty composer, or one for the day (calendar), profile or post that the address names."""
    given = ComposerForm(request.GET, member=request.member)
    found: dict[str, Any] = {"form_key": uuid4(), "profiles": given.ids, "when": "none"}
    if request.GET.get("copy"):
        source = access_post(request.member, request.GET["copy"])
        found |= composer_initial(source, request.member) | UNPLANNED_FIELDS
    day = parse_wanted_day(request.GET.get("day", ""))
    return found | ({"when": "at", "day": day} if day else {})


def parse_wanted_day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def save_composer(request: MemberRequest, form: ComposerForm, store: Any, post: Post | None = None) -> HttpResponse:
    """Where the saved post stands; or the page again, with what is wrong and all that was typed."""
    if form.is_valid() and not form.beside:
        try:
            saved = store()
        except Invalid as error:
            form.refuse(error.fields)
        except Overtaken:
            assert post is not None  # nobody overtakes what is not there yet
            return render_both_edits(request, form, post)
        except Conflict as error:
            form.add_error(None, error.user_message)
        else:
            return redirect_to_saved_post(request, saved, post)
    return render_composer(request, form, post, status=422)


def redirect_to_saved_post(request: MemberRequest, saved: Post, post: Post | None) -> HttpResponse:
    show_message(request, saved_message(saved))
    home = f"/o/{request.member.organization.slug}/posts/{saved.pk}/"
    return redirect(f"{home}?written={post.pk if post else 'new'}")


def render_both_edits(request: MemberRequest, form: ComposerForm, post: Post) -> HttpResponse:
    """Somebody else has changed it meanwhile: both sides, and the composer with the two merged."""
    post = access_post(request.member, post.pk)
    merged, overtaking = merge_edits(request.member, post, form, request.path)
    mine = all(entry.actor_id == request.member.pk for entry in overtaking.entries)
    if mine and not overtaking.differences:  # the same was saved already: a button pressed twice
        return redirect_to_saved_post(request, post, post)
    merged.is_valid()
    context = composer_context(request, merged, post) | {
        "overtaking": overtaking,
        "draft_key": f"{post.pk}:{post.mark}",
    }
    return render(request, "publishing/compose.html", context, status=409)


def render_unreachable_post(request: MemberRequest, pk: int, error: NotFound | PermissionDenied) -> HttpResponse:
    """What was typed about a post that may no longer be changed, or is deleted, is there to be used."""
    form = ComposerForm(request.POST, member=request.member)
    if isinstance(error, PermissionDenied):
        form.add_error(None, error.user_message)
        return render_composer(request, form, access_post(request.member, pk), status=403)
    if not was_deleted(pk):
        raise error
    form = form.for_new_post()
    form.add_error(
        None, _("The draft was deleted meanwhile. What you wrote is here: save it as a new post, or leave it.")
    )
    context = composer_context(request, form, None) | {"action": f"/o/{request.member.organization.slug}/compose/"}
    return render(request, "publishing/compose.html", context, status=409)


def was_deleted(pk: int) -> bool:
    deleted = AuditEntry.objects.filter(target_kind="post", target_id=str(pk), verb="post.deleted")
    return deleted.exists()


def saved_message(post: Post) -> str:
    """What has become of it, in a word."""
    leaves_now = post.state == "scheduled" and post.planned_at and post.planned_at <= now()
    return leaving_message() if leaves_now else str(SAVED_MESSAGES[post.state])


def store_new_post(request: MemberRequest, form: ComposerForm) -> Post:
    key = form.cleaned_data["form_key"]
    earlier = Post.objects.filter(form_key=key, author=request.member).first() if key else None
    if earlier is not None:
        return earlier  # the same form, sent twice
    intent = form.intent
    if not is_more_than_draft(request, form):
        return create_post(
            request.member,
            form.content,
            planned_at=intent.at,
            planned_zone=intent.zone,
            planned_wall=intent.wall,
            unfinished=True,
            form_key=key,
        )
    return write_post(request.member, form.content, intent=submit_unless_timed(intent), form_key=key)


def store_edited_post(request: MemberRequest, form: ComposerForm, post: Post) -> Post:
    intent, seen = form.intent, form.cleaned_data["seen"] or None
    unplan = form.cleaned_data.get("when") == "none"
    if is_more_than_draft(request, form):
        intent = replace(submit_unless_timed(intent), unplan=unplan)
        return rewrite_post(request.member, post, form.content, intent=intent, seen=seen)
    with transaction.atomic():
        saved = edit_post(request.member, post, form.content, unfinished=True, restart=post.state != "draft", seen=seen)
        if unplan:
            return unplan_post(request.member, saved)
        if intent.at:
            return move_post(request.member, saved, at=intent.at, zone=intent.zone, wall=intent.wall)
        return saved


def is_more_than_draft(request: MemberRequest, form: ComposerForm) -> bool:
    """Whether it is more than saved: the button says so, and saves a draft where nothing else was chosen."""
    step = composer.next_step(request.member, picked_profiles(request, form), form.intent, form.zone)
    return request.POST.get("do") != "draft" and (step.do != "keep" or form.intent != PublishIntent())


def submit_unless_timed(intent: PublishIntent) -> PublishIntent:
    return intent if intent.at or intent.now else PublishIntent(submit=True)


def picked_profiles(request: MemberRequest, form: ComposerForm) -> list[Any]:
    return composer.fetch_chosen_profiles(request.member, form.ids)


def preview_context(request: MemberRequest, form: ComposerForm) -> dict[str, Any]:
    """What follows the typing."""
    chosen = picked_profiles(request, form)
    words = composer_content(request, form)
    if form.is_bound:
        intent = form.intent
    else:
        bound = {**form.initial, "profiles": []}
        trial = ComposerForm(bound, member=request.member, zone=form.zone)
        intent = trial.intent if trial.is_valid() else PublishIntent()
    previews = composer.build_previews(words, chosen)
    adaptations = composer.adaptations_by_asset(words, previews)
    return {
        "previews": previews,
        "first_bits": [one.bits[0] for one in previews],
        "part_counters": composer.part_counters(words, previews),
        "own_counters": composer.own_part_counters(words, previews),
        "away": {one.network: "" for one in adapter_classes()} | composer.unsent_parts_by_network(previews),
        "misfits": composer.file_problems_by_part(words, previews),
        "adaptations": adaptations,
        "adapted_files": [(n, one.asset, adaptations[one.asset]) for n, part in words.files.items() for one in part],
        "files": words.files,
        "abilities": composer.find_abilities(words, chosen, previews),
        "step": composer.next_step(
            request.member, chosen, intent, form.zone, lacks_time=form.is_bound and form.lacks_time
        ),
        "chosen": chosen,
        "own_words": words.variants,
    }


def composer_content(request: MemberRequest, form: ComposerForm) -> composer.ComposerContent:
    files = composer.files_in_trays(request.member, form.part_media, form.alt_texts)
    if form.is_bound:
        comment = form.cleaned_data.get("first_comment") or ""
        return composer.ComposerContent(form.cleaned_data.get("text") or "", form.variants, form.parts, comment, files)
    given = form.initial
    return composer.ComposerContent(
        given.get("text", ""), form.variants, form.parts, given.get("first_comment", ""), files
    )


def render_composer(
    request: MemberRequest, form: ComposerForm, post: Post | None = None, *, status: int = 200
) -> HttpResponse:
    return render(request, "publishing/compose.html", composer_context(request, form, post), status=status)


def composer_context(request: MemberRequest, form: ComposerForm, post: Post | None) -> dict[str, Any]:
    following = preview_context(request, form)
    return {
        "form": form,
        "post": post,
        "options": composer.profile_options(request.member, without=form.ids),
        "parts_shown": [
            ThreadPart(
                number, place, field, following["part_counters"].get(number, ()), build_tray(number, form, following)
            )
            for place, (number, field) in enumerate(form.part_fields, 2)
        ],
        "tray": build_tray(1, form, following),
        "empty_tray": Tray(BLANK_NUMBER),
        "owns": [build_own_wording(one, form, following) for one in adapter_classes()],
        "shown_tab": requested_own_network(request),
        **following,
    }
