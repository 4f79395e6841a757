"""Why this member may post here, or what is missing: as a page and in the matrix's dialog."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networks.models import PROFILE_VERBS
from organizations.access import access_member
from organizations.gates import MemberRequest, member_gate
from teams.access import access_profile
from teams.queries.grant_reasons import explain_verbs, find_possible_givers, is_only_approver, require_may_ask
from teams.rights.verb_words import VERB_WORDS, verb_names


@member_gate
@require_safe
def show_grant_reasons(request: MemberRequest, member: int, profile: int) -> HttpResponse:
    """Every verb with what gives it; for the one that is asked about also who could give it."""
    about = access_profile(request.member, profile, to="view")
    who = access_member(request.member, member)
    require_may_ask(request.member, who, about)
    verb = request.GET.get("verb", "")
    asked = verb if verb in PROFILE_VERBS else "publish"
    found = {one.verb: one for one in explain_verbs(who, about)}
    context = {
        "who": who,
        "profile": about,
        "asked": found[asked],
        "word": VERB_WORDS[asked],
        "rows": [(word, found[verb]) for verb, word in VERB_WORDS.items()],
        "can": verb_names(verb for verb in PROFILE_VERBS if found[verb].can),
        "givers": [] if found[asked].can or found[asked].beyond_role else find_possible_givers(who, about, asked),
        "only": asked == "approve" and found[asked].can and is_only_approver(who, about),
        "zone": request.member.time_zone,
    }
    return render(request, "teams/_why.html" if request.htmx else "teams/why.html", context)
