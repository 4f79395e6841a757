"""Whose sign-in page it is: the organization that somebody was on their way to, where this browser knows it.

A stranger's browser learns nothing: neither that there is an organization of that name, nor how it looks.
"""

import re

from django.http import HttpRequest

from organizations.models import Member, Organization
from organizations.sign_in.known_devices import read_device_cookie

ORGANIZATION_PATH = re.compile(r"/o/([-\w]{1,50})/")


def destination_organization(request: HttpRequest) -> Organization | None:
    """The organization of `?next=`, if somebody who has signed in with this browser before is a member there."""
    asked = ORGANIZATION_PATH.match(request.POST.get("next") or request.GET.get("next") or "")
    return find_known_organization(request, asked[1]) if asked else None


def find_known_organization(request: HttpRequest, slug: str) -> Organization | None:
    people = read_device_cookie(request)["people"]
    if not people:
        return None
    # unscoped: nobody has signed in yet, so nobody is in an organization
    rows = Member.unscoped.filter(user__in=people, left_at=None, organization__slug=slug)
    found = rows.select_related("organization").first()
    return found.organization if found else None
