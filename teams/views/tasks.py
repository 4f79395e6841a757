"""Tasks: lists, one task with its story, and the buttons on it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import AppError, Conflict, Invalid, NotFound
from foundation.overtaking import Overtaken
from organizations.auditing.overtaken_changes import Overtaking, seen_in, since
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member, Role
from teams.actions.tasks import (
    accept_task,
    cancel_task,
    comment_task,
    create_task,
    finish_task,
    hand_over_task,
    reopen_task,
)
from teams.member_tasks.task_access import access_task, allowed, tasks_for
from teams.member_tasks.task_forms import HandOverForm, TaskForm
from teams.member_tasks.task_subjects import About, abouts, parsed
from teams.models import Task
from teams.queries.tasks import VIEWS, counts, page, story, with_abouts
from teams.rights.verb_words import TASK_VIEWS

SAID = "said_of_task"  # in the session, for the next page: the browser need not keep that text any more
Button = Callable[[MemberRequest, Task], str]


@member_gate
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """One of the four views; for htmx the part that changes."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "mine"
    shown = page(request.member, view, before=request.GET.get("before", ""))
    context = {**base(request), "page": shown, "view": view, "may_give": request.member.role != Role.VIEWER}
    if is_partial(request):
        return render(request, "tasks/_rows.html", context)
    number = counts(request.member)
    here = request.path
    context["tabs"] = [
        {"label": TASK_VIEWS[name], "url": f"{here}?view={name}", "active": name == view, "count": number.get(name)}
        for name in VIEWS
    ]
    return render(request, "tasks/list.html", context)


@member_gate
@require_safe
def show(request: MemberRequest, pk: int) -> HttpResponse:
    return task_page(request, access_task(request.member, pk))


def task_page(request: MemberRequest, task: Task, *, status: int = 422, **given: Any) -> HttpResponse:
    """One task; after a refusal as it was filled in, with 422."""
    [row] = with_abouts(request.member, [task])
    parts = allowed(request.member, task)
    may = {to for to in parts - {"comment"} if task.MACHINE.allows(task.state, to)}
    hand_over = HandOverForm(but=task.assignee) if "hand_over" in may else None
    context = {
        **base(request),
        "row": row,
        "may": may,
        "may_say": parts,
        "said": request.session.pop(SAID, 0) == task.pk,
        "steps": story(task),
        "hand_over": hand_over,
        **given,
    }
    template = "tasks/_task.html" if is_partial(request) else "tasks/task.html"
    return render(request, template, context, status=status if given else 200)


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Gives work; ?about=post:12 says what it is about."""
    if request.method == "POST":
        form = TaskForm(request.POST, member=request.member)
        if form.is_valid():
            try:
                return stored(request, form)
            except Conflict:
                return redirect("tasks:list", slug=request.member.organization.slug)
            except Invalid as invalid:
                show_errors(form, renamed(invalid))
    else:
        form = TaskForm(member=request.member, initial={"about": request.GET.get("about", "")[:40]})
    context = {**base(request), "form": form, "about": about_of(request.member, form["about"].value() or "")}
    return render(request, "tasks/form.html", context, status=422 if form.errors else 200)


def stored(request: MemberRequest, form: TaskForm) -> HttpResponse:
    data = form.cleaned_data
    task = create_task(
        request.member,
        title=data["title"],
        text=data["text"],
        due_at=form.due_at,
        due_zone=form.zone,
        about=parsed(data["about"]),
        form_key=data["form_key"],
        **data["member"],
    )
    holder = task.assignee or task.team
    messages.success(request, _("The task is given to %s.") % (holder.name if holder else ""))
    return redirect("tasks:task", slug=request.member.organization.slug, pk=task.pk)


def renamed(invalid: Invalid) -> Invalid:
    """The due time is two fields here."""
    return Invalid({"day" if name == "due_at" else name: texts for name, texts in invalid.fields.items()})


def about_of(member: Member, text: str) -> About | None:
    """What the form is about, as far as the member may see it."""
    try:
        reference = parsed(text)
    except Invalid:
        return None
    return abouts(member, [reference]).get(reference) if reference else None


def button(work: Button) -> Callable[..., HttpResponse]:
    """A POST that does `work` and says its sentence; a refusal is said too, where the person stood."""

    @member_gate
    @require_POST
    @wraps(work)
    def pressed(request: MemberRequest, pk: int) -> HttpResponse:
        task = access_task(request.member, pk)
        try:
            messages.success(request, work(request, task))
        except NotFound:
            raise
        except Overtaken:
            return overtaken_page(request, task)
        except AppError as error:
            messages.error(request, error.user_message)
        return redirect(back(request, task))

    return pressed


def overtaken_page(request: MemberRequest, task: Task, **given: Any) -> HttpResponse:
    """The task as it stands now, who changed it meanwhile, and the note that was typed."""
    told = Overtaking(since(seen_in(request), task))
    task = access_task(request.member, task.pk)
    return task_page(request, task, status=409, overtaking=told, typed=request.POST, **given)


def back(request: MemberRequest, task: Task) -> str:
    """Where the form came from, if that is ours; else the task, or the list once it is out of sight."""
    home = f"/o/{request.member.organization.slug}/"
    asked = request.POST.get("next", "")
    if asked.startswith(home) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    seen = tasks_for(request.member).filter(pk=task.pk).exists()
    return f"{home}tasks/{task.pk}/" if seen else f"{home}tasks/"


@button
def accept(request: MemberRequest, task: Task) -> str:
    accept_task(request.member, task, seen=seen_in(request))
    return _("It is yours now.")


@button
def comment(request: MemberRequest, task: Task) -> str:
    comment_task(request.member, task, text=request.POST.get("text", ""))
    request.session[SAID] = task.pk
    return _("Said.")


@button
def done(request: MemberRequest, task: Task) -> str:
    finish_task(request.member, task, note=request.POST.get("note", ""), seen=seen_in(request))
    return _("Done.")


@button
def cancel(request: MemberRequest, task: Task) -> str:
    cancel_task(request.member, task, seen=seen_in(request))
    return _("It need not be done any more.")


@button
def reopen(request: MemberRequest, task: Task) -> str:
    reopen_task(request.member, task, seen=seen_in(request))
    return _("It is open again.")


@member_gate
@require_POST
def hand_over(request: MemberRequest, pk: int) -> HttpResponse:
    task = access_task(request.member, pk, to="hand_over")
    form = HandOverForm(request.POST, but=task.assignee)
    if not form.is_valid():
        return task_page(request, task, hand_over=form)
    note, whom = form.cleaned_data["note"], form.cleaned_data["member"]
    try:
        given = hand_over_task(request.member, task, note=note, **whom, seen=seen_in(request))
    except Overtaken:
        return overtaken_page(request, task, hand_over=form)
    except AppError as error:
        form.add_error(None, error.user_message)
        return task_page(request, task, hand_over=form)
    holder = given.assignee or given.team
    messages.success(request, _("Handed over to %s.") % (holder.name if holder else ""))
    return redirect(back(request, task))


def is_partial(request: MemberRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def base(request: MemberRequest) -> dict[str, Any]:
    return {"member": request.member, "organization": request.member.organization}
