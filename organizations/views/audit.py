"""Who changed what, when, from where."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organizations.actions.exports import export_audit
from organizations.auditing.audit_export import as_csv, as_json
from organizations.auditing.audit_words import changes, verb_words
from organizations.auditing.subject_names import abouts, reference_of
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
        self.fields["person"].choices = [  # type: ignore[attr-defined]  # a field of choices
            ("", _("Everybody")),
            (SYSTEM, _("The system")),
            *((str(one.pk), one.name) for one in people),
        ]
        words = sorted((verb_words(verb), verb) for verb in verbs_used())
        self.fields["verb"].choices = [("", _("Everything")), *((verb, word) for word, verb in words)]  # type: ignore[attr-defined]  # a field of choices

    def asked(self, zone: str) -> Asked:
        self.full_clean()
        return Asked(zone=zone, **{name: value for name, value in self.cleaned_data.items() if value})


@admin_gate
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    form = Filter(request.GET)
    asked = form.asked(request.member.time_zone)
    page = audit_page(asked, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    rows = rows_of(request.member, page.entries)
    narrowed = any(form.data.get(name) for name in form.fields)
    return render(
        request, "organizations/audit.html", {"rows": rows, "page": page, "filter": form, "narrowed": narrowed}
    )


def rows_of(reader: Member, entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """The entries in words; a post is named by its own, as far as it still is."""
    references = {entry.pk: reference_of(entry.target_kind, entry.target_id) for entry in entries}
    known = abouts(reader, filter(None, references.values()))
    return [
        {
            "entry": entry,
            "what": verb_words(entry.verb),
            "about": known.get(reference) if (reference := references[entry.pk]) else None,
            "changes": changes(entry),
        }
        for entry in entries
    ]


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
    return answer
