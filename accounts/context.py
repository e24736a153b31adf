"""What the head of every page needs to know about the person."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.selectors import roles_of


def nav_roles(request: HttpRequest) -> dict[str, Any]:
    """`nav_roles`: the person's roles, asked for once and only by a page that shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav_roles": []}
    return {"nav_roles": SimpleLazyObject(lambda: roles_of(user))}
