"""Where migrations that have run look for `foundation.crypto`."""

from foundation.crypto import *  # noqa: F403 - whatever they name
