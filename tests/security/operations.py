"""Who may call which operation of the API, and of allauth's, as `walk.PEOPLE` are answered.

anonymous, driver (whose booking and car it is), stranger, staff and owner of the operator (whose station it is),
rival (owner of another operator), administrator; each sends what succeeds for who may (tests/api_requests.py).
"""

EVERYONE = "200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200"
CREATES = "401 201 201 201 201 201 201"
DRIVER = "401 200 404 404 404 404 404"
MANY_OWN = "401 403 403 200 200 200 403"
CREATES_OWN = "401 403 403 403 201 201 403"
STAFF = "401 403 403 200 200 404 403"
MANAGER = "401 403 403 403 200 404 403"
MANAGER_CREATES = "401 403 403 403 201 404 403"
MANAGER_REMOVES = "401 403 403 403 204 404 403"
ITS_SIDES = "401 200 404 200 200 404 404"
DESK = "401 404 404 200 200 404 404"
ADMINISTRATOR = "401 403 403 403 403 403 200"

_STATION = "/operator/stations/{station_id}"
_EVSE = f"{_STATION}/evses/{{uid}}"
_PLACE = f"{_STATION}/parking-places/{{place_id}}"
_TARIFF = "/operator/tariffs/{tariff_id}"
_WEBHOOK = "/operator/webhooks/{webhook_id}"
_MEMBERS = "/operator/operators/{operator_id}/members"
_BOOKING = "/bookings/{reference}"

