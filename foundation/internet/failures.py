"""How a call that failed is told to people: what became of the connection; no address, no header, no class in it."""

import ssl
from collections.abc import Callable

import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError, ReadTimeoutError

UNUSABLE_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
NOT_WRITTEN = "the request could not be written"
NOT_READ = "the answer could not be read"
CUT_IN_ANSWER = "the connection was cut while the answer was being read"
NO_CONNECTION: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (NameResolutionError, "its name is not known"),
    (ConnectionRefusedError, "refused"),
    (ssl.SSLError, "it could not be encrypted"),
    (TimeoutError, "it could not be encrypted in time"),
    (OSError, "there is no way to it"),
)


def describe_failure(error: Exception) -> str:
    """Of what `requests` raised; of anything else only that the answer was of no use."""
    inner = cause_of(error)
    if isinstance(inner, NewConnectionError):
        return f"no connection: {describe_no_connection(inner)}"
    for kind, words in FAILURE_WORDS:
        if isinstance(error, kind):
            return words(error) if callable(words) else words
    if isinstance(inner, ReadTimeoutError):  # between two parts of the answer
        return CUT_IN_ANSWER
    return "the connection was cut before an answer came" if is_connection_error(error) else NOT_READ


def cause_of(error: Exception) -> object:
    """What lies beneath it, of urllib3."""
    cause = error.args[0] if error.args else None
    return cause.reason if isinstance(cause, MaxRetryError) else cause


def describe_no_connection(error: NewConnectionError) -> str:
    for one in (error, error.__cause__):
        for kind, words in NO_CONNECTION:
            if isinstance(one, kind):
                return words
    return "it is not allowed, or there is no way to it"


def is_connection_error(error: Exception) -> bool:
    return isinstance(error, requests.ConnectionError)


def describe_wait(error: Exception) -> str:
    """How long was waited, where the session has noted it."""
    waited = getattr(error, "waited", None)
    return f"within {waited:g} s" if waited else "in time"


FAILURE_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str | Callable[[Exception], str]], ...] = (
    (requests.ConnectTimeout, lambda error: f"no connection {describe_wait(error)}"),
    (requests.ReadTimeout, lambda error: f"no answer {describe_wait(error)}"),
    (requests.exceptions.ChunkedEncodingError, CUT_IN_ANSWER),
    (requests.JSONDecodeError, NOT_READ),  # an InvalidJSONError too, but of the answer
    (UNUSABLE_ADDRESS, "the address cannot be used"),
    ((requests.exceptions.InvalidHeader, requests.exceptions.InvalidJSONError, UnicodeEncodeError), NOT_WRITTEN),
)
