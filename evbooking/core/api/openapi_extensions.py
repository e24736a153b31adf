"""drf-spectacular's extensions; imported once, by CoreConfig."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The two headers a session token may come in, and our own pages' cookie."""

    target_class = "evbooking.core.api.authentication.SessionTokenAuthentication"
    name = ["sessionToken", "bearerToken", "cookie"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Any one of them."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        said = "`meta.session_token` of /_allauth/app/v1/auth/login or /signup"
        return [
            {"type": "apiKey", "in": "header", "name": "X-Session-Token", "description": said},
            {"type": "http", "scheme": "bearer", "description": said},
            {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "with X-CSRFToken on writes",
            },
        ]