OPERATIONS = {
    "GET /me": SIGNED_IN,
    "PATCH /me": SIGNED_IN,
    "DELETE /me": "401 409 204 204 409 409 204",  # 409: open bookings, an operator's only owner
    "GET /me/export": SIGNED_IN,
    "GET /vehicles": SIGNED_IN,
    "POST /vehicles": CREATES,
    "PATCH /vehicles/{vehicle_id}": DRIVER,
    "DELETE /vehicles/{vehicle_id}": "401 204 404 404 404 404 404",
    "GET /vehicle-models": SIGNED_IN,
    "GET /notifications": SIGNED_IN,
    "POST /notifications/read": SIGNED_IN,
    "GET /notification-preferences": SIGNED_IN,
    "PUT /notification-preferences": SIGNED_IN,
    "GET /watches": SIGNED_IN,
    "POST /watches": CREATES,
    "PATCH /watches/{watch_id}": DRIVER,
    "DELETE /watches/{watch_id}": "401 204 404 404 404 404 404",
    "POST /devices": CREATES,
    "DELETE /devices": "401 204 404 404 404 404 404",
    "GET /threads": SIGNED_IN,
    "POST /threads": CREATES,
    "GET /threads/{thread_id}": ITS_SIDES,
    "POST /threads/{thread_id}/posts": "401 201 404 201 201 404 404",
    "POST /threads/{thread_id}/read": ITS_SIDES,
    "POST /threads/{thread_id}/block": ITS_SIDES,
    "DELETE /threads/{thread_id}/block": "401 204 404 204 204 404 404",
    "POST /posts/{post_id}/report": "401 201 404 404 404 404 404",
    "GET /operator/threads": MANY_OWN,
    "POST /operator/threads": "401 404 404 201 201 404 404",
    "GET /admin/threads": ADMINISTRATOR,
    "POST /admin/threads": "401 403 403 403 403 403 201",
    "GET /admin/post-reports": ADMINISTRATOR,
    "POST /admin/post-reports/{report_id}/dismiss": ADMINISTRATOR,
    "POST /admin/post-reports/{report_id}/remove": ADMINISTRATOR,
    "GET /stations": EVERYONE,
    "GET /stations/{station_id}": EVERYONE,
    "GET /stations/{station_id}/slots": EVERYONE,
    "GET /slots": EVERYONE,
    "GET /stations.geojson": EVERYONE,
    "GET /live": "401 307 404 307 307 404 404",
    "POST /recommendations": SIGNED_IN,
    "GET /bookings": SIGNED_IN,
    "POST /bookings": CREATES,
    f"GET {_BOOKING}": DRIVER,
    f"POST {_BOOKING}/confirm": DRIVER,
    f"POST {_BOOKING}/cancel": DRIVER,
    f"POST {_BOOKING}/reschedule": DRIVER,
    f"POST {_BOOKING}/start": DRIVER,
    f"POST {_BOOKING}/stop": DRIVER,
    f"GET {_BOOKING}.ics": DRIVER,
    "GET /calendar-feeds": SIGNED_IN,
    "POST /calendar-feeds": CREATES,
    "DELETE /calendar-feeds/{feed_id}": "401 204 404 404 404 404 404",
    "POST /series/preview": SIGNED_IN,
    "GET /series": SIGNED_IN,
    "POST /series": CREATES,
    "GET /series/{series_id}": DRIVER,
    "PATCH /series/{series_id}": DRIVER,
    "POST /series/{series_id}/cancel": DRIVER,
    "POST /series/{series_id}/checkout": DRIVER,
    "GET /waitlist": SIGNED_IN,
    "POST /waitlist": CREATES,
    "DELETE /waitlist/{entry_id}": "401 204 404 404 404 404 404",
    "POST /waitlist/{entry_id}/accept": "401 201 404 404 404 404 404",
    "POST /waitlist/{entry_id}/snooze": DRIVER,
    "POST /waitlist/{entry_id}/decline": DRIVER,
    "GET /sessions": SIGNED_IN,
    "GET /sessions/{session_id}": DRIVER,
    "GET /sessions/{session_id}/receipt.pdf": DRIVER,
    f"POST {_BOOKING}/checkout": DRIVER,
    f"DELETE {_BOOKING}/replacement": "401 204 404 404 404 404 404",
    "GET /payment-methods": SIGNED_IN,
    "DELETE /payment-methods/{method_id}": "401 204 404 404 404 404 404",
    "GET /payments": SIGNED_IN,
    "GET /documents": SIGNED_IN,
    "GET /documents/{number}.pdf": "401 200 404 404 200 404 200",
    "GET /operator/stations": MANY_OWN,
    "POST /operator/stations": CREATES_OWN,
    f"GET {_STATION}": STAFF,
    f"PATCH {_STATION}": MANAGER,
    f"POST {_STATION}/submit": MANAGER,
    f"GET {_STATION}/evses": STAFF,
    f"POST {_STATION}/evses": MANAGER_CREATES,
    f"GET {_EVSE}": STAFF,
    f"PATCH {_EVSE}": MANAGER,
    f"DELETE {_EVSE}": MANAGER_REMOVES,
    f"POST {_EVSE}/inhibit": MANAGER,
    f"POST {_EVSE}/release": MANAGER,
    f"GET {_STATION}/parking-places": STAFF,
    f"POST {_STATION}/parking-places": MANAGER_CREATES,
    f"PATCH {_PLACE}": MANAGER,
    f"DELETE {_PLACE}": MANAGER_REMOVES,
    f"POST {_STATION}/images": MANAGER_CREATES,
    f"DELETE {_STATION}/images/{{image_id}}": MANAGER_REMOVES,
    "GET /operator/tariffs": MANY_OWN,
    "POST /operator/tariffs": CREATES_OWN,
    f"GET {_TARIFF}": STAFF,
    f"PATCH {_TARIFF}": MANAGER,
    f"POST {_TARIFF}/preview": MANAGER,
    f"GET {_TARIFF}/versions": STAFF,
    f"POST {_TARIFF}/versions/{{number}}/restore": MANAGER,
    "GET /operator/closures": MANY_OWN,
    "POST /operator/closures": "401 403 403 403 201 422 403",
    "GET /operator/closures/{closure_id}": STAFF,
    "DELETE /operator/closures/{closure_id}": MANAGER_REMOVES,
    "GET /operator/operators": SIGNED_IN,
    "POST /operator/operators": CREATES,
    f"GET {_MEMBERS}": DESK,
    f"POST {_MEMBERS}": "401 404 404 403 201 404 404",
    f"PATCH {_MEMBERS}/{{user_id}}": "401 404 404 403 200 404 404",
    f"DELETE {_MEMBERS}/{{user_id}}": "401 404 404 403 204 404 404",
    "GET /operator/bookings": MANY_OWN,
    f"GET /operator{_BOOKING}": DESK,
    f"POST /operator{_BOOKING}/approve": DESK,
    f"POST /operator{_BOOKING}/reject": DESK,
    f"POST /operator{_BOOKING}/check-in": DESK,
    f"POST /operator{_BOOKING}/no-show": DESK,
    "GET /operator/webhooks": MANY_OWN,
    "POST /operator/webhooks": CREATES_OWN,
    f"GET {_WEBHOOK}": STAFF,
    f"PATCH {_WEBHOOK}": MANAGER,
    f"DELETE {_WEBHOOK}": MANAGER_REMOVES,
    f"POST {_WEBHOOK}/rotate": MANAGER,
    f"POST {_WEBHOOK}/ping": MANAGER_CREATES,
    f"GET {_WEBHOOK}/deliveries": STAFF,
    f"POST {_WEBHOOK}/deliveries/{{delivery_id}}/redeliver": MANAGER,
    "GET /operator/announcements": MANY_OWN,
    "POST /operator/announcements": "401 403 403 403 201 422 403",
    "GET /operator/sessions": MANY_OWN,
    "GET /operator/sessions/{session_id}": DESK,
    "GET /operator/reports/utilisation": MANY_OWN,
    "GET /operator/reports/demand": MANY_OWN,
    "GET /operator/reports/waitlist": MANY_OWN,
    "GET /operator/reports/price-hint": MANAGER,
    "GET /operator/reports/revenue": "401 403 403 403 200 200 403",
    "GET /admin/reports/platform": ADMINISTRATOR,
    "GET /admin/stations": ADMINISTRATOR,
    "GET /admin/stations/{station_id}": ADMINISTRATOR,
    "POST /admin/stations/{station_id}/approve": ADMINISTRATOR,
    "POST /admin/stations/{station_id}/reject": ADMINISTRATOR,
    "POST /admin/stations/{station_id}/suspend": ADMINISTRATOR,
    "GET /admin/operators": ADMINISTRATOR,
    "POST /admin/operators/{operator_id}/suspend": ADMINISTRATOR,
    "POST /admin/operators/{operator_id}/reactivate": ADMINISTRATOR,
    "GET /admin/users": ADMINISTRATOR,
    "POST /admin/users/{user_id}/deactivate": ADMINISTRATOR,
    "POST /admin/users/{user_id}/reactivate": ADMINISTRATOR,
    "GET /admin/announcements": ADMINISTRATOR,
    "POST /admin/announcements": "401 403 403 403 403 403 201",
    "GET /admin/audit": ADMINISTRATOR,
    f"GET /admin{_BOOKING}": ADMINISTRATOR,
    f"PATCH /admin{_BOOKING}": ADMINISTRATOR,
}

