"""Static files under names that carry their content's hash, so that browsers may keep them for ever; media, whole."""

import contextlib
import os
from typing import Any

from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from foundation.files.disk_space import catch_full_disk


class Media(FileSystemStorage):
    """Keeps a file whole or not at all. Raises NoRoom."""

    def _save(self, name: str, content: Any) -> str:
        try:
            with catch_full_disk():
                return str(super()._save(name, content))  # type: ignore[misc]  # nothing that its types tell
        except FileExistsError:
            raise  # it is another's
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(self.path(name))
            raise


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Falls back to the plain name where collectstatic has not run (a fresh checkout, the tests)."""

    manifest_strict = False
    support_js_module_import_aggregation = True
    # Only our own modules: the word "import" in an installed package's comments would stop collectstatic.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
