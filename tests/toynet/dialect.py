"""Toynet, practised: three calls."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from networks.contract import Metrics
from networks.sandbox.actions import is_repeated, write_entry
from networks.sandbox.dialects import api_calls
from networks.sandbox.dialects.api_calls import Refusal, UsualRefusals
from networks.sandbox.dialects.dialect import Dialect
from networks.sandbox.dialects.faulty_calls import post_with_faults
from networks.sandbox.entry_numbers import numbers_of_entries
from networks.sandbox.models import Account, Entry
from tests.toynet.manifest import MANIFEST

WORDS = UsualRefusals(
    nobody=Refusal(401, {"no": "who are you"}),
    signed_out=Refusal(401, {"no": "signed out"}),
    too_big=Refusal(413, {"no": "too big"}),
    malformed=Refusal(400, {"no": "not understood"}),
    down=Refusal(503, {"no": "down"}),
    duplicate=Refusal(409, {"no": "said already"}),
    limited=lambda until: Refusal(429, {"no": "too often"}),
)


@csrf_exempt
def toynet(request: HttpRequest, path: str) -> HttpResponse:
    return api_calls.answer_call(request, MANIFEST.network, path, answer, WORDS)


def answer(request: HttpRequest, me: Account, path: str) -> HttpResponse:
    rows = Entry.objects.filter(network=MANIFEST.network).select_related("author").order_by("number")
    match request.method, path:
        case "GET", "me":
            return JsonResponse({"id": me.remote_id, "name": me.name, "handle": me.handle})
        case "GET", "me/toys":
            return JsonResponse({"toys": [toy(one) for one in rows.filter(author=me)]})
        case "GET", "me/calls":
            called = rows.filter(addressed=me, number__gt=int(request.GET["after"]))
            return JsonResponse({"toys": [toy(one) for one in called]})
        case "POST", "toys":
            return publish(me, json.loads(request.body), rows)
    raise Refusal(404, {"no": "no such thing"})


def publish(me: Account, sent: Mapping[str, Any], rows: Any) -> HttpResponse:
    under = rows.filter(remote_id=sent["under"]).first() if "under" in sent else None
    words = sent["words"]
    entry = post_with_faults(
        me,
        WORDS,
        repeats=lambda: is_repeated(me, words, under=under),
        write=lambda listed_from: write_entry(me, words, under=under, listed_from=listed_from),
    )
    return JsonResponse(toy(entry))


def toy(entry: Entry) -> dict[str, str]:
    return {
        "id": entry.remote_id,
        "words": entry.text,
        "at": entry.created_at.isoformat(),
        "by": entry.author.remote_id,
        "by_name": entry.author.name,
        "link": f"https://toynet.example/toys/{entry.remote_id}",
    }


class ToynetDialect(Dialect):
    network = MANIFEST.network
    view = staticmethod(toynet)

    def credentials(self, account: Account, token: str) -> dict[str, Any]:
        return {"toy_id": account.remote_id, "access_token": token}

    def addressed(self, entry: Entry) -> list[Account]:
        own = Account.objects.filter(network=self.network, is_audience=False).exclude(pk=entry.author_id)
        return [one for one in own if f"@{one.handle}" in entry.text]

    def push_events(self, entry: Entry, verb: str) -> Iterator[dict[str, Any]]:
        for account in entry.addressed.all() if verb == "add" else ():
            yield {"to": account.remote_id, "toy": toy(entry)}

    def signature(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"Toy-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}

    def metrics(self, entry: Entry, *, at: datetime) -> Metrics:
        return Metrics(entry.remote_id, at, {"likes": numbers_of_entries([entry], at=at)[entry.pk].likes})
