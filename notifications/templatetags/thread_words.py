"""What people wrote, on pages: text that is only text, with addresses of the web as links."""

import re
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_ADDRESS: Final = re.compile(r"(https?://[^\s<>\"'`]+)", re.IGNORECASE)
_ENDING: Final = ".,;:!?)]}"


@register.filter
def linked(text: str) -> SafeString:
    """http(s) addresses as links that lend no rank and no window; everything else as the text it is."""
    return format_html_join("", "{}", ((_shown(part),) for part in _ADDRESS.split(text)))


def _shown(part: str) -> str:
    if not _ADDRESS.match(part):
        return part
    address = part.rstrip(_ENDING)
    rest = part[len(address) :]
    return format_html('<a href="{0}" rel="nofollow ugc noopener noreferrer">{0}</a>{1}', address, rest)
