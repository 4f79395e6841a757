"""Starts the product's processes from one that has imported the libraries already: three times as quickly.

The starter imports what needs no settings, once, and then forks for each process that is asked for; what becomes of the
copy gets the arguments, the environment and the files of its own, imports the product by itself and is in nothing else
different from a start by the operating system. What is about the start itself uses `subprocess` instead
(tests/ops/test_serve.py, test_wrong_settings.py).

    started = start_process(["python", "-m", "socialops.web"], cwd=BASE_DIR, env=env, stdout=log)     # as subprocess.Popen
    started.pid; started.poll(); started.wait(10); started.terminate()
    run_process([sys.executable, "manage.py", "migrate"], cwd=BASE_DIR, env=env, input="", timeout=60).stdout      # as subprocess.run
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

from django.conf import settings

BASE_DIR = Path(__file__).resolve().parent.parent
LIBRARIES = """
    a2wsgi celery.app.amqp celery.app.control celery.app.events celery.app.log celery.apps.beat celery.apps.worker
    celery.bin.celery celery.concurrency.prefork celery.fixups.django celery.worker.components celery.worker.consumer
    cryptography.fernet csp.constants dj_database_url django.contrib.postgres.search django.contrib.staticfiles.finders
    django.core.handlers.wsgi django.core.management django.template.loader_tags django.views.generic dns.resolver
    facebook fido2.server inflection jsonschema kombu.transport.redis lucide
    pi_heif PIL.GifImagePlugin PIL.JpegImagePlugin PIL.PngImagePlugin PIL.WebPImagePlugin psycopg2.extras pymediainfo
    redis.asyncio tweepy uritemplate uvicorn.lifespan.on uvicorn.protocols.http.httptools_impl uvloop wcwidth
    whitenoise.middleware yaml
"""
STREAMS = 3  # what goes along with each order: standard input, output and error


class Started:
    """A process of the starter's, asked and told like a `subprocess.Popen`."""

    def __init__(self, args: Sequence[str], told: socket.socket) -> None:
        self.args = args
        self.told = told.makefile("r")  # two lines: its number, and how it ended
        self.pid = int(self.told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self.told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self.told.readline())
            self.told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start_process(
    args: Sequence[str],
    *,
    cwd: Path,
    env: dict[str, str],
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes],
    stderr: IO[bytes] | None = None,
) -> Started:
    """In a session of its own. Without `stdin` there is nothing to read; without `stderr` that goes to `stdout`."""
    with open(os.devnull, "rb") as nothing, socket.socket(socket.AF_UNIX) as told:
        told.connect(starter_address())
        files = [(stdin or nothing).fileno(), stdout.fileno(), (stderr or stdout).fileno()]
        order = json.dumps({"args": list(args), "cwd": str(cwd), "env": env}).encode()
        told.sendmsg([len(order).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))])
        told.sendall(order)
        return Started(args, told)


def run_process(
    args: Sequence[str], *, cwd: Path, env: dict[str, str], input: str = "", timeout: float
) -> subprocess.CompletedProcess[str]:
    """To its end; what it printed is in the result. Raises subprocess.TimeoutExpired, having killed it."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(input.encode())
        given.seek(0)
        started = start_process(args, cwd=cwd, env=env, stdin=given, stdout=out, stderr=err)
        try:
            status = started.wait(timeout)
        finally:
            started.kill()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(args, status, out.read().decode(), err.read().decode())


@cache
def starter_address() -> str:
    """Where the starter of this run listens. It ends with us: it holds the other end of our pipe."""
    path = f"{tempfile.mkdtemp(prefix='starter')}/socket"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.starter", path],
        cwd=BASE_DIR,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},  # as the processes of the stack have it
        stdin=subprocess.PIPE,
    )
    atexit.register(shutil.rmtree, os.path.dirname(path))
    while not os.path.exists(path):
        assert process.poll() is None, "the starter has ended"
        time.sleep(0.02)
    return path


def main(path: str) -> None:
    """The starter itself."""
    for name in LIBRARIES.split():
        importlib.import_module(name)
    assert not settings.configured, "a library reads the settings, which are those of each process"
    gc.freeze()  # or the first collection of each copy would copy every page
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{path}.half")
        listening.listen(64)
        os.rename(f"{path}.half", path)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # of those who look after one process nobody asks the status
        while sys.stdin not in select.select([sys.stdin, listening], [], [])[0]:
            asking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                look_after(asking)
            asking.close()


def look_after(asking: socket.socket) -> NoReturn:
    """Forks what was asked for, which tells its number itself, and tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()  # no signal to the tests' group is meant for us
    head, files, _flags, _from = socket.recv_fds(asking, 4, STREAMS)
    with asking.makefile("rb") as reading:
        order = json.loads(reading.read(int.from_bytes(head, "big")))
    pid = os.fork()
    if pid == 0:
        os.setsid()
        asking.sendall(f"{os.getpid()}\n".encode())  # not before the group of this number is there to be killed
        asking.close()
        become_process(order, files)
    for file in files:
        os.close(file)
    with contextlib.suppress(OSError):  # nobody asks any more
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        asking.sendall(f"{status}\n".encode())
    os._exit(0)


def become_process(order: dict[str, Any], files: list[int]) -> NoReturn:
    """From here on we are the process that was asked for."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(STREAMS, 256)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    program, *arguments = order["args"]
    is_python = os.path.basename(program).startswith("python")
    if is_python and arguments[0] == "-m":
        sys.argv = ["-m", *arguments[2:]]
        sys.path[0] = order["cwd"]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        script = arguments.pop(0) if is_python else shutil.which(program)
        assert script, f"{program} is not there"
        sys.argv = [script, *arguments]
        sys.path[0] = str(Path(script).resolve().parent)
        runpy.run_path(script, run_name="__main__")
    sys.exit()


if __name__ == "__main__":
    main(sys.argv[1])
