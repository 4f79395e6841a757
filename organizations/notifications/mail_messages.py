"""An e-mail as text and as HTML, of the templates `email/NAME.txt` and `email/NAME.html`."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def build_message(
    name: str, context: Mapping[str, Any], *, subject: str, to: str, **options: Any
) -> EmailMultiAlternatives:
    """The subject is one line, whatever names stand in it."""
    body = render_to_string(f"email/{name}.txt", dict(context))
    message = EmailMultiAlternatives(subject=" ".join(subject.split()), body=body, to=[to], **options)
    message.attach_alternative(render_to_string(f"email/{name}.html", dict(context)), "text/html")
    return message
