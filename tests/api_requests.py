"""For each operation of the API one request that succeeds in the seeded world, and who makes it."""

import io
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PIL import Image

from tests.factories import ENERGY_TARIFF, PASSWORD
from tests.world import World


@dataclass(frozen=True)
class Request:
    """`path`, `query` and `body` may hold placeholders of World.ids, like `{station}`."""

    who: str
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None

    def filled(self, part: str, world: World) -> Any:
        """`path`, `query` or `body` with the world's ids in it."""
        given = getattr(self, part)
        return None if given is None else {name: _fill(value, world) for name, value in given.items()}


def _fill(value: Any, world: World) -> Any:
    if isinstance(value, dict):
        return {name: _fill(part, world) for name, part in value.items()}
    return value.format(**world.ids) if isinstance(value, str) else value


def png() -> bytes:
    """A picture of 40 by 30 pixels."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PNG")
    return written.getvalue()


driver, owner, admin = (partial(Request, who) for who in ("driver", "owner", "administrator"))

SLOT = {"start": "2026-12-02T12:00:00Z", "end": "2026-12-02T13:00:00Z"}
HAMBURG = {"lat": "53.55", "lon": "9.99"}
VEHICLE = {
    "make": "Renault",
    "model": "5",
    "battery_kwh": "52",
    "max_ac_kw": "11",
    "max_dc_kw": "100",
    "connectors": ["IEC_62196_T2"],
}
CONNECTOR = {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE", "max_power_kw": "11"}
NEW_STATION = {
    "name": "Quay",
    "city": "Hamburg",
    "country": "DEU",
    "latitude": 53.5,
    "longitude": 10.0,
    "time_zone": "Europe/Berlin",
}
WISH = {
    "latitude": 53.55,
    "longitude": 9.99,
    "connector": "IEC_62196_T2",
    "energy_kwh": "10",
    "earliest": "2026-12-01T09:00:00Z",
    "latest": "2026-12-01T18:00:00Z",
}
REASON = {"reason": "Because."}
BOOKING = "/bookings/{reference}"
OWN_STATION = "/operator/stations/{station_id}"
OWN_EVSE = f"{OWN_STATION}/evses/{{uid}}"
MEMBER = "/operator/operators/{operator_id}/members/{user_id}"
OWN = {"station_id": "{station}"}
EVSE = {**OWN, "uid": "{uid}"}
PLACE = {**OWN, "place_id": "{place}"}
ENTRY = {"entry_id": "{offered}"}
SERIES = {"series_id": "{series}"}
EVERY_WEEK = "FREQ=WEEKLY;COUNT=2"
WEBHOOK = "/operator/webhooks/{webhook_id}"
HOOK = {"webhook_id": "{webhook}"}
ANNOUNCED = {"title": "Works at the harbour", "body": "Please come by Quay Street."}
COLLEAGUE = {"operator_id": "{operator}", "user_id": "{colleague_user}"}

PERSONAL = {
    "GET /me": driver(),
    "PATCH /me": driver(body={"name": "Dana Driver"}),
    "DELETE /me": Request("newcomer", body={"password": PASSWORD}),
    "GET /me/export": driver(),
    "GET /vehicles": driver(),
    "POST /vehicles": driver(body=VEHICLE),
    "PATCH /vehicles/{vehicle_id}": driver({"vehicle_id": "{vehicle}"}, body={"battery_kwh": "60"}),
    "DELETE /vehicles/{vehicle_id}": driver({"vehicle_id": "{vehicle}"}),
    "GET /vehicle-models": driver(query={"q": "renault"}),
}
PLACES = {
    "GET /stations": driver(query=HAMBURG),
    "GET /stations/{station_id}": driver({"station_id": "{station}"}),
    "GET /stations/{station_id}/slots": driver({"station_id": "{station}"}),
    "GET /slots": driver(query=HAMBURG),
    "GET /stations.geojson": driver(query={"bbox": "9,53,11,54"}),
    "GET /live": driver(query={"stations": "{station}", "bookings": "{reserved}"}),
    "POST /recommendations": driver(body=WISH),
}
BOOKINGS = {
    "GET /bookings": driver(),
    "POST /bookings": driver(body={"station": "{station}", **SLOT}),
    f"GET {BOOKING}": driver({"reference": "{reserved}"}),
    f"POST {BOOKING}/confirm": driver({"reference": "{held}"}),
    f"POST {BOOKING}/cancel": driver({"reference": "{reserved}"}, body={"reason": "TRAFFIC"}),
    f"POST {BOOKING}/reschedule": driver({"reference": "{reserved}"}, body=SLOT),
    f"POST {BOOKING}/start": driver({"reference": "{arriving}"}),
    f"POST {BOOKING}/stop": driver({"reference": "{charging}"}),
    f"GET {BOOKING}.ics": driver({"reference": "{reserved}"}),
    "GET /calendar-feeds": driver(),
    "POST /calendar-feeds": driver(body={}),
    "DELETE /calendar-feeds/{feed_id}": driver({"feed_id": "{calendar_feed}"}),
    "POST /series/preview": driver(body={"station": "{station}", **SLOT, "rrule": EVERY_WEEK}),
    "GET /series": driver(),
    "POST /series": driver(body={"station": "{station}", **SLOT, "rrule": EVERY_WEEK}),
    "GET /series/{series_id}": driver(SERIES),
    "PATCH /series/{series_id}": driver(SERIES, body={"from": "2026-12-10", "clock": "18:00"}),
    "POST /series/{series_id}/cancel": driver(SERIES, body={"from": "2026-12-10"}),
    "DELETE /series/{series_id}/later/{date}": driver({**SERIES, "date": "{later_date}"}),
    "GET /waitlist": driver(),
    "POST /waitlist": driver(
        body={
            "station": "{station}",
            "earliest": SLOT["start"],
            "latest": SLOT["end"],
            "duration_minutes": 60,
        }
    ),
    "DELETE /waitlist/{entry_id}": driver(ENTRY),
    "POST /waitlist/{entry_id}/accept": driver(ENTRY),
    "POST /waitlist/{entry_id}/snooze": driver(ENTRY, body={"minutes": 30}),
    "POST /waitlist/{entry_id}/decline": driver(ENTRY),
    "GET /sessions": driver(),
    "GET /sessions/{session_id}": driver({"session_id": "{session}"}),
}
STATIONS = {
    "GET /operator/stations": owner(),
    "POST /operator/stations": owner(body=NEW_STATION),
    f"GET {OWN_STATION}": owner(OWN),
    f"PATCH {OWN_STATION}": owner(OWN, body={"name": "Renamed"}),
    f"POST {OWN_STATION}/submit": owner({"station_id": "{draft_station}"}),
    f"GET {OWN_STATION}/evses": owner(OWN),
    f"POST {OWN_STATION}/evses": owner(OWN, body={"connectors": [CONNECTOR]}),
    f"GET {OWN_EVSE}": owner(EVSE),
    f"PATCH {OWN_EVSE}": owner(EVSE, body={"walk_in_only": True}),
    f"DELETE {OWN_EVSE}": owner(EVSE),
    f"POST {OWN_EVSE}/inhibit": owner(EVSE, body={"cause": "fault"}),
    f"POST {OWN_EVSE}/release": owner(EVSE, body={"cause": "fault"}),
    f"GET {OWN_STATION}/parking-places": owner(OWN),
    f"POST {OWN_STATION}/parking-places": owner(OWN, body={"physical_reference": "P2"}),
    f"PATCH {OWN_STATION}/parking-places/{{place_id}}": owner(PLACE, body={"max_vehicle_height": 210}),
    f"DELETE {OWN_STATION}/parking-places/{{place_id}}": owner(PLACE),
    f"POST {OWN_STATION}/images": owner(OWN, body={"file": png(), "alt": "The quay"}),
    f"DELETE {OWN_STATION}/images/{{image_id}}": owner({**OWN, "image_id": "{image}"}),
}
TARIFFS = {
    "GET /operator/tariffs": owner(),
    "POST /operator/tariffs": owner(body={"name": "New", **ENERGY_TARIFF}),
    "GET /operator/tariffs/{tariff_id}": owner({"tariff_id": "{tariff}"}),
    "PATCH /operator/tariffs/{tariff_id}": owner({"tariff_id": "{tariff}"}, body={"name": "Renamed"}),
    "POST /operator/tariffs/{tariff_id}/preview": owner(
        {"tariff_id": "{tariff}"}, body={**SLOT, "energy_kwh": "10"}
    ),
    "GET /operator/tariffs/{tariff_id}/versions": owner({"tariff_id": "{tariff}"}),
    "POST /operator/tariffs/{tariff_id}/versions/{number}/restore": owner(
        {"tariff_id": "{tariff}", "number": "1"}
    ),
    "GET /operator/closures": owner(),
    "POST /operator/closures": owner(body={"station": "{station}", "reason": "Works", **SLOT}),
    "GET /operator/closures/{closure_id}": owner({"closure_id": "{closure}"}),
    "DELETE /operator/closures/{closure_id}": owner({"closure_id": "{closure}"}),
}
OPERATORS = {
    "GET /operator/operators": owner(),
    "POST /operator/operators": owner(body={"name": "Second Charging"}),
    "GET /operator/operators/{operator_id}/members": owner({"operator_id": "{operator}"}),
    "POST /operator/operators/{operator_id}/members": owner(
        {"operator_id": "{operator}"}, body={"email": "new@example.com", "role": "staff"}
    ),
    f"PATCH {MEMBER}": owner(COLLEAGUE, body={"role": "staff"}),
    f"DELETE {MEMBER}": owner(COLLEAGUE),
    "GET /operator/bookings": owner(),
    f"GET /operator{BOOKING}": owner({"reference": "{reserved}"}),
    f"POST /operator{BOOKING}/approve": owner({"reference": "{pending}"}),
    f"POST /operator{BOOKING}/reject": owner({"reference": "{pending}"}, body=REASON),
    f"POST /operator{BOOKING}/check-in": owner({"reference": "{arriving}"}),
    f"POST /operator{BOOKING}/no-show": owner({"reference": "{missed}"}),
    "GET /sessions/{session_id}/receipt.pdf": driver({"session_id": "{session}"}),
    f"POST {BOOKING}/checkout": driver({"reference": "{unpaid}"}, body={}),
    "POST /series/{series_id}/checkout": driver({"series_id": "{unpaid_series}"}, body={}),
    "GET /payment-methods": driver(),
    f"DELETE {BOOKING}/replacement": driver({"reference": "{reserved}"}),
    "DELETE /payment-methods/{method_id}": driver({"method_id": "{card}"}),
    "GET /payments": driver(),
    "GET /documents": driver(),
    "GET /documents/{number}.pdf": driver({"number": "{document}"}),
    "GET /operator/webhooks": owner(),
    "POST /operator/webhooks": owner(
        body={"operator": "{operator}", "url": "https://8.8.8.8/new", "events": ["booking.created"]}
    ),
    f"GET {WEBHOOK}": owner(HOOK),
    f"PATCH {WEBHOOK}": owner(HOOK, body={"description": "Our planning"}),
    f"DELETE {WEBHOOK}": owner(HOOK),
    f"POST {WEBHOOK}/rotate": owner(HOOK),
    f"POST {WEBHOOK}/ping": owner(HOOK),
    f"GET {WEBHOOK}/deliveries": owner(HOOK),
    f"POST {WEBHOOK}/deliveries/{{delivery_id}}/redeliver": owner(
        {**HOOK, "delivery_id": "{webhook_delivery}"}
    ),
    "GET /operator/announcements": owner(),
    "POST /operator/announcements": owner(body={"operator": "{operator}", **ANNOUNCED}),
    "GET /operator/sessions": owner(),
    "GET /operator/sessions/{session_id}": owner({"session_id": "{session}"}),
    "GET /operator/reports/utilisation": owner(query={"from": "2026-11-01", "to": "2026-12-01"}),
    "GET /operator/reports/demand": owner(),
    "GET /operator/reports/price-hint": owner(query={"station": "{station}"}),
    "GET /operator/reports/waitlist": owner(query={"from": "2026-11-01", "to": "2026-12-01"}),
    "GET /operator/balance": owner(),
    "GET /operator/payouts": owner(),
    "GET /operator/plan": owner(),
    "GET /operator/statements": owner(),
    "GET /operator/statements/{month}.pdf": owner({"month": "2026-12"}),
    "GET /operator/statements/{month}.csv": owner({"month": "2026-12"}),
    "GET /operator/reports/revenue": owner(query={"from": "2026-11-01", "to": "2026-12-01"}),
}
ADMINISTRATION = {
    "GET /admin/reports/platform": admin(query={"from": "2026-11-01", "to": "2026-12-01"}),
    "GET /admin/stations": admin(query={"approval": "SUBMITTED"}),
    "GET /admin/stations/{station_id}": admin({"station_id": "{submitted_station}"}),
    "POST /admin/stations/{station_id}/approve": admin({"station_id": "{submitted_station}"}),
    "POST /admin/stations/{station_id}/reject": admin({"station_id": "{submitted_station}"}, body=REASON),
    "POST /admin/stations/{station_id}/suspend": admin({"station_id": "{station}"}, body=REASON),
    "GET /admin/operators": admin(),
    "POST /admin/operators/{operator_id}/suspend": admin({"operator_id": "{operator}"}, body=REASON),
    "POST /admin/operators/{operator_id}/reactivate": admin(
        {"operator_id": "{suspended_operator}"}, body=REASON
    ),
    "GET /admin/users": admin(),
    "POST /admin/users/{user_id}/deactivate": admin({"user_id": "{newcomer_user}"}, body=REASON),
    "POST /admin/users/{user_id}/reactivate": admin({"user_id": "{closed_user}"}, body=REASON),
    "GET /admin/announcements": admin(),
    "POST /admin/announcements": admin(body={"audience": "USERS", **ANNOUNCED}),
    "GET /admin/audit": admin(),
    f"GET /admin{BOOKING}": admin({"reference": "{reserved}"}),
    f"PATCH /admin{BOOKING}": admin({"reference": "{reserved}"}, body={"reason": "Agreed by phone", **SLOT}),
}
_ENDPOINT = "https://fcm.googleapis.com/fcm/send/{driver_user}"
_THREAD = {"thread_id": "{thread}"}
TOLD = {
    "GET /notifications": driver(),
    "POST /notifications/read": driver(body={}),
    "GET /notification-preferences": driver(),
    "PUT /notification-preferences": driver(body={"digest": True}),
    "GET /watches": driver(),
    "POST /watches": driver(body={"station": "{station}"}),
    "PATCH /watches/{watch_id}": driver({"watch_id": "{watch}"}, body={"paused": True}),
    "DELETE /watches/{watch_id}": driver({"watch_id": "{watch}"}),
    "POST /devices": driver(
        body={"endpoint": _ENDPOINT, "keys": {"p256dh": "B" + "A" * 86, "auth": "A" * 22}, "name": "Chrome"}
    ),
    "DELETE /devices": driver(body={"endpoint": _ENDPOINT}),
    "GET /threads": driver(),
    "POST /threads": driver(body={"about": {"station": "{station}"}, "body": "Is there a roof?"}),
    "GET /threads/{thread_id}": driver(_THREAD),
    "POST /threads/{thread_id}/posts": driver(_THREAD, body={"body": "Thank you."}),
    "POST /threads/{thread_id}/read": driver(_THREAD),
    "POST /threads/{thread_id}/block": driver(_THREAD),
    "DELETE /threads/{thread_id}/block": driver(_THREAD),
    "POST /posts/{post_id}/report": driver({"post_id": "{answer}"}, body=REASON),
    "GET /operator/threads": owner(),
    "POST /operator/threads": owner(body={"about": {"approval": "{station}"}, "body": "When?"}),
    "GET /admin/threads": admin(),
    "POST /admin/threads": admin(body={"about": {"approval": "{station}"}, "body": "Which entrance?"}),
    "GET /admin/post-reports": admin(),
    "POST /admin/post-reports/{report_id}/dismiss": admin({"report_id": "{report}"}, body=REASON),
    "POST /admin/post-reports/{report_id}/remove": admin({"report_id": "{other_report}"}, body=REASON),
}
SECTIONS: dict[str, dict[str, Request]] = {
    "told": TOLD,
    "personal": PERSONAL,
    "places": PLACES,
    "bookings": BOOKINGS,
    "stations": STATIONS,
    "tariffs": TARIFFS,
    "operators": OPERATORS,
    "administration": ADMINISTRATION,
}
REQUESTS = {name: request for section in SECTIONS.values() for name, request in section.items()}
