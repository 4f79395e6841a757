"""What the values of single settings mean."""

import json
import logging
import sys
from pathlib import Path

import pytest

from foundation.env import parse_folder
from foundation.internet.mail_url import parse_email_url
from foundation.logs import JSONFormatter


def test_smtp_with_starttls() -> None:
    found = parse_email_url("smtp://me%40here:p%2Fw@mail.example:587?tls=true")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@here", "p/w")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtps://mail.example/", 465, False, True),
        ("smtp://mail.example:2525?tls=false", 2525, False, False),
    ],
)
def test_ports_and_encryption(url: str, port: int, tls: bool, ssl: bool) -> None:
    found = parse_email_url(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)


def test_console() -> None:
    assert parse_email_url("console://")["EMAIL_BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "smtp://",
        "http://mail.example",
        "smtp://mail.example:port",
        "smtp://mail.example?tls=perhaps",
        "smtp://mail.example?ssl=true",
        "smtps://mail.example?tls=true",
        "smtp://mail.example/folder",
        "console://somewhere",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_email_url(url)


def test_a_folder(tmp_path: Path) -> None:
    assert parse_folder((tmp_path / "a b").as_uri()) == tmp_path / "a b"


@pytest.mark.parametrize("url", ["/srv/media", "file://host/srv", "s3://bucket", "file:srv", __file__])
def test_no_folder(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_folder(url)


def test_a_log_line_is_one_object() -> None:
    try:
        raise KeyError("key")
    except KeyError:
        record = logging.LogRecord("socialops", logging.ERROR, "", 0, "two\nlines: %s", ("ü",), sys.exc_info())
    line = JSONFormatter().format(record)
    assert "\n" not in line
    read = json.loads(line)
    assert (read["level"], read["logger"], read["message"]) == ("ERROR", "socialops", "two\nlines: ü")
    assert "KeyError" in read["exception"]
