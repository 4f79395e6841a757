"""Templates are laid out for whoever reads them; what is sent need not carry their indents."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENT = re.compile(r"\n[ \t]+")


class UnindentedLoader(filesystem.Loader):
    """Reads pages without the blanks before their lines: a blank and a line's end are the same to a browser, and no
    template of ours indents what stands in a `<textarea>` or `<pre>` (a guard). Mails are read as they are."""

    def get_contents(self, origin: Origin) -> str:
        found = super().get_contents(origin)
        return INDENT.sub("\n", found) if origin.name.endswith(".html") else found
