"""The crisis stop: pausing what leaves, seeing what is paused, and releasing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from foundation.errors import Conflict, Invalid
from foundation.overtaking import Overtaken, spelt_seen
from foundation.texts.numbers import spelt_number
from networks.actions.kept import Kept
from organizations.auditing.overtaken_changes import Overtaking, seen_in, since
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, member_gate
from organizations.undo import undoable
from teams.actions.pauses import pause_publishing, release_pause
from teams.models.pause import HOLDS
from teams.pauses.pause_forms import PauseForm, ReleaseForm
from teams.pauses.pause_words import sentence, spelt_target
from teams.pauses.pausing import access_pause, access_target, pauses_for, releasable
from teams.queries.pauses import history, in_flight, kept_of

FORM_METHODS = ["GET", "HEAD", "POST"]
FIRST = 50  # pauses that hold; each stands in the banner, too


@member_gate
@require_http_methods(FORM_METHODS)
def page(request: MemberRequest) -> HttpResponse:
    """What is paused, what was, and the small form that pauses."""
    if request.htmx and not request.htmx.boosted:
        return render(request, "pauses/_standing.html", standing(request))
    form = PauseForm(given(request), member=request.member, initial={"of": request.GET.get("of", "")[:40]})
    if form.is_valid() and paused(request, form):
        return back(request)
    past, older = history(request.member, number(request.GET.get("before")))
    context = {"form": form, "history": past, "older": older, **standing(request)}
    return render(request, "pauses/page.html", context, status=422 if form.errors else 200)


def paused(request: MemberRequest, form: PauseForm) -> bool:
    scope, pk = form.cleaned_data.pop("of")
    target = access_target(request.member, scope, pk)
    try:
        pause = pause_publishing(request.member, target, **form.cleaned_data)
    except Invalid as invalid:
        show_errors(form, invalid)
        return False
    url = reverse("pauses:release", args=[request.member.organization.slug, pause.pk])
    values = {"kept": str(Kept.RECENT), "seen": spelt_seen(pause.mark, now())}
    messages.success(request, undoable(_("Publishing is paused for %s.") % spelt_target(target), url, values))
    return True


@member_gate
@require_http_methods(FORM_METHODS)
def release(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks what to do with what is overdue by now, then releases."""
    pause = access_pause(request.member, pk, to="release")
    if pause.released_at is not None:
        messages.info(request, _("This pause has ended already."))
        return back(request)
    form, overtaking = ReleaseForm(given(request)), None
    if form.is_valid():
        try:
            done = release_pause(request.member, pause, kept=Kept(form.cleaned_data["kept"]), seen=seen_in(request))
        except Overtaken:
            overtaking = Overtaking(since(seen_in(request), pause.target, verbs=[f"{pause.scope}.pause_changed"]))
            pause = access_pause(request.member, pk, to="release")
        except Conflict as error:
            messages.info(request, error.user_message)
        else:
            messages.success(
                request, " ".join([_("Publishing goes on for %s.") % spelt_target(pause.target), *told(done)])
            )
        if overtaking is None:
            return back(request)
    waiting = kept_of(pause, request.member, now())
    context = {
        "pause": pause,
        "said": sentence(pause, request.member.time_zone, now()),
        "waiting": waiting,
        "total": sum(one.count for one in waiting),
        "form": form,
        "overtaking": overtaking,
    }
    status = 409 if overtaking else 422 if form.errors else 200
    return render(request, "pauses/release.html", context, status=status)


def told(done: dict[str, int]) -> list[str]:
    """What became of the overdue posts."""
    words = {
        "sent": ngettext("%s overdue post leaves now.", "%s overdue posts leave now.", done["sent"]),
        "held": ngettext("%s waits for a person.", "%s wait for a person.", done["held"]),
        "cancelled": ngettext("%s is cancelled.", "%s are cancelled.", done["cancelled"]),
    }
    return [text % spelt_number(done[name]) for name, text in words.items() if done[name]]


def standing(request: MemberRequest) -> dict[str, Any]:
    rows = list(pauses_for(request.member).filter(HOLDS).order_by("-pk")[:FIRST])
    may, sending, at = releasable(request.member, rows), in_flight(rows), now()
    for row in rows:
        row.in_flight = sending[row.pk]  # type: ignore[attr-defined]  # for the template
        row.said = sentence(row, request.member.time_zone, at)  # type: ignore[attr-defined]  # set before a view begins
        row.mine = row.pk in may  # type: ignore[attr-defined]  # for the template
    return {"pauses": rows, "organization": request.member.organization}


def given(request: MemberRequest) -> Any:
    """Also a form that is sent empty is a form that is sent."""
    return request.POST if request.method == "POST" else None


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def back(request: MemberRequest) -> HttpResponse:
    return redirect("pauses:page", slug=request.member.organization.slug)
