"""Templates are laid out for whoever reads them; what is sent need not carry their indents."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENT = re.compile(r"\n[ \t]{2,}")


class UnindentedLoader(filesystem.Loader):
    """Reads pages with one blank before a line at the most: more are the same to a browser, and no template of ours
    indents what stands in a `<textarea>` (a guard). Mails are read as they are."""

    def get_contents(self, origin: Origin) -> str:
        found = super().get_contents(origin)
        return INDENT.sub("\n ", found) if origin.name.endswith(".html") else found
