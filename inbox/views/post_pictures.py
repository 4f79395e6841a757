"""The pictures of the post that a conversation is about."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from foundation.errors import NotFound
from foundation.files.file_responses import serve_stored_file
from inbox.access import access_conversation
from inbox.queries.conversation_thread import pictures_of
from organizations.gates import MemberRequest, member_gate


@member_gate
@require_safe
def show_post_picture(request: MemberRequest, pk: int, place: int) -> HttpResponseBase:
    """The file that left with the post, to whoever may read what is asked about it."""
    found = pictures_of(access_conversation(request.member, pk)).get(place)
    if found is None:
        raise NotFound
    return serve_stored_file(found.name, found.content_type)
