"""Whose sign-in page it is: the organization that somebody was on their way to, where this browser knows it.

A stranger's browser learns nothing: neither that there is an organization of that name, nor how it looks.
"""

import re

from django.http import HttpRequest

from organizations.models import Member, Organization
from organizations.sign_in.known_devices import kept_in

THEIRS = re.compile(r"/o/([-\w]{1,50})/")


def on_the_way_to(request: HttpRequest) -> Organization | None:
    """The organization of `?next=`, if somebody who has signed in with this browser before is a member there."""
    asked = THEIRS.match(request.POST.get("next") or request.GET.get("next") or "")
    return known_here(request, asked[1]) if asked else None


def known_here(request: HttpRequest, slug: str) -> Organization | None:
    people = kept_in(request)["people"]
    if not people:
        return None
    # unscoped: nobody has signed in yet, so nobody is in an organization
    rows = Member.unscoped.filter(user__in=people, left_at=None, organization__slug=slug)
    found = rows.select_related("organization").first()
    return found.organization if found else None
