"""`python -m tests.upgrade.landed`: writes down the migrations that are on `main` by now. They never change any more."""

import hashlib
import subprocess
from pathlib import Path

from tests.source import ROOT

MANIFEST = Path(__file__).with_name("landed.txt")


def files() -> dict[str, str]:
    """The SHA-256 of each migration of ours that is here."""
    paths = sorted(path for path in ROOT.glob("*/**/migrations/[0-9]*.py") if ".venv" not in path.parts)
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def landed() -> dict[str, str]:
    """What the manifest holds."""
    lines = (line.split() for line in MANIFEST.read_text().splitlines()) if MANIFEST.exists() else ()
    return {path: sha256 for sha256, path in lines}


def on_main() -> set[str]:
    """Those that `main` has; nothing where there is no such branch, as in an archive."""
    git = ["git", "ls-tree", "-r", "--name-only", "main"]
    done = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    return set(done.stdout.splitlines()) & set(files())


def changed() -> list[str]:
    here = files()
    return sorted(path for path, sha256 in landed().items() if here.get(path) != sha256)


def main() -> None:
    if wrong := changed():
        raise SystemExit(
            f"{', '.join(wrong)}: landed once, and must not change. Put it back, and write a new migration."
        )
    here = files()
    kept = landed() | {path: here[path] for path in sorted(on_main())}
    MANIFEST.write_text("".join(f"{sha256}  {path}\n" for path, sha256 in sorted(kept.items())))
    print(f"{len(kept)} migrations have landed.")


if __name__ == "__main__":
    main()
