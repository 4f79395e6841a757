"""Disks without room: a small one of its own, or a bound on how long a file may become where nobody may mount."""

import contextlib
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SMALL = 262_144  # bytes
BOUND = 32_768
FullDisk = Callable[[], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """`folder` as a disk of its own. Skips the test, and says so, where nobody may mount."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"No disk can be mounted here ({done.stderr.strip()}); the bound on files is tried in its place.")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(b"\1" * 4096):
            pass


@contextlib.contextmanager
def bound_on_files(bound: int = BOUND) -> Iterator[None]:
    """No file of this process grows beyond it: what a write says then differs from a full disk by its number alone."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bound, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=["a small disk", "a bound on files"])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, FullDisk]]:
    """(folder, full_disk): within `with full_disk():` nothing more fits into the folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "a bound on files":
        yield folder, bound_on_files
        return
    with small_disk(folder):
        fill(folder)
        yield folder, contextlib.nullcontext