# allauth's own API, by GET and POST with an empty object; its own tests know what it does
_NO_METHOD = "405 405 405 405 405 405 405"
_WRONG = "400 400 400 400 400 400 400"
_NO_FLOW = "409 409 409 409 409 409 409"
_NOWHERE = "404 404 404 404 404 404 404"
_NEVER = "401 401 401 401 401 401 401"
_SIGNED_IN_WRONG = "401 400 400 400 400 400 400"
_SIGNED_IN_NO_METHOD = "401 405 405 405 405 405 405"
_SIGNED_IN_NOT_THERE = "401 404 404 404 404 404 404"

ALLAUTH: dict[str, tuple[str, str]] = {
    "app/v1/config": (EVERYONE, _NO_METHOD),
    "app/v1/auth/session": (SIGNED_IN, _NO_METHOD),
    "app/v1/auth/sessions": (SIGNED_IN, _SIGNED_IN_NO_METHOD),
    "app/v1/auth/login": (_NO_METHOD, _WRONG),
    "app/v1/auth/signup": (_NO_METHOD, _WRONG),
    "app/v1/auth/reauthenticate": (_SIGNED_IN_NO_METHOD, _SIGNED_IN_WRONG),
    "app/v1/auth/code/confirm": (_NO_FLOW, _NO_FLOW),
    "app/v1/auth/password/request": (_NO_METHOD, _WRONG),
    "app/v1/auth/password/reset": (_WRONG, _WRONG),
    "app/v1/auth/email/verify": (_WRONG, _WRONG),
    "app/v1/auth/email/verify/resend": (_NO_METHOD, _NO_FLOW),
    "app/v1/auth/phone/verify": (_NOWHERE, _NOWHERE),
    "app/v1/auth/phone/verify/resend": (_NOWHERE, _NOWHERE),
    "app/v1/auth/2fa/authenticate": (_NEVER, _NEVER),
    "app/v1/auth/2fa/reauthenticate": (_SIGNED_IN_NO_METHOD, _SIGNED_IN_WRONG),
    "app/v1/auth/webauthn/authenticate": (_NEVER, _NEVER),
    "app/v1/auth/webauthn/reauthenticate": (SIGNED_IN, _SIGNED_IN_WRONG),
    "app/v1/auth/webauthn/login": (EVERYONE, _WRONG),
    "app/v1/account/password/change": (_SIGNED_IN_NO_METHOD, _SIGNED_IN_WRONG),
    "app/v1/account/email": (SIGNED_IN, "409 400 400 400 400 400 400"),
    "app/v1/account/phone": (_NOWHERE, _NOWHERE),
    "app/v1/account/authenticators": (SIGNED_IN, _SIGNED_IN_NO_METHOD),
    "app/v1/account/authenticators/totp": (_SIGNED_IN_NOT_THERE, _SIGNED_IN_WRONG),
    "app/v1/account/authenticators/recovery-codes": (_SIGNED_IN_NOT_THERE, _SIGNED_IN_WRONG),
    "app/v1/account/authenticators/webauthn": (_NEVER, _SIGNED_IN_WRONG),  # 401: sign in afresh first
    "app/v1/tokens/refresh": (_NO_METHOD, _WRONG),
    "openapi.yaml": (EVERYONE, _NO_METHOD),
    "openapi.json": (EVERYONE, _NO_METHOD),
    "openapi.html": (EVERYONE, _NO_METHOD),
}
