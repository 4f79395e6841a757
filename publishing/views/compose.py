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
from networks.registry import networks
from organizations.gates import MemberRequest, member_gate
from organizations.models import AuditEntry
from publishing.access import access_post
from publishing.actions.compose import create_post, edit_post, unplan_post
from publishing.actions.forward import Wish, rewrite_post, write_post
from publishing.actions.schedule import move_post
from publishing.composing.edit_merging import merged_edits
from publishing.forms import ComposerForm, initial_for
from publishing.models import Post
from publishing.queries import composer
from publishing.views.saying import leaving, say
from publishing.views.trays import BLANK, Part, Tray, own, tray, with_files

REARRANGES = ("add", "split", "join")
FROM_NOTHING = {"when": "none", "day": None, "clock": None, "seen": "", "was": ""}
SAID = {
    "draft": _("Saved as a draft."),
    "in_review": _("Sent for approval."),
    "approved": _("Saved."),
    "scheduled": _("Scheduled."),
    "cancelled": _("Saved."),
}


@member_gate
def compose(request: MemberRequest) -> HttpResponse:
    """A new post."""
    if request.method != "POST":
        return page(request, ComposerForm(initial=beginning(request), member=request.member))
    form = ComposerForm(request.POST, member=request.member)
    if rearranges(request):
        return rearranged(request, form)
    form = with_files(request, form)
    return answer(request, form, lambda: store_new(request, form))


@member_gate
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """A post that is there; saving it makes a new revision."""
    try:
        post = access_post(request.member, pk, to="edit")
    except (NotFound, PermissionDenied) as error:
        if request.method == "POST" and "text" in request.POST:
            return out_of_reach(request, pk, error)
        raise
    zone = post.planned_zone or request.member.time_zone
    if request.method != "POST":
        form = ComposerForm(initial=initial_for(post, request.member), member=request.member, zone=zone)
        return page(request, form, post)
    form = ComposerForm(request.POST, member=request.member, zone=zone)
    if rearranges(request):
        return rearranged(request, form, post)
    form = with_files(request, form)
    return answer(request, form, lambda: store_edit(request, form, post), post)


@member_gate
@require_POST
def preview(request: MemberRequest) -> HttpResponse:
    """Counters, previews and the button's words for what stands in the form now."""
    post = access_post(request.member, request.POST["post"]) if request.POST.get("post") else None
    zone = (post and post.planned_zone) or request.member.time_zone
    form = ComposerForm(request.POST, member=request.member, zone=zone)
    form.is_valid()
    return render(request, "publishing/_preview.html", shown(request, form))


@member_gate
@require_safe
def profiles(request: MemberRequest) -> HttpResponse:
    """Profiles to choose from that match what is searched."""
    form = ComposerForm(request.GET, member=request.member)
    q = request.GET.get("q", "").replace("\0", "")[:100]
    found = composer.options(request.member, q=q, without=form.ids)
    return render(request, "publishing/_profile_options.html", {"options": found, "q": q})


def rearranges(request: MemberRequest) -> bool:
    return request.POST.get("do") in REARRANGES or own_wanted(request) in {one.network for one in networks()}


def own_wanted(request: MemberRequest) -> str:
    """For which network the thread is to be said in its own words."""
    before, _mark, network = request.POST.get("do", "").partition("own-")
    return "" if before else network


def rearranged(request: MemberRequest, form: ComposerForm, post: Post | None = None) -> HttpResponse:
    """The same words in more parts, or fewer. Nothing is stored."""
    form.is_valid()
    if network := own_wanted(request):
        changed = form.with_own(network)
    else:
        texts = composer.rearranged(words_in(request, form), picked(request, form), request.POST["do"])
        changed = form.with_texts(texts)
    changed.is_valid()
    if not request.htmx:
        return page(request, changed, post)
    return render(request, "publishing/_editor.html", page_context(request, changed, post))


def beginning(request: MemberRequest) -> dict[str, Any]:
    """An empty composer, or one for the day (calendar), profile or post that the address names."""
    given = ComposerForm(request.GET, member=request.member)
    found: dict[str, Any] = {"form_key": uuid4(), "profiles": given.ids, "when": "none"}
    if request.GET.get("copy"):
        source = access_post(request.member, request.GET["copy"])
        found |= initial_for(source, request.member) | FROM_NOTHING
    day = wanted_day(request.GET.get("day", ""))
    return found | ({"when": "at", "day": day} if day else {})


def wanted_day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def answer(request: MemberRequest, form: ComposerForm, store: Any, post: Post | None = None) -> HttpResponse:
    """Where the saved post stands; or the page again, with what is wrong and all that was typed."""
    if form.is_valid() and not form.beside:
        try:
            saved = store()
        except Invalid as error:
            form.refuse(error.fields)
        except Overtaken:
            assert post is not None  # nobody overtakes what is not there yet
            return both(request, form, post)
        except Conflict as error:
            form.add_error(None, error.user_message)
        else:
            return done(request, saved, post)
    return page(request, form, post, status=422)


def done(request: MemberRequest, saved: Post, post: Post | None) -> HttpResponse:
    say(request, said(saved))
    home = f"/o/{request.member.organization.slug}/posts/{saved.pk}/"
    return redirect(f"{home}?written={post.pk if post else 'new'}")


def both(request: MemberRequest, form: ComposerForm, post: Post) -> HttpResponse:
    """Somebody else has changed it meanwhile: both sides, and the composer with the two merged."""
    post = access_post(request.member, post.pk)
    merged, overtaking = merged_edits(request.member, post, form, request.path)
    mine = all(entry.actor_id == request.member.pk for entry in overtaking.entries)
    if mine and not overtaking.differences:  # the same was saved already: a button pressed twice
        return done(request, post, post)
    merged.is_valid()
    context = page_context(request, merged, post) | {"overtaking": overtaking, "draft_key": f"{post.pk}:{post.mark}"}
    return render(request, "publishing/compose.html", context, status=409)


