"""Graph, as far as Pages are practised here."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from networks.sandbox.actions import delete_entry, is_repeated, write_entry
from networks.sandbox.dialects import api_calls
from networks.sandbox.dialects.facebook import api_objects, photos, refusals
from networks.sandbox.dialects.facebook.fields import parse_fields
from networks.sandbox.dialects.facebook.list_paging import build_entry_page
from networks.sandbox.dialects.faulty_calls import post_with_faults
from networks.sandbox.entry_numbers import numbers_of_entries
from networks.sandbox.models import Account, Entry, Upload, visible_in_lists
from networks.sandbox.practice_files import UploadUsed

_NODE_PATH = re.compile(r"(?:v\d{1,3}\.\d/?)?(?P<node>me|[0-9]{1,20}(?:_[0-9]{1,20})?)?(?:/(?P<edge>[a-z_]{1,40}))?/?")
_LONGEST_MESSAGE = 63_206
_MOST_IDS = 50
INSIGHT_NUMBERS = {
    "post_media_view": "impressions",
    "post_total_media_view_unique": "impressions",
    "post_clicks": "clicks",
}


@csrf_exempt
def answer_graph(request: HttpRequest, path: str) -> HttpResponse:
    """Every address of Graph."""
    return api_calls.answer_call(request, "facebook", path, route_call, refusals.USUAL_REFUSALS)


def route_call(request: HttpRequest, me: Account, path: str) -> HttpResponse:
    found = _NODE_PATH.fullmatch(path)
    if not found:
        raise refusals.NO_ROUTE
    node = me.remote_id if found["node"] == "me" else found["node"]
    if node is None:
        return get_nodes(request)
    if request.method == "DELETE" and not found["edge"]:
        return delete_node(me, node)
    if request.method == "POST":
        return create_node(request, me, node, found["edge"] or "")
    if request.method == "GET":
        return get_edge(request, me, node, found["edge"]) if found["edge"] else get_node(request, node)
    raise refusals.NO_ROUTE


def get_node(request: HttpRequest, remote_id: str) -> HttpResponse:
    return JsonResponse(node_body(require_node(remote_id), request))


def get_nodes(request: HttpRequest) -> HttpResponse:
    """`?ids=`: one that is not there fails the call for all."""
    ids = [one for one in request.GET.get("ids", "").split(",") if one]
    if not ids or request.method != "GET":
        raise refusals.NO_ROUTE
    if len(ids) > _MOST_IDS:
        raise refusals.invalid_parameter(f"Too many IDs. Maximum: {_MOST_IDS}. Provided: {len(ids)}.")
    return JsonResponse({one: node_body(require_node(one), request) for one in ids})


def get_edge(request: HttpRequest, me: Account, remote_id: str, edge: str) -> HttpResponse:
    thing = require_node(remote_id)
    if edge == "insights" and isinstance(thing, Entry):
        return JsonResponse(insights_body(request, me, thing))
    rows = None if isinstance(thing, Upload) else edge_entries(thing, edge, request.GET.get("filter", ""))
    if rows is None:
        raise refusals.NO_ROUTE
    backwards = edge != "comments" or request.GET.get("order") == "reverse_chronological"
    return JsonResponse(build_entry_page(request, rows, backwards=backwards))


def edge_entries(thing: Account | Entry, edge: str, kept: str) -> QuerySet[Entry] | None:
    """The entries of an edge; None where the thing has no such edge."""
    if isinstance(thing, Account):
        return page_edges(thing).get(edge)
    if edge != "comments":
        return None
    if kept == "stream" and thing.parent_id is None:
        return visible_in_lists(network_entries()).filter(root=thing)
    return visible_in_lists(network_entries()).filter(parent=thing)


def page_edges(page: Account) -> dict[str, QuerySet[Entry]]:
    posts = visible_in_lists(network_entries()).filter(wall=page, parent=None)
    own = posts.filter(author=page)
    return {"feed": posts, "posts": own, "published_posts": own, "tagged": posts.exclude(author=page).none()}


def create_node(request: HttpRequest, me: Account, remote_id: str, edge: str) -> HttpResponse:
    thing = require_node(remote_id)
    if edge == "photos" and thing == me:
        return photos.upload_photo(request, me)
    shown = photos.require_attached_photos(request, me) if edge == "feed" else []
    message = require_valid_message(request.POST.get("message", "")) if request.POST.get("message") or not shown else ""
    if edge == "feed" and thing == me:
        return publish_entry(me, message, under=None, shown=shown)
    if edge == "comments" and isinstance(thing, Entry):
        if thing.wall_id != me.pk:
            raise refusals.NOT_ALLOWED
        # Comments nest once: an answer to an answer stands beside it.
        nested = thing.parent is not None and thing.parent_id != thing.root_id
        return publish_entry(me, message, under=thing.parent if nested else thing)
    raise refusals.NO_ROUTE


def publish_entry(me: Account, message: str, *, under: Entry | None, shown: Sequence[Upload] = ()) -> HttpResponse:
    try:
        entry = post_with_faults(
            me,
            refusals.USUAL_REFUSALS,
            repeats=lambda: under is None and not shown and is_repeated(me, message),
            write=lambda listed_from: write_entry(
                me, message, under=under, wall=me, listed_from=listed_from, uploads=shown
            ),
        )
    except UploadUsed:
        raise photos.photo_refusal(shown[0].remote_id) from None
    return JsonResponse({"id": entry.remote_id})


def require_valid_message(message: str) -> str:
    if not message.strip():
        raise refusals.invalid_parameter("The post is empty. Please enter a message to share.")
    if not api_calls.is_storable(message) or len(message) > _LONGEST_MESSAGE:
        raise refusals.invalid_parameter("Param message is not valid")
    return message


def delete_node(me: Account, remote_id: str) -> HttpResponse:
    thing = require_node(remote_id)
    if not isinstance(thing, Entry) or me.pk not in {thing.author_id, thing.wall_id}:
        raise refusals.NOT_ALLOWED
    delete_entry(thing)
    return JsonResponse({"success": True})


def insights_body(request: HttpRequest, me: Account, entry: Entry) -> dict[str, Any]:
    """One metric that is not known, or no longer, fails the call for all."""
    metrics = [one for one in request.GET.get("metric", "").split(",") if one]
    if not metrics or any(one not in INSIGHT_NUMBERS for one in metrics):
        raise refusals.NO_SUCH_METRIC
    if entry.author_id != me.pk:
        raise refusals.NOT_ALLOWED
    counted = numbers_of_entries([entry], at=now())[entry.pk]
    return {"data": [api_objects.insight_object(entry, one, getattr(counted, INSIGHT_NUMBERS[one])) for one in metrics]}


def network_entries() -> QuerySet[Entry]:
    rows = Entry.objects.filter(network="facebook").select_related(
        "author__organization", "wall__organization", "parent", "root"
    )
    return rows.prefetch_related("uploads")


def require_node(remote_id: str) -> Account | Entry | Upload:
    """What bears this id in the caller's organization. Anything else does not exist."""
    if not re.fullmatch(r"[0-9_]{1,41}", remote_id):
        raise refusals.missing_object(remote_id)
    entry = network_entries().filter(remote_id=remote_id).first() if "_" in remote_id else None
    # People in the audience cannot be looked up, as on Graph.
    page = Account.objects.select_related("organization").filter(
        Q(network="facebook", remote_id=remote_id), is_audience=False
    )
    thing = entry or page.first() or photos.find_photo(remote_id)
    if thing is None:
        raise refusals.missing_object(remote_id)
    return thing


def node_body(thing: Account | Entry | Upload, request: HttpRequest) -> dict[str, Any]:
    fields = parse_fields(request.GET.get("fields", ""))
    if isinstance(thing, Account | Upload):
        return api_objects.build_node(thing, fields, None, now())
    return api_objects.build_nodes([thing], fields, at=now())[0]
