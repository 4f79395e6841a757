"""Tasks: lists, one task with its story, and the buttons on it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import AppError, Conflict, Invalid
from foundation.overtaking import Overtaken
from organizations.auditing.overtaken_changes import Overtaking, entries_since, posted_mark
from organizations.auditing.subject_names import Subject, find_subjects
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, member_gate, redirect_within
from organizations.models import Member, Role
from organizations.undo import safe_return_url
from organizations.views.page_buttons import page_button
from teams.actions.tasks import (
    accept_task,
    cancel_task,
    comment_task,
    create_task,
    finish_task,
    hand_over_task,
    reopen_task,
)
from teams.member_tasks.task_access import access_task, allowed_on_task, tasks_for
from teams.member_tasks.task_forms import HandOverForm, TaskForm
from teams.member_tasks.task_subjects import parse_reference
from teams.models import Task
from teams.queries.tasks import TASK_VIEW_NAMES, count_by_view, list_task_page, steps_of_task, with_abouts
from teams.rights.verb_words import TASK_VIEW_LABELS

COMMENTED_TASK_KEY = "said_of_task"  # in the session, for the next page: the browser need not keep that text any more


@member_gate
@require_safe
def list_tasks(request: MemberRequest) -> HttpResponse:
    """One of the four views; for htmx the part that changes."""
    view = request.GET.get("view", "")
    view = view if view in TASK_VIEW_NAMES else "mine"
    shown = list_task_page(request.member, view, before=request.GET.get("before", ""))
    context = {**base_context(request), "page": shown, "view": view, "may_give": request.member.role != Role.VIEWER}
    if is_partial(request):
        return render(request, "tasks/_rows.html", context)
    number = count_by_view(request.member)
    here = request.path
    context["tabs"] = [
        {
            "label": TASK_VIEW_LABELS[name],
            "url": f"{here}?view={name}",
            "active": name == view,
            "count": number.get(name),
        }
        for name in TASK_VIEW_NAMES
    ]
    return render(request, "tasks/list.html", context)


@member_gate
@require_safe
def show_task(request: MemberRequest, pk: int) -> HttpResponse:
    return render_task_page(request, access_task(request.member, pk))


def render_task_page(request: MemberRequest, task: Task, *, status: int = 422, **given: Any) -> HttpResponse:
    """One task; after a refusal as it was filled in, with 422."""
    [row] = with_abouts(request.member, [task])
    parts = allowed_on_task(request.member, task)
    may = {to for to in parts - {"comment"} if task.MACHINE.allows(task.state, to)}
    hand_over = HandOverForm(but=task.assignee) if "hand_over" in may else None
    context = {
        **base_context(request),
        "row": row,
        "may": may,
        "may_say": parts,
        "said": request.session.pop(COMMENTED_TASK_KEY, 0) == task.pk,
        "steps": steps_of_task(task),
        "hand_over": hand_over,
        **given,
    }
    template = "tasks/_task.html" if is_partial(request) else "tasks/task.html"
    return render(request, template, context, status=status if given else 200)


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def create_task_view(request: MemberRequest) -> HttpResponse:
    """Gives work; ?about=post:12 says what it is about."""
    if request.method == "POST":
        form = TaskForm(request.POST, member=request.member)
        if form.is_valid():
            try:
                return create_from_form(request, form)
            except Conflict:
                return redirect_within(request, "tasks:list")
            except Invalid as invalid:
                show_errors(form, rename_due_error(invalid))
    else:
        form = TaskForm(member=request.member, initial={"about": request.GET.get("about", "")[:40]})
    context = {
        **base_context(request),
        "form": form,
        "about": find_subject(request.member, form["about"].value() or ""),
    }
    return render(request, "tasks/form.html", context, status=422 if form.errors else 200)


def create_from_form(request: MemberRequest, form: TaskForm) -> HttpResponse:
    data = form.cleaned_data
    task = create_task(
        request.member,
        title=data["title"],
        text=data["text"],
        due_at=form.due_at,
        due_zone=form.zone,
        about=parse_reference(data["about"]),
        form_key=data["form_key"],
        **data["member"],
    )
    holder = task.assignee or task.team
    messages.success(request, _("The task is given to %s.") % (holder.name if holder else ""))
    return redirect_within(request, "tasks:task", task.pk)


def rename_due_error(invalid: Invalid) -> Invalid:
    """The due time is two fields here."""
    return Invalid({"day" if name == "due_at" else name: texts for name, texts in invalid.fields.items()})


def find_subject(member: Member, text: str) -> Subject | None:
    """What the form is about, as far as the member may see it."""
    try:
        reference = parse_reference(text)
    except Invalid:
        return None
    return find_subjects(member, [reference]).get(reference) if reference else None


def render_overtaken_task(request: MemberRequest, task: Task, **given: Any) -> HttpResponse:
    """The task as it stands now, who changed it meanwhile, and the note that was typed."""
    overtaking = Overtaking(entries_since(posted_mark(request), task))
    task = access_task(request.member, task.pk)
    return render_task_page(request, task, status=409, overtaking=overtaking, typed=request.POST, **given)


def url_after_action(request: MemberRequest, task: Task) -> str:
    """Where the form came from, if that is ours; else the task, or the list once it is out of sight."""
    home = f"/o/{request.member.organization.slug}/"
    if asked := safe_return_url(request, home, ""):
        return asked
    seen = tasks_for(request.member).filter(pk=task.pk).exists()
    return f"{home}tasks/{task.pk}/" if seen else f"{home}tasks/"


task_button = page_button(access_task, overtaken=render_overtaken_task, leads_to=url_after_action)


@task_button
def accept_task_view(request: MemberRequest, task: Task) -> str:
    accept_task(request.member, task, seen=posted_mark(request))
    return _("It is yours now.")


@task_button
def comment_task_view(request: MemberRequest, task: Task) -> str:
    comment_task(request.member, task, text=request.POST.get("text", ""))
    request.session[COMMENTED_TASK_KEY] = task.pk
    return _("Said.")


@task_button
def finish_task_view(request: MemberRequest, task: Task) -> str:
    finish_task(request.member, task, note=request.POST.get("note", ""), seen=posted_mark(request))
    return _("Done.")


@task_button
def cancel_task_view(request: MemberRequest, task: Task) -> str:
    cancel_task(request.member, task, seen=posted_mark(request))
    return _("It need not be done any more.")


@task_button
def reopen_task_view(request: MemberRequest, task: Task) -> str:
    reopen_task(request.member, task, seen=posted_mark(request))
    return _("It is open again.")


@member_gate
@require_POST
def hand_over_task_view(request: MemberRequest, pk: int) -> HttpResponse:
    task = access_task(request.member, pk, to="hand_over")
    form = HandOverForm(request.POST, but=task.assignee)
    if not form.is_valid():
        return render_task_page(request, task, hand_over=form)
    note, whom = form.cleaned_data["note"], form.cleaned_data["member"]
    try:
        given = hand_over_task(request.member, task, note=note, **whom, seen=posted_mark(request))
    except Overtaken:
        return render_overtaken_task(request, task, hand_over=form)
    except AppError as error:
        form.add_error(None, error.user_message)
        return render_task_page(request, task, hand_over=form)
    holder = given.assignee or given.team
    messages.success(request, _("Handed over to %s.") % (holder.name if holder else ""))
    return redirect(url_after_action(request, task))


def is_partial(request: MemberRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def base_context(request: MemberRequest) -> dict[str, Any]:
    return {"member": request.member, "organization": request.member.organization}
