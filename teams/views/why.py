"""Why this member may post here, or what is missing: as a page and in the matrix's dialog."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networks.models import VERBS
from organizations.access import access_member
from organizations.gates import MemberRequest, member_gate
from teams.access import access_profile
from teams.queries.why import is_only_approver, require_may_ask, who_could_give, why
from teams.rights.verb_words import VERB_WORDS, spelt


@member_gate
@require_safe
def show(request: MemberRequest, member: int, profile: int) -> HttpResponse:
    """Every verb with what gives it; for the one that is asked about also who could give it."""
    about = access_profile(request.member, profile, to="view")
    who = access_member(request.member, member)
    require_may_ask(request.member, who, about)
    verb = request.GET.get("verb", "")
    asked = verb if verb in VERBS else "publish"
    found = {one.verb: one for one in why(who, about)}
    context = {
        "who": who,
        "profile": about,
        "asked": found[asked],
        "word": VERB_WORDS[asked],
        "rows": [(word, found[verb]) for verb, word in VERB_WORDS.items()],
        "can": spelt(verb for verb in VERBS if found[verb].can),
        "givers": [] if found[asked].can or found[asked].beyond_role else who_could_give(who, about, asked),
        "only": asked == "approve" and found[asked].can and is_only_approver(who, about),
        "zone": request.member.time_zone,
    }
    return render(request, "teams/_why.html" if request.htmx else "teams/why.html", context)
