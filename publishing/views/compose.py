"""The composer: the page, what its button does, and the previews that follow the typing."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from organizations.gates import MemberRequest, member_gate
from publishing.access import access_post
from publishing.actions.compose import create_post, edit_post
from publishing.actions.forward import Wish, rewrite_post, write_post
from publishing.actions.schedule import move_post
from publishing.forms import ComposerForm, initial_for
from publishing.models import Post
from publishing.queries import composer
from publishing.views.trays import BLANK, Part, Tray, tray, with_files
from socialops.lib.errors import Conflict, Invalid

REARRANGES = ("add", "split", "join")
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
    if request.POST.get("do") in REARRANGES:
        return rearranged(request, form)
    form = with_files(request, form)
    return answer(request, form, lambda: store_new(request, form))


@member_gate
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """A post that is there; saving it makes a new revision."""
    post = access_post(request.member, pk, to="edit")
    zone = post.planned_zone or request.member.time_zone
    if request.method != "POST":
        form = ComposerForm(initial=initial_for(post, request.member), member=request.member, zone=zone)
        return page(request, form, post)
    form = ComposerForm(request.POST, member=request.member, zone=zone)
    if request.POST.get("do") in REARRANGES:
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
    found = composer.options(request.member, q=request.GET.get("q", "").replace("\0", "")[:100], without=form.ids)
    return render(request, "publishing/_profile_options.html", {"options": found})


def rearranged(request: MemberRequest, form: ComposerForm, post: Post | None = None) -> HttpResponse:
    """The same words in more parts, or fewer. Nothing is stored."""
    form.is_valid()
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
        found |= initial_for(source, request.member) | {"when": "none", "day": None, "clock": None}
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
        except Conflict as error:
            form.add_error(None, error.user_message)
        else:
            messages.success(request, said(saved))
            url = f"/o/{request.member.organization.slug}/posts/{saved.pk}/?written={post.pk if post else 'new'}"
            return redirect(url)
    return page(request, form, post, status=422)


def said(post: Post) -> Any:
    """What has become of it, in a word."""
    leaves_now = post.state == "scheduled" and post.planned_at and post.planned_at <= now()
    return _("It leaves now.") if leaves_now else SAID[post.state]


def store_new(request: MemberRequest, form: ComposerForm) -> Post:
    key = form.cleaned_data["form_key"]
    earlier = Post.objects.filter(form_key=key, author=request.member).first() if key else None
    if earlier is not None:
        return earlier  # the same form, sent twice
    wish = form.wish
    if not goes_on(request, form):
        planned = {"planned_at": wish.at, "planned_zone": wish.zone}
        return create_post(request.member, **form.content, **planned, unfinished=True, form_key=key)
    return write_post(request.member, **form.content, wish=put_forward(wish), form_key=key)


def store_edit(request: MemberRequest, form: ComposerForm, post: Post) -> Post:
    wish = form.wish
    if goes_on(request, form):
        return rewrite_post(request.member, post, **form.content, wish=put_forward(wish))
    saved = edit_post(request.member, post, **form.content, unfinished=True, restart=post.state != "draft")
    return move_post(request.member, saved, at=wish.at, zone=wish.zone) if wish.at else saved


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
    return {
        "previews": previews,
        "first_bits": [one.bits[0] for one in previews],
        "part_counters": composer.counters(words, previews),
        "misfits": composer.misfits(words, previews),
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
    variants = {name[8:]: text for name, text in given.items() if name.startswith("variant_")}
    return composer.Words(given.get("text", ""), variants, form.parts, given.get("first_comment", ""), files)


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
        "variant_fields": [form[name] for name in form.fields if name.startswith("variant_")],
        **following,
    }
