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

from foundation.form_fields import choice_field
from foundation.texts.ids import parse_id
from organizations.actions.exports import record_audit_export
from organizations.auditing.audit_export import audit_csv_lines, audit_json_lines
from organizations.auditing.audit_words import describe_audit_changes, verb_words
from organizations.auditing.subject_names import find_subjects, subject_reference
from organizations.gates import MemberRequest, admin_gate
from organizations.models import AuditEntry, Member
from organizations.queries.audit import SYSTEM_ACTOR, AuditFilter, audit_page, iterate_entries, verbs_used

FORMATS = {"csv": (audit_csv_lines, "text/csv; charset=utf-8"), "json": (audit_json_lines, "application/json")}


class FilterDayField(forms.DateField):
    def __init__(self, **given: Any) -> None:
        sane = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=picker, validators=sane, **given)


class AuditFilterForm(forms.Form):
    """A filter that cannot be read is shown with its error and narrows nothing down."""

    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    verb = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    thing = forms.CharField(
        label=gettext_lazy("Thing"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Such as post 12, or a name")}),
    )
    since = FilterDayField(label=gettext_lazy("From"))
    until = FilterDayField(label=gettext_lazy("To"))

    def __init__(self, given: QueryDict) -> None:
        super().__init__(given, auto_id="audit-%s")
        people = Member.objects.select_related("user", "organization").order_by("user__name", "user__email", "pk")
        choice_field(self, "person").choices = [
            ("", _("Everybody")),
            (SYSTEM_ACTOR, _("The system")),
            *((str(one.pk), one.name) for one in people),
        ]
        words = sorted((verb_words(verb), verb) for verb in verbs_used())
        choice_field(self, "verb").choices = [("", _("Everything")), *((verb, word) for word, verb in words)]

    def criteria(self, zone: str) -> AuditFilter:
        self.full_clean()
        return AuditFilter(zone=zone, **{name: value for name, value in self.cleaned_data.items() if value})


@admin_gate
@require_safe
def show_audit(request: MemberRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET)
    criteria = form.criteria(request.member.time_zone)
    page = audit_page(criteria, **{name: parse_id(request.GET.get(name)) for name in ("before", "after")})
    rows = audit_rows(request.member, page.rows)
    narrowed = any(form.data.get(name) for name in form.fields)
    return render(
        request, "organizations/audit.html", {"rows": rows, "page": page, "filter": form, "narrowed": narrowed}
    )


def audit_rows(reader: Member, entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """The entries in words; a post is named by its own, as far as it still is."""
    references = {entry.pk: subject_reference(entry.target_kind, entry.target_id) for entry in entries}
    subjects = find_subjects(reader, filter(None, references.values()))
    return [
        {
            "entry": entry,
            "what": verb_words(entry.verb),
            "about": subjects.get(reference) if (reference := references[entry.pk]) else None,
            "changes": describe_audit_changes(entry),
        }
        for entry in entries
    ]


@admin_gate
@require_POST
def download_audit(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    """The part of the log that the filter shows, however long, as a file."""
    chosen = request.POST.get("format", "")
    form = AuditFilterForm(request.POST)
    if chosen not in FORMATS or not form.is_valid():
        return render(
            request,
            "error.html",
            {"message": _("Choose CSV or JSON, and a filter that can be read."), "status": 400},
            status=400,
        )
    organization = request.member.organization
    filters = {name: request.POST.get(name, "")[:200] for name in form.fields}
    record_audit_export(request.member, organization, form=chosen, filters=filters)
    written, kind = FORMATS[chosen]
    entries = iterate_entries(organization.pk, form.criteria(request.member.time_zone))
    answer = StreamingHttpResponse(written(entries), content_type=kind)
    name = f"audit-{organization.slug}-{localdate().isoformat()}.{chosen}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
