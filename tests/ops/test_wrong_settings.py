"""A wrong setting stops every program with one line that names it, before anything else happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import starter
from tests.stack import BASE_DIR

pytestmark = pytest.mark.timeout(120)
BIN = Path(sys.executable).parent
PROGRAMS = {
    "manage.py": [sys.executable, "manage.py", "check"],
    "celery worker": [str(BIN / "celery"), "-A", "socialops", "worker"],
    "celery beat": [str(BIN / "celery"), "-A", "socialops", "beat"],
    "web": [sys.executable, "-m", "socialops.web"],
    "uvicorn": [str(BIN / "uvicorn"), "socialops.asgi:application"],
}
WRONG = {
    "SECRET_KEY": "",
    "REDIS_URL": "http://127.0.0.1",
    "PORT": "eighty",
    "CREDENTIAL_KEYS": "not-a-key",
    "DATABASE_URL": "mysql://127.0.0.1/socialops",
    "PUBLIC_URL": "https://example.com/path",
    "ALLOWED_HOSTS": "https://example.com",
    "X_API_URL": "https://api x.com",
    "GRAPH_API_VERSION": "25",
    "EMAIL_URL": "mail.example",
    "MEDIA_STORAGE_URL": "s3://bucket",
    "LOG_FORMAT": "xml",
    "SENTRY_DSN": "https://key@sentry.example/1",  # the package is not among the locked ones
}


def given(**env: str) -> dict[str, str]:
    return {**os.environ, "DEBUG": "False", **env}


@pytest.mark.parametrize("variable", WRONG)
def test_it_is_named(variable: str) -> None:
    env = given(**{variable: WRONG[variable]})
    ended = starter.run_process(PROGRAMS["manage.py"], cwd=BASE_DIR, env=env, timeout=30)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{variable}: expected")
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_says_so(program: str) -> None:
    env = given(PORT="eighty")
    ended = subprocess.run(PROGRAMS[program], cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=30)
    assert ended.returncode not in (0, None)
    assert "PORT: expected a whole number" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout
