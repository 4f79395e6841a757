"""Where migrations that have run look for `foundation.repair`."""

from foundation.repair import *  # noqa: F403 - whatever they name
