"""Encrypts every stored secret with the newest of CREDENTIAL_KEYS, so that the older ones can be taken out."""

from typing import Any

from socialops.key_rotation import rotate_all_secrets
from socialops.management.command import JSONCommand


class Command(JSONCommand):
    help = __doc__ or ""

    def work(self, **options: Any) -> dict[str, Any]:
        return rotate_all_secrets()
