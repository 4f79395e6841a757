"""Buttons on the page of one thing: each does its work, says its sentence, and leads back to where the person stood."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from foundation.errors import AppError, NotFound
from foundation.overtaking import Overtaken
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member

T = TypeVar("T")
ButtonWork = Callable[[MemberRequest, T], str]


def page_button(
    access: Callable[[Member, int], T],
    *,
    overtaken: Callable[[MemberRequest, T], HttpResponse],
    leads_to: Callable[[MemberRequest, T], str],
    announce: Callable[[MemberRequest, str], None] = messages.success,
) -> Callable[[ButtonWork[T]], Callable[..., HttpResponseBase]]:
    """A decorator for the POSTs on what `access` finds. A refusal is said too; what is gone or foreign is a 404."""

    def decorate(work: ButtonWork[T]) -> Callable[..., HttpResponseBase]:
        @member_gate
        @require_POST
        @wraps(work)
        def pressed(request: MemberRequest, pk: int) -> HttpResponse:
            thing = access(request.member, pk)
            try:
                announce(request, work(request, thing))
            except NotFound:
                raise
            except Overtaken:
                return overtaken(request, thing)
            except AppError as error:
                messages.error(request, error.user_message)
            return redirect(leads_to(request, thing))

        return pressed

    return decorate
