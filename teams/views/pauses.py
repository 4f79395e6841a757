"""The crisis stop: pausing what leaves, seeing what is paused, and releasing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from foundation.errors import Conflict, Invalid
from foundation.overtaking import Overtaken, format_seen_mark
from foundation.texts.ids import parse_id
from foundation.texts.number_format import format_number
from networks.actions.backlog import BacklogDecision
from organizations.auditing.overtaken_changes import Overtaking, entries_since, posted_mark
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, member_gate, redirect_within
from organizations.undo import undo_message
from teams.actions.pauses import pause_publishing, release_pause
from teams.pauses.pause_access import access_pause, access_pause_target
from teams.pauses.pause_forms import PauseForm, ReleaseForm
from teams.pauses.pause_words import name_of_target, pause_sentence
from teams.queries.pauses import list_holding_pauses, list_waiting_posts, pause_history

FORM_METHODS = ["GET", "HEAD", "POST"]


@member_gate
@require_http_methods(FORM_METHODS)
def show_pauses(request: MemberRequest) -> HttpResponse:
    """What is paused, what was, and the small form that pauses."""
    if request.htmx and not request.htmx.boosted:
        return render(request, "pauses/_standing.html", holding_pauses_context(request))
    form = PauseForm(posted_data(request), member=request.member, initial={"of": request.GET.get("of", "")[:40]})
    if form.is_valid() and pause_from_form(request, form):
        return redirect_within(request, "pauses:page")
    past = pause_history(request.member, parse_id(request.GET.get("before")))
    context = {"form": form, "history": past.rows, "older": past.later, **holding_pauses_context(request)}
    return render(request, "pauses/page.html", context, status=422 if form.errors else 200)


def pause_from_form(request: MemberRequest, form: PauseForm) -> bool:
    scope, pk = form.cleaned_data.pop("of")
    target = access_pause_target(request.member, scope, pk)
    try:
        pause = pause_publishing(request.member, target, **form.cleaned_data)
    except Invalid as invalid:
        show_errors(form, invalid)
        return False
    url = reverse("pauses:release", args=[request.member.organization.slug, pause.pk])
    values = {"kept": str(BacklogDecision.RECENT), "seen": format_seen_mark(pause.mark, now())}
    messages.success(request, undo_message(_("Publishing is paused for %s.") % name_of_target(target), url, values))
    return True


@member_gate
@require_http_methods(FORM_METHODS)
def release_pause_view(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks what to do with what is overdue by now, then releases."""
    pause = access_pause(request.member, pk, to="release")
    if pause.released_at is not None:
        messages.info(request, _("This pause has ended already."))
        return redirect_within(request, "pauses:page")
    form, overtaking = ReleaseForm(posted_data(request)), None
    if form.is_valid():
        try:
            done = release_pause(
                request.member, pause, kept=BacklogDecision(form.cleaned_data["kept"]), seen=posted_mark(request)
            )
        except Overtaken:
            overtaking = Overtaking(
                entries_since(posted_mark(request), pause.target, verbs=[f"{pause.scope}.pause_changed"])
            )
            pause = access_pause(request.member, pk, to="release")
        except Conflict as error:
            messages.info(request, error.user_message)
        else:
            messages.success(
                request,
                " ".join([_("Publishing goes on for %s.") % name_of_target(pause.target), *describe_released(done)]),
            )
        if overtaking is None:
            return redirect_within(request, "pauses:page")
    waiting = list_waiting_posts(pause, request.member, now())
    context = {
        "pause": pause,
        "said": pause_sentence(pause, request.member.time_zone, now()),
        "waiting": waiting,
        "total": sum(one.count for one in waiting),
        "form": form,
        "overtaking": overtaking,
    }
    status = 409 if overtaking else 422 if form.errors else 200
    return render(request, "pauses/release.html", context, status=status)


def describe_released(done: dict[str, int]) -> list[str]:
    """What became of the overdue posts."""
    words = {
        "sent": ngettext("%s overdue post leaves now.", "%s overdue posts leave now.", done["sent"]),
        "held": ngettext("%s waits for a person.", "%s wait for a person.", done["held"]),
        "cancelled": ngettext("%s is cancelled.", "%s are cancelled.", done["cancelled"]),
    }
    return [text % format_number(done[name]) for name, text in words.items() if done[name]]


def holding_pauses_context(request: MemberRequest) -> dict[str, Any]:
    return {"pauses": list_holding_pauses(request.member, now()), "organization": request.member.organization}


def posted_data(request: MemberRequest) -> Any:
    """Also a form that is sent empty is a form that is sent."""
    return request.POST if request.method == "POST" else None
