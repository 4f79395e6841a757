"""Graph, as far as Pages are practised here."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from networks.sandbox.actions import delete_entry, is_repeated, write_entry
from networks.sandbox.dialects import speaking
from networks.sandbox.dialects.facebook import photos, refusals, shapes
from networks.sandbox.dialects.facebook.fields import parse_fields
from networks.sandbox.dialects.facebook.lists import listed
from networks.sandbox.dialects.posting import post
from networks.sandbox.measured import numbers_of
from networks.sandbox.models import Account, Entry, Upload, in_lists
from networks.sandbox.uploads import Used

_PATH = re.compile(r"(?:v\d{1,3}\.\d/?)?(?P<node>me|[0-9]{1,20}(?:_[0-9]{1,20})?)?(?:/(?P<edge>[a-z_]{1,40}))?/?")
_LONGEST = 63_206
_AT_ONCE = 50
INSIGHTS = {
    "post_media_view": "impressions",
    "post_total_media_view_unique": "impressions",
    "post_clicks": "clicks",
}


@csrf_exempt
def facebook(request: HttpRequest, path: str) -> HttpResponse:
    """Every address of Graph."""
    return speaking.speak(request, "facebook", path, answer, refusals.WORDS)


def answer(request: HttpRequest, me: Account, path: str) -> HttpResponse:
    found = _PATH.fullmatch(path)
    if not found:
        raise refusals.NO_ROUTE
    node = me.remote_id if found["node"] == "me" else found["node"]
    if node is None:
        return get_nodes(request)
    if request.method == "DELETE" and not found["edge"]:
        return delete_node(me, node)
    if request.method == "POST":
        return create(request, me, node, found["edge"] or "")
    if request.method == "GET":
        return get_edge(request, me, node, found["edge"]) if found["edge"] else get_node(request, node)
    raise refusals.NO_ROUTE


def get_node(request: HttpRequest, remote_id: str) -> HttpResponse:
    return JsonResponse(shown(find(remote_id), request))


def get_nodes(request: HttpRequest) -> HttpResponse:
    """`?ids=`: one that is not there fails the call for all."""
    ids = [one for one in request.GET.get("ids", "").split(",") if one]
    if not ids or request.method != "GET":
        raise refusals.NO_ROUTE
    if len(ids) > _AT_ONCE:
        raise refusals.invalid(f"Too many IDs. Maximum: {_AT_ONCE}. Provided: {len(ids)}.")
    return JsonResponse({one: shown(find(one), request) for one in ids})


def get_edge(request: HttpRequest, me: Account, remote_id: str, edge: str) -> HttpResponse:
    thing = find(remote_id)
    if edge == "insights" and isinstance(thing, Entry):
        return JsonResponse(insights(request, me, thing))
    rows = None if isinstance(thing, Upload) else beneath(thing, edge, request.GET.get("filter", ""))
    if rows is None:
        raise refusals.NO_ROUTE
    backwards = edge != "comments" or request.GET.get("order") == "reverse_chronological"
    return JsonResponse(listed(request, rows, backwards=backwards))


def beneath(thing: Account | Entry, edge: str, kept: str) -> QuerySet[Entry] | None:
    """The entries of an edge; None where the thing has no such edge."""
    if isinstance(thing, Account):
        return walls(thing).get(edge)
    if edge != "comments":
        return None
    if kept == "stream" and thing.parent_id is None:
        return in_lists(entries()).filter(root=thing)
    return in_lists(entries()).filter(parent=thing)


def walls(page: Account) -> dict[str, QuerySet[Entry]]:
    posts = in_lists(entries()).filter(wall=page, parent=None)
    own = posts.filter(author=page)
    return {"feed": posts, "posts": own, "published_posts": own, "tagged": posts.exclude(author=page).none()}


def create(request: HttpRequest, me: Account, remote_id: str, edge: str) -> HttpResponse:
    thing = find(remote_id)
    if edge == "photos" and thing == me:
        return photos.take_photo(request, me)
    shown = photos.wanted(request, me) if edge == "feed" else []
    message = checked_message(request.POST.get("message", "")) if request.POST.get("message") or not shown else ""
    if edge == "feed" and thing == me:
        return publish(me, message, under=None, shown=shown)
    if edge == "comments" and isinstance(thing, Entry):
        if thing.wall_id != me.pk:
            raise refusals.NOT_ALLOWED
        # Comments nest once: an answer to an answer stands beside it.
        nested = thing.parent is not None and thing.parent_id != thing.root_id
        return publish(me, message, under=thing.parent if nested else thing)
    raise refusals.NO_ROUTE


def publish(me: Account, message: str, *, under: Entry | None, shown: Sequence[Upload] = ()) -> HttpResponse:
    try:
        entry = post(
            me,
            refusals.WORDS,
            repeats=lambda: under is None and not shown and is_repeated(me, message),
            write=lambda listed_from: write_entry(
                me, message, under=under, wall=me, listed_from=listed_from, uploads=shown
            ),
        )
    except Used:
        raise photos.no_photo(shown[0].remote_id) from None
    return JsonResponse({"id": entry.remote_id})


def checked_message(message: str) -> str:
    if not message.strip():
        raise refusals.invalid("The post is empty. Please enter a message to share.")
    if not speaking.storable(message) or len(message) > _LONGEST:
        raise refusals.invalid("Param message is not valid")
    return message


def delete_node(me: Account, remote_id: str) -> HttpResponse:
    thing = find(remote_id)
    if not isinstance(thing, Entry) or me.pk not in {thing.author_id, thing.wall_id}:
        raise refusals.NOT_ALLOWED
    delete_entry(thing)
    return JsonResponse({"success": True})


def insights(request: HttpRequest, me: Account, entry: Entry) -> dict[str, Any]:
    """One metric that is not known, or no longer, fails the call for all."""
    metrics = [one for one in request.GET.get("metric", "").split(",") if one]
    if not metrics or any(one not in INSIGHTS for one in metrics):
        raise refusals.NO_SUCH_METRIC
    if entry.author_id != me.pk:
        raise refusals.NOT_ALLOWED
    counted = numbers_of([entry], at=now())[entry.pk]
    return {"data": [shapes.insight(entry, one, getattr(counted, INSIGHTS[one])) for one in metrics]}


def entries() -> QuerySet[Entry]:
    rows = Entry.objects.filter(network="facebook").select_related(
        "author__organization", "wall__organization", "parent", "root"
    )
    return rows.prefetch_related("uploads")


def find(remote_id: str) -> Account | Entry | Upload:
    """What bears this id in the caller's organization. Anything else does not exist."""
    if not re.fullmatch(r"[0-9_]{1,41}", remote_id):
        raise refusals.missing(remote_id)
    entry = entries().filter(remote_id=remote_id).first() if "_" in remote_id else None
    # People in the audience cannot be looked up, as on Graph.
    page = Account.objects.select_related("organization").filter(
        Q(network="facebook", remote_id=remote_id), is_audience=False
    )
    thing = entry or page.first() or photos.find_photo(remote_id)
    if thing is None:
        raise refusals.missing(remote_id)
    return thing


def shown(thing: Account | Entry | Upload, request: HttpRequest) -> dict[str, Any]:
    fields = parse_fields(request.GET.get("fields", ""))
    if isinstance(thing, Account | Upload):
        return shapes.node(thing, fields, None, now())
    return shapes.nodes([thing], fields, at=now())[0]
