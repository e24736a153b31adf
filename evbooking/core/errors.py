"""Domain errors by their API codes, and the problem document (RFC 9457) they become at the door."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One violated field: `field` is the dotted path in the request ("connectors.0"), `code` as in api.md."""

    field: str
    code: str
    detail: str


class DomainError(Exception):
    """A refusal with a name. Subclasses state `code`, `status` (HTTP) and `title`; instances what happened.

    `field` makes it a field error; `extra` is merged into the problem document (slot_taken's alternatives).
    """

    code: str = "conflict"
    status: int = 409
    title: str = "That cannot be done now."

    def __init__(self, detail: str = "", *, field: str = "", extra: dict[str, Any] | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field
        self.extra = extra or {}

    @property
    def field_errors(self) -> list[FieldError]:
        """The violated fields in request order; empty where the error is about no field."""
        return [FieldError(self.field, self.code, self.detail)] if self.field else []

    def as_problem(self) -> dict[str, Any]:
        return problem(
            self.status, self.code, self.detail, title=self.title, errors=self.field_errors, extra=self.extra
        )


class Invalid(DomainError):
    """422: fields that cannot be accepted. One error lends its code; several make the code `invalid`."""

    code = "invalid"
    status = 422
    title = "Something in the request cannot be accepted."

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = list(errors)
        if len(self.errors) == 1:
            self.code = self.errors[0].code
        super().__init__(" ".join(error.detail for error in self.errors))

    @classmethod
    def one(cls, field: str, code: str, detail: str) -> "Invalid":
        return cls([FieldError(field, code, detail)])

    @property
    def field_errors(self) -> list[FieldError]:
        return self.errors


class NotFound(DomainError):
    """404: there is no such thing, or it is someone else's."""

    code = "not_found"
    status = 404
    title = "There is nothing here."


class NotAuthenticated(DomainError):
    code = "not_authenticated"
    status = 401
    title = "Sign in first."


class Forbidden(DomainError):
    """403: signed in, but this account may never do that."""

    code = "forbidden"
    status = 403
    title = "Your account may not do that."


class WrongState(DomainError):
    """409: the object's state does not allow the action."""

    code = "wrong_state"
    title = "That is not possible in its present state."


class MalformedBody(DomainError):
    code = "malformed_body"
    status = 400
    title = "The body is not a JSON object in UTF-8."


class BodyTooLarge(DomainError):
    code = "body_too_large"
    status = 413
    title = "The body is larger than 1 MB."


class RateLimited(DomainError):
    """429: `retry_after` is in whole seconds, at least 1."""

    code = "rate_limited"
    status = 429
    title = "Too many requests."

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} s.")
        self.retry_after = retry_after


class ServerError(DomainError):
    code = "server_error"
    status = 500
    title = "Something went wrong on our side."


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    title: str = "",
    errors: Iterable[FieldError] = (),
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A problem document: type, title, status, code, detail, errors, then `extra`'s own members."""
    return {
        "type": f"urn:evbooking:problem:{code}",
        "title": title or detail,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [asdict(error) for error in errors],
        **(extra or {}),
    }
