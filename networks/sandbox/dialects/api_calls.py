"""What the practice networks have in common: who calls, what can be stored, and refusing in the dialect's own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError

from foundation.texts.ids import parse_number
from networks.sandbox import faults
from networks.sandbox.accounts import account_of_token
from networks.sandbox.models import Account
from organizations.tenancy import scope

CallView = Callable[[HttpRequest, Account, str], HttpResponse]


class Refusal(Exception):
    """Ends a call with the network's own error."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def answer(self) -> HttpResponse:
        return JsonResponse(self.body, status=self.status, headers=self.headers, safe=False)


class BrokenAnswer(Refusal):
    """An answer that ends after its head: the server drops the connection (socialops.asgi)."""

    def __init__(self) -> None:
        super().__init__(200, None)

    def answer(self) -> HttpResponse:
        return HttpResponse(headers={"X-Practice": "broken", "Content-Length": "512"}, content_type="application/json")


class UnreadableAnswer(Refusal):
    """A success in words that nobody expects."""

    def __init__(self) -> None:
        super().__init__(200, None)

    def answer(self) -> HttpResponse:
        return HttpResponse("<html><title>Welcome</title></html>", content_type="text/html")


@dataclass(frozen=True, slots=True)
class UsualRefusals:
    """A network's own way to say the usual things."""

    nobody: Refusal
    signed_out: Refusal
    too_big: Refusal
    malformed: Refusal
    down: Refusal
    duplicate: Refusal
    limited: Callable[[datetime | None], Refusal]  # until then, or without saying until when


def answer_call(request: HttpRequest, network: str, path: str, answer: CallView, words: UsualRefusals) -> HttpResponse:
    """Answers for whoever the token belongs to, in their organization's scope."""
    if not settings.SANDBOX:
        raise Http404
    account = account_of_token(network, bearer_token_of(request))
    if account is None:
        return words.nobody.answer()
    with scope(account.organization_id):
        try:
            raise_for_faults(account, words)
            return answer(request, account, path)
        except Refusal as refusal:
            return refusal.answer()
        except RequestDataTooBig:
            return words.too_big.answer()
        except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent):
            return words.malformed.answer()


def raise_for_faults(account: Account, words: UsualRefusals) -> None:
    match faults.fault_of_every_call(account):
        case faults.DOWN:
            raise words.down
        case faults.SIGNED_OUT:
            raise words.signed_out


def bearer_token_of(request: HttpRequest) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def is_storable(text: str) -> bool:
    """Whether a database can hold it: no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def int_within(value: str | None, *, least: int, most: int) -> int | None:
    """The number in `value` when it is one within the bounds."""
    number = parse_number(value, digits=19)
    return number if number is not None and least <= number <= most else None