def out_of_reach(request: MemberRequest, pk: int, error: NotFound | PermissionDenied) -> HttpResponse:
    """What was typed about a post that may no longer be changed, or is deleted, is there to be used."""
    form = ComposerForm(request.POST, member=request.member)
    if isinstance(error, PermissionDenied):
        form.add_error(None, error.user_message)
        return page(request, form, access_post(request.member, pk), status=403)
    if not was_deleted(pk):
        raise error
    form = form.anew()
    form.add_error(
        None, _("The draft was deleted meanwhile. What you wrote is here: save it as a new post, or leave it.")
    )
    context = page_context(request, form, None) | {"action": f"/o/{request.member.organization.slug}/compose/"}
    return render(request, "publishing/compose.html", context, status=409)


def was_deleted(pk: int) -> bool:
    deleted = AuditEntry.objects.filter(target_kind="post", target_id=str(pk), verb="post.deleted")
    return deleted.exists()


def said(post: Post) -> str:
    """What has become of it, in a word."""
    leaves_now = post.state == "scheduled" and post.planned_at and post.planned_at <= now()
    return leaving() if leaves_now else str(SAID[post.state])


def store_new(request: MemberRequest, form: ComposerForm) -> Post:
    key = form.cleaned_data["form_key"]
    earlier = Post.objects.filter(form_key=key, author=request.member).first() if key else None
    if earlier is not None:
        return earlier  # the same form, sent twice
    wish = form.wish
    if not goes_on(request, form):
        planned = {"planned_at": wish.at, "planned_zone": wish.zone, "planned_wall": wish.wall}
        return create_post(request.member, **form.content, **planned, unfinished=True, form_key=key)
    return write_post(request.member, **form.content, wish=put_forward(wish), form_key=key)


def store_edit(request: MemberRequest, form: ComposerForm, post: Post) -> Post:
    wish, seen = form.wish, form.cleaned_data["seen"] or None
    unplan = form.cleaned_data.get("when") == "none"
    if goes_on(request, form):
        wish = replace(put_forward(wish), unplan=unplan)
        return rewrite_post(request.member, post, **form.content, wish=wish, seen=seen)
    with transaction.atomic():
        saved = edit_post(
            request.member, post, **form.content, unfinished=True, restart=post.state != "draft", seen=seen
        )
        if unplan:
            return unplan_post(request.member, saved)
        if wish.at:
            return move_post(request.member, saved, at=wish.at, zone=wish.zone, wall=wish.wall)
        return saved


def goes_on(request: MemberRequest, form: ComposerForm) -> bool:
    """Whether it is more than saved: the button says so, and saves a draft where nothing else was chosen."""
    step = composer.next_step(request.member, picked(request, form), form.wish, form.zone)
    return request.POST.get("do") != "draft" and (step.do != "keep" or form.wish != Wish())


def put_forward(wish: Wish) -> Wish:
    return wish if wish.at or wish.now else Wish(submit=True)


def picked(request: MemberRequest, form: ComposerForm) -> list[Any]:
    return composer.chosen(request.member, form.ids)


def shown(request: MemberRequest, form: ComposerForm) -> dict[str, Any]:
    """What follows the typing."""
    chosen = picked(request, form)
    words = words_in(request, form)
    if form.is_bound:
        wish = form.wish
    else:
        bound = {**form.initial, "profiles": []}
        trial = ComposerForm(bound, member=request.member, zone=form.zone)
        wish = trial.wish if trial.is_valid() else Wish()
    previews = composer.previews(words, chosen)
    adaptations = composer.adaptations(words, previews)
    return {
        "previews": previews,
        "first_bits": [one.bits[0] for one in previews],
        "part_counters": composer.counters(words, previews),
        "own_counters": composer.own_counters(words, previews),
        "away": {one.network: "" for one in networks()} | composer.away(previews),
        "misfits": composer.misfits(words, previews),
        "adaptations": adaptations,
        "adapted_files": [(n, one.asset, adaptations[one.asset]) for n, part in words.files.items() for one in part],
        "files": words.files,
        "abilities": composer.abilities(words, chosen, previews),
        "step": composer.next_step(
            request.member, chosen, wish, form.zone, lacks_time=form.is_bound and form.lacks_time
        ),
        "chosen": chosen,
        "own_words": words.variants,
    }


def words_in(request: MemberRequest, form: ComposerForm) -> composer.Words:
    files = composer.files_of(request.member, form.media, form.alt_texts)
    if form.is_bound:
        comment = form.cleaned_data.get("first_comment") or ""
        return composer.Words(form.cleaned_data.get("text") or "", form.variants, form.parts, comment, files)
    given = form.initial
    return composer.Words(given.get("text", ""), form.variants, form.parts, given.get("first_comment", ""), files)


def page(request: MemberRequest, form: ComposerForm, post: Post | None = None, *, status: int = 200) -> HttpResponse:
    return render(request, "publishing/compose.html", page_context(request, form, post), status=status)


def page_context(request: MemberRequest, form: ComposerForm, post: Post | None) -> dict[str, Any]:
    following = shown(request, form)
    return {
        "form": form,
        "post": post,
        "options": composer.options(request.member, without=form.ids),
        "parts_shown": [
            Part(number, place, field, following["part_counters"].get(number, ()), tray(number, form, following))
            for place, (number, field) in enumerate(form.part_fields, 2)
        ],
        "tray": tray(1, form, following),
        "empty_tray": Tray(BLANK),
        "owns": [own(one, form, following) for one in networks()],
        "shown_tab": own_wanted(request),
        **following,
    }
