"""Where the networks push to. Verified over the raw bytes, kept, answered at once; reading comes later."""

import hashlib
import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from networks.contract import Pushes
from networks.incoming.intake import store_receipt
from networks.incoming.push_size import MAX_PUSH_BYTES
from networks.registry import UnknownNetwork, adapter_class, manifest_of
from networks.tasks import digest
from organizations.rest.errors import plain_problem_response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive_push(request: HttpRequest, network: str) -> HttpResponse:
    """GET answers the network's handshake; POST takes a push."""
    adapter = find_push_adapter(network)
    if request.method == "GET":
        return answer_handshake(adapter, network, request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.read(MAX_PUSH_BYTES + 1)  # `request.body` has the bound of forms
    if len(body) > MAX_PUSH_BYTES:
        return plain_problem_response(413, "This push is larger than the 10 MB that are taken. Nothing was stored.")
    sandbox = False
    if not adapter.verify_push(body, headers, secret=app_secret(network)):
        sandbox = settings.SANDBOX and adapter.verify_push(body, headers, secret=sandbox_secret(network))
        if not sandbox:
            return HttpResponse("The signature does not fit.", status=403, content_type="text/plain")
    receipt = store_receipt(network, body, sandbox=sandbox)
    if receipt:
        request_digest(receipt.pk)
    return HttpResponse(status=200)


def find_push_adapter(network: str) -> type[Pushes]:
    try:
        adapter = adapter_class(network)
    except UnknownNetwork:
        raise Http404 from None
    if not issubclass(adapter, Pushes):
        raise Http404
    return adapter


def answer_handshake(adapter: type[Pushes], network: str, request: HttpRequest) -> HttpResponse:
    answer = adapter.challenge(
        request.GET.dict(),
        secret=app_secret(network),
        verify_token=settings.NETWORK_APPS[network].get("verify_token", ""),
    )
    if answer is None:
        return HttpResponse("The verify token does not fit.", status=403, content_type="text/plain")
    return HttpResponse(answer, content_type="application/json" if answer.startswith("{") else "text/plain")


def app_secret(network: str) -> str:
    return str(settings.NETWORK_APPS[network].get(manifest_of(network).push_secret, ""))


def sandbox_secret(network: str) -> str:
    """The practice networks sign with a secret of their own, so that they can never speak for a real profile."""
    return hmac.new(settings.SECRET_KEY.encode(), f"sandbox:{network}".encode(), hashlib.sha256).hexdigest()


def request_digest(receipt_id: int) -> None:
    try:
        digest.apply_async((receipt_id,), retry=False, queue="inbound")
    except OperationalError:
        return  # the receipt is kept; the next sweep takes it up
