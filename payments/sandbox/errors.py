"""Refusals in Stripe's shape: `{"error": {type, code, decline_code, message, param}}` (docs.stripe.com/api/errors)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An answer that is an error. `committed` says that what the request wrote stays written."""

    committed = False

    def __init__(self, status: int, kind: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"type": kind, "message": message}
        self.body.update({name: value for name, value in details.items() if value is not None})

    def as_json(self) -> Json:
        return {"error": self.body}


class CardError(ApiError):
    """402: the issuer said no. The failed attempt (charge, last error, event) is kept."""

    committed = True

    def __init__(
        self, message: str, *, code: str, decline_code: str | None = None, **details: object
    ) -> None:
        super().__init__(402, "card_error", message, code=code, decline_code=decline_code, **details)


def invalid(
    message: str, *, param: str | None = None, code: str | None = None, **details: object
) -> ApiError:
    return ApiError(400, "invalid_request_error", message, param=param, code=code, **details)


def missing(kind: str, identifier: str, param: str = "id") -> ApiError:
    message = f"No such {kind}: '{identifier}'"
    return ApiError(404, "invalid_request_error", message, param=param, code="resource_missing")


def no_access(account: str) -> ApiError:
    message = (
        f"The provided key does not have access to account '{account}' (or that account does not exist). "
        "Application access may have been revoked."
    )
    return ApiError(403, "invalid_request_error", message, code="account_invalid")


def unexpected_state(kind: str, status: str, act: str, **details: Any) -> ApiError:
    """The object is in a state that does not allow the act; Stripe gives the object along."""
    return invalid(
        f"This {kind.replace('_', ' ')} could not be {act} because it has a status of {status}.",
        code=f"{kind}_unexpected_state",
        **details,
    )
