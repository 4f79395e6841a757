"""Where migrations that have run look for `foundation.internet.domain_names`."""

from foundation.internet.domain_names import normalize_domain

normalised = normalize_domain
