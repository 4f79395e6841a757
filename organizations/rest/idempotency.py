"""`Idempotency-Key`: the same key and body get the first answer again; the same key and another body get 422.

The key's row, what the call changed and its answer are committed together, so that a crash leaves all or nothing, and
a second call with the same key waits on the row's unique index until the first is through. Kept are successes and
what is wrong with the call itself; a refusal that depends on what stands at that moment is asked for again.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from organizations.models import ApiToken, IdempotentAnswer
from organizations.rest.errors import problem_details
from organizations.tenancy import require_organization_id

LONGEST_KEY = 200
IDEMPOTENCY_HEADER = "Idempotency-Key"
KEPT_REFUSALS = {400, 422}


class UnkeptAnswer(Exception):
    """Undoes the key's row when the answer is not to be kept, so that the call may be tried again."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response


JsonAnswer = tuple[int, Any]


def answer_once(
    request: HttpRequest, token: ApiToken, call: Callable[[], HttpResponseBase]
) -> HttpResponseBase | JsonAnswer:
    """`call()`'s own Response the first time; (status, body) to be given for a repeat or a misused key."""
    key = request.headers[IDEMPOTENCY_HEADER]
    try:
        print_ = request_fingerprint(request)
    except MultiPartParserError as error:
        return 400, problem_details(400, str(error), {"body": [str(error)]})
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        message = f"{IDEMPOTENCY_HEADER} takes 1 to {LONGEST_KEY} printable characters."
        return 400, problem_details(400, message, {IDEMPOTENCY_HEADER: [message]})
    try:
        with transaction.atomic():
            row = reserve_key(token, key, print_)
            if row.fingerprint != print_:
                return 422, problem_details(422, f"This {IDEMPOTENCY_HEADER} was used with another request.")
            if row.status is not None:
                return row.status, row.body
            return store_answer(row, call())
    except UnkeptAnswer as passing:
        return passing.response


def request_fingerprint(request: HttpRequest) -> str:
    """Of the body as it came; of a form what is in it, for the marks between its fields are new each time."""
    seen = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        seen.update(request.body)
        return seen.hexdigest()
    seen.update(json.dumps(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            seen.update(json.dumps([name, file.size]).encode())
            for piece in file.chunks():
                seen.update(piece)
            file.seek(0)
    return seen.hexdigest()


def reserve_key(token: ApiToken, key: str, print_: str) -> IdempotentAnswer:
    IdempotentAnswer.objects.bulk_create(
        [IdempotentAnswer(organization_id=require_organization_id(), token=token, key=key, fingerprint=print_)],
        ignore_conflicts=True,
    )
    return IdempotentAnswer.objects.get(token=token, key=key)


def store_answer(row: IdempotentAnswer, response: HttpResponseBase) -> Response:
    if response.status_code >= 300 and response.status_code not in KEPT_REFUSALS:
        raise UnkeptAnswer(response)
    assert isinstance(response, Response)  # what REST makes it answers in JSON
    row.status = response.status_code
    row.body = json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
    row.save(update_fields=["status", "body"])
    return response
