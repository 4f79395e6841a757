"""Where migrations that have run look for `foundation.database.repair`."""

from foundation.database.repair import *  # noqa: F403 - whatever they name
