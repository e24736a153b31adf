"""Twilio's Messages resource, as far as we use it (Twilio's OpenAPI description, api_v2010, Message; see schemas/)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import uuid4

from notifications.sandbox.segments import count
from notifications.sandbox.store import Json, Store

API_VERSION = "2010-04-01"
_E164 = re.compile(r"\+[1-9]\d{6,14}")
KNOWN = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback"}
# Magic numbers, after those of Twilio's own test credentials: what each answers
MAGIC = {
    "+15005550001": (21211, "The 'To' number +15005550001 is not a valid phone number."),
    "+15005550002": (21612, "The message cannot be routed to this number."),
    "+15005550003": (21408, "Permission to send to this region has not been enabled."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient."),
    "+15005550009": (21614, "The 'To' number is not a mobile number."),
}


class ApiError(Exception):
    """An answer of Twilio's error form."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def as_json(self) -> Json:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Texts:
    """The messages of one account."""

    store: Store
    account: str

    def create(self, form: dict[str, str]) -> Json:
        """Take a message, or refuse it as Twilio would. Raises ApiError."""
        to = form.get("To", "")
        self._refuse(form, to)
        sid = f"SM{uuid4().hex}"
        now = format_datetime(datetime.now(UTC))
        uri = f"/{API_VERSION}/Accounts/{self.account}/Messages/{sid}.json"
        message: Json = {
            "account_sid": self.account,
            "api_version": API_VERSION,
            "body": form["Body"],
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": "0",  # counted once a sender of the service is chosen
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "accepted",
            "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
            "to": to,
            "uri": uri,
        }
        self.store.save("text", sid, message)
        if form.get("StatusCallback"):
            self.store.save("callback", sid, {"sid": sid, "url": form["StatusCallback"], "sent": []})
        return message

    def move(self, sid: str, status: str, error_code: int | None = None) -> Json:
        """Give a message another status, and the error of one that failed. Raises ApiError."""
        message = self.fetch(sid)
        now = format_datetime(datetime.now(UTC))
        message |= {"status": status, "date_updated": now, "error_code": error_code}
        if status in {"sent", "delivered"}:
            message["date_sent"] = message["date_sent"] or now
            message["num_segments"] = str(count(message["body"]))
        self.store.save("text", sid, message)
        return message

    def fetch(self, sid: str) -> Json:
        message = self.store.get("text", sid)
        if message is None:
            raise ApiError(404, 20404, f"The requested resource /Messages/{sid}.json was not found")
        return message

    def listed(self, to: str, page_size: int) -> Json:
        """The newest messages, of one recipient where `to` names one."""
        found = [each for each in self.store.newest("text") if not to or each["to"] == to][:page_size]
        uri = f"/{API_VERSION}/Accounts/{self.account}/Messages.json?PageSize={page_size}&Page=0"
        return {
            "messages": found,
            "end": max(0, len(found) - 1),
            "first_page_uri": uri,
            "next_page_uri": None,
            "page": 0,
            "page_size": page_size,
            "previous_page_uri": None,
            "start": 0,
            "uri": uri,
        }

    def _refuse(self, form: dict[str, str], to: str) -> None:
        unknown = sorted(set(form) - KNOWN)
        if unknown:
            raise ApiError(400, 20001, f"The sandbox does not know {', '.join(unknown)}.")
        if not form.get("Body"):
            raise ApiError(400, 21602, "Message body is required.")
        if len(form["Body"]) > 1600:
            raise ApiError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if not (form.get("From") or form.get("MessagingServiceSid")):
            raise ApiError(400, 21603, "A 'From' phone number or a Messaging Service is required.")
        if not to:
            raise ApiError(400, 21604, "A 'To' phone number is required.")
        if to in MAGIC:
            raise ApiError(400, *MAGIC[to])
        if not _E164.fullmatch(to):
            raise ApiError(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if self.store.get("stopped", to):
            raise ApiError(400, 21610, "Attempt to send to unsubscribed recipient.")
