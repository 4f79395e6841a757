"""Where migrations that have run look for `foundation.domains`."""

from foundation.domains import *  # noqa: F403 - whatever they name
