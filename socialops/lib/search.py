"""Where migrations that have run look for `foundation.search`."""

from foundation.search import *  # noqa: F403 - whatever they name
