"""Who changed what, when, from where."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organizations.actions.exports import export_audit
from organizations.audit_export import as_csv, as_json
from organizations.gates import MemberRequest, admin_gate
from organizations.models import AuditEntry, Member
from organizations.queries.audit import SYSTEM, Asked, audit_page, every_match, verbs_used

FORMATS = {"csv": (as_csv, "text/csv; charset=utf-8"), "json": (as_json, "application/json")}


class Day(forms.DateField):
    def __init__(self, **given: Any) -> None:
        sane = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=picker, validators=sane, **given)


class Filter(forms.Form):
    """A filter that cannot be read is shown with its error and narrows nothing down."""

    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    verb = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    thing = forms.CharField(
        label=gettext_lazy("Thing"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Such as post 12, or a name")}),
    )
    since = Day(label=gettext_lazy("From"))
    until = Day(label=gettext_lazy("To"))

    def __init__(self, given: QueryDict) -> None:
        super().__init__(given, auto_id="audit-%s")
        people = Member.objects.select_related("user", "organization").order_by("user__name", "user__email", "pk")
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody")),
            (SYSTEM, _("The system")),
            *((str(one.pk), one.name) for one in people),
        ]
        words = sorted((spelt(verb), verb) for verb in verbs_used())
        self.fields["verb"].choices = [("", _("Everything")), *((verb, word) for word, verb in words)]  # type: ignore[attr-defined]

    def asked(self, zone: str) -> Asked:
        self.full_clean()
        return Asked(zone=zone, **{name: value for name, value in self.cleaned_data.items() if value})


@admin_gate
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    form = Filter(request.GET)
    asked = form.asked(request.member.time_zone)
    page = audit_page(asked, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    rows = [{"entry": entry, "what": spelt(entry.verb), "changes": changes(entry)} for entry in page.entries]
    narrowed = any(form.data.get(name) for name in form.fields)
    return render(
        request, "organizations/audit.html", {"rows": rows, "page": page, "filter": form, "narrowed": narrowed}
    )


@admin_gate
@require_POST
def export(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    """The part of the log that the filter shows, however long, as a file."""
    chosen = request.POST.get("format", "")
    form = Filter(request.POST)
    if chosen not in FORMATS or not form.is_valid():
        return render(
            request,
            "error.html",
            {"message": _("Choose CSV or JSON, and a filter that can be read."), "status": 400},
            status=400,
        )
    organization = request.member.organization
    filters = {name: request.POST.get(name, "")[:200] for name in form.fields}
    export_audit(request.member, organization, form=chosen, filters=filters)
    written, kind = FORMATS[chosen]
    entries = every_match(organization.pk, form.asked(request.member.time_zone))
    answer = StreamingHttpResponse(written(entries), content_type=kind)
    name = f"audit-{organization.slug}-{localdate().isoformat()}.{chosen}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def spelt(verb: str) -> str:
    """`post.scheduled` as "Post scheduled"."""
    return verb.replace(".", " ").replace("_", " ").capitalize()


def changes(entry: AuditEntry) -> list[dict[str, Any]]:
    fresh = entry.verb.endswith(".created")
    return [change(name, value, fresh=fresh) for name, value in entry.change.items()]


def change(name: str, value: Any, *, fresh: bool) -> dict[str, Any]:
    """What is new had no value before: a list of two is then simply a list."""
    label = name.replace("_", " ")
    if isinstance(value, list) and len(value) == 2 and not fresh:
        if value[0] is None and value[1] is not None:
            return {"label": label, "after": text_of(value[1])}
        return {"label": label, "before": text_of(value[0]), "after": text_of(value[1])}
    return {"label": label, "after": text_of(value)}


def text_of(value: Any) -> str:
    if value in (None, "", []):
        return _("nothing")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return clock_of(value) if isinstance(value, str) else str(value)


def clock_of(text: str) -> str:
    """A moment as the reader's clock shows it; any other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return date_format(localtime(moment), "D j M Y, H:i") if moment.tzinfo else text
