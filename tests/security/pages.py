"""Who may see and do what on each page: GET and POST, as `walk.PEOPLE` are answered.

anonymous, driver (whose booking and car it is), stranger, staff and owner of the operator (whose station it is),
rival (owner of another operator), administrator. `login` is a redirect to the sign-in. A POST carries no fields:
422 and 200 are a form that comes back, 302 is done (or undone again by a message).
"""

EVERYONE = "200 200 200 200 200 200 200"
NOBODY = "404 404 404 404 404 404 404"
NO_METHOD = "405 405 405 405 405 405 405"
NOT_PEOPLE = "302 302 302 302 302 302 302"
ANONYMOUS = "200 302 302 302 302 302 302"
SIGNED_IN = "login 200 200 200 200 200 200"
SIGNED_IN_MOVES_ON = "login 302 302 302 302 302 302"
SIGNED_IN_NO_METHOD = "login 405 405 405 405 405 405"
SIGNED_IN_NOT_THERE = "login 404 404 404 404 404 404"
DRIVER = "login 200 404 404 404 404 404"
DRIVER_DOES = "login 302 404 404 404 404 404"
STAFF = "login 404 404 200 200 404 404"
STAFF_WRONG = "login 404 404 422 422 404 404"
STAFF_DOES = "login 404 404 302 302 404 404"
ANY_STAFF = "login 403 403 200 200 200 403"
MANAGER = "login 404 404 403 200 404 404"
MANAGER_WRONG = "login 404 404 403 422 404 404"
MANAGER_DOES = "login 404 404 403 302 404 404"
ANY_MANAGER = "login 403 403 403 200 200 403"
ADMINISTRATOR = "login 403 403 403 403 403 200"
ADMINISTRATOR_DOES = "login 403 403 403 403 403 302"

_STATION = "operator/stations/<uuid:station_id>/"
_EVSE = f"{_STATION}evses/<str:uid>/"
_TARIFF = "operator/tariffs/<uuid:tariff_id>/"
_BOOKING = "bookings/<reference:reference>/"
_SERIES = "bookings/series/<uuid:series_id>"
_DESK = "operator/bookings/<reference:reference>/"
_WEBHOOK = "operator/webhooks/<uuid:webhook_id>/"
_MEMBER = "operator/<uuid:operator_id>/members/<uuid:user_id>/"
_DELIVERY = "console/outbox/deliveries/<int:delivery_id>/"
_REVIEW = "console/stations/<uuid:station_id>/"

MACHINES = {
    "payments/stripe/webhook": (
        NO_METHOD,
        NOBODY,
    ),  # without a secret; with one, payments' tests of the webhook
    "livez": (EVERYONE, NO_METHOD),
    "readyz": (EVERYONE, NO_METHOD),
    "api/events/<str:name>.json": (EVERYONE, NO_METHOD),
    "service-worker.js": (EVERYONE, NO_METHOD),
    # without a signature; notifications' tests of reports sign
    "notifications/twilio/status": (NO_METHOD, "403 403 403 403 403 403 403"),
    "notifications/twilio/inbound": (NO_METHOD, "403 403 403 403 403 403 403"),
    "metrics": (NOBODY, NO_METHOD),  # without METRICS_TOKEN; with it, core's tests of machines
    "api/schema/": (EVERYONE, NO_METHOD),
    "api/docs/": (EVERYONE, NO_METHOD),
}
PERSONAL = {
    "account/": (SIGNED_IN, SIGNED_IN),
    "account/data/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "account/data/export/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "account/delete/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "account/cars/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "account/cars/add/": (SIGNED_IN, SIGNED_IN),
    "account/cars/<uuid:vehicle_id>/": (DRIVER, DRIVER),
    "account/cars/<uuid:vehicle_id>/remove/": (DRIVER, DRIVER_DOES),
    "account/operators/": (SIGNED_IN, SIGNED_IN),
    "account/payments/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "account/payments/cards/": (SIGNED_IN, SIGNED_IN_MOVES_ON),
    "account/documents/<str:document>/": ("login 200 404 404 200 404 200", SIGNED_IN_NO_METHOD),
    "invitations/<str:token>/": (SIGNED_IN, SIGNED_IN_MOVES_ON),
    "inbox/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "inbox/read/": (SIGNED_IN_NO_METHOD, SIGNED_IN_MOVES_ON),
    "account/notifications/": (SIGNED_IN, SIGNED_IN),
    "notifications/unsubscribe/<str:signed>/": (EVERYONE, EVERYONE),  # the link is the permission
    "n/<str:code>/": (EVERYONE, EVERYONE),
    # without a sandbox set up; notifications' tests of pages have one
    "sandbox/outbox/": (NOBODY, NO_METHOD),
    "sandbox/outbox/mail/<str:mail_id>/": (NOBODY, NO_METHOD),
    "sandbox/outbox/device/": (SIGNED_IN_NO_METHOD, SIGNED_IN_NOT_THERE),
}
DRIVERS = {
    "": (EVERYONE, NO_METHOD),
    "stations/<slug:slug>/": (EVERYONE, NO_METHOD),
    "stations/<slug:slug>/book/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "stations/<slug:slug>/repeat/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    f"{_SERIES}/": (DRIVER, "login 405 405 405 405 405 405"),
    f"{_SERIES}/change/": (DRIVER, "login 422 404 404 404 404 404"),
    f"{_SERIES}/cancel/": (DRIVER, DRIVER_DOES),
    f"{_SERIES}/withdraw/": (SIGNED_IN_NO_METHOD, SIGNED_IN_NOT_THERE),  # without a date
    "stations/<slug:slug>/wait/": (SIGNED_IN, "login 422 422 422 422 422 422"),
    "waiting-list/<uuid:entry_id>/leave/": (SIGNED_IN_NO_METHOD, DRIVER_DOES),
    "waiting-list/offers/<str:offer>/": (
        EVERYONE,
        "422 422 422 422 422 422 422",
    ),  # the link is the permission
    "bookings/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "watches/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "watches/new/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),  # it takes a place in the address
    "watches/<uuid:watch_id>/": (SIGNED_IN_NO_METHOD, DRIVER_DOES),
    "watches/end/<str:watch_link>/": (EVERYONE, EVERYONE),  # the link is the permission
    "bookings/calendar/": (SIGNED_IN, SIGNED_IN),
    "bookings/calendar/stop/": (SIGNED_IN_NO_METHOD, SIGNED_IN_MOVES_ON),
    "bookings/<reference:reference>.ics": (DRIVER, SIGNED_IN_NO_METHOD),
    "calendar/<str:address>.ics": (EVERYONE, NO_METHOD),  # the address is the permission
    _BOOKING: (DRIVER, SIGNED_IN_NO_METHOD),
    f"{_BOOKING}confirm/": (DRIVER_DOES, DRIVER_DOES),
    f"{_BOOKING}cancel/": (DRIVER, DRIVER_DOES),
    f"{_BOOKING}reschedule/": (DRIVER, DRIVER),
    f"{_BOOKING}checkout/": (DRIVER_DOES, DRIVER_DOES),
    f"{_BOOKING}checkout/return/": (DRIVER, SIGNED_IN_NO_METHOD),
    f"{_BOOKING}stay/": (SIGNED_IN_NO_METHOD, DRIVER_DOES),
    f"{_BOOKING}start/": (DRIVER, "login 409 404 404 404 404 404"),
    f"{_BOOKING}stop/": (DRIVER_DOES, DRIVER_DOES),
}
_THREAD = "messages/<uuid:thread_id>/"
_ITS_SIDES_DO = "login 302 404 302 302 404 404"
CONVERSATIONS = {
    "messages/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    _THREAD: ("login 200 404 200 200 404 404", "login 422 404 422 422 404 404"),
    f"{_THREAD}block/": (SIGNED_IN_NO_METHOD, _ITS_SIDES_DO),
    f"{_THREAD}unblock/": (SIGNED_IN_NO_METHOD, _ITS_SIDES_DO),
    "messages/posts/<uuid:post_id>/report/": (DRIVER, "login 422 404 404 404 404 404"),
    # the link is the driver's permission; signed in, they are led to the page of their own
    "messages/by-link/<str:link>/": ("200 302 200 200 200 200 200", "422 302 422 422 422 422 422"),
    f"{_BOOKING}write/": (DRIVER_DOES, "login 422 404 404 404 404 404"),
    "stations/<slug:slug>/write/": (SIGNED_IN, "login 422 422 422 422 422 422"),
    "operator/messages/": (ANY_STAFF, SIGNED_IN_NO_METHOD),
    f"{_DESK}write/": (STAFF_DOES, STAFF_WRONG),
    f"{_STATION}write/": (STAFF, STAFF_WRONG),
    "console/conversations/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    f"{_REVIEW}write/": (ADMINISTRATOR, "login 403 403 403 403 403 422"),
    "console/reports/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/reports/<uuid:report_id>/": (ADMINISTRATOR, "login 403 403 403 403 403 422"),
}
OPERATORS = {
    "operator/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "operator/<uuid:operator_id>/members/": (STAFF, MANAGER),
    f"{_MEMBER}role/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_MEMBER}remove/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    "operator/<uuid:operator_id>/invitations/<uuid:invitation_id>/withdraw/": (
        SIGNED_IN_NO_METHOD,
        MANAGER_DOES,
    ),
    "operator/stations/new/": (ANY_MANAGER, ANY_MANAGER),
    _STATION: (STAFF, SIGNED_IN_NO_METHOD),
    f"{_STATION}edit/": (MANAGER, MANAGER),
    f"{_STATION}hours/": (MANAGER, MANAGER),
    f"{_STATION}terms/": (MANAGER, MANAGER),
    f"{_STATION}submit/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_STATION}add-evse/": (MANAGER, MANAGER_WRONG),
    _EVSE: (MANAGER, MANAGER_WRONG),
    f"{_EVSE}remove/": (MANAGER, MANAGER_DOES),
    f"{_EVSE}inhibit/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_EVSE}release/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_STATION}parking/": (MANAGER, MANAGER),
    f"{_STATION}parking/<uuid:place_id>/remove/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_STATION}pictures/": (MANAGER, MANAGER),
    f"{_STATION}pictures/<uuid:image_id>/remove/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_STATION}closures/": (MANAGER, MANAGER),
    f"{_STATION}closures/<uuid:closure_id>/cancel/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    "operator/tariffs/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "operator/tariffs/new/": (ANY_MANAGER, ANY_MANAGER),
    _TARIFF: (STAFF, SIGNED_IN_NO_METHOD),
    f"{_TARIFF}edit/": (MANAGER, MANAGER),
    f"{_TARIFF}versions/<int:number>/restore/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    "operator/webhooks/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "operator/webhooks/new/": (ANY_MANAGER, ANY_MANAGER),
    _WEBHOOK: (STAFF, SIGNED_IN_NO_METHOD),
    f"{_WEBHOOK}edit/": (MANAGER, MANAGER),
    f"{_WEBHOOK}remove/": (MANAGER, MANAGER_DOES),
    f"{_WEBHOOK}switch/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_WEBHOOK}rotate/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_WEBHOOK}ping/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    f"{_WEBHOOK}deliveries/<uuid:line_id>/redeliver/": (SIGNED_IN_NO_METHOD, MANAGER_DOES),
    "operator/announcements/": (ANY_MANAGER, "login 403 403 403 422 422 403"),
    "operator/bookings/": (ANY_STAFF, SIGNED_IN_NO_METHOD),
    "operator/bookings/all/": (ANY_STAFF, SIGNED_IN_NO_METHOD),
    "operator/bookings/waiting-list/": (ANY_STAFF, SIGNED_IN_NO_METHOD),
    "operator/bookings/utilisation/": (ANY_STAFF, SIGNED_IN_NO_METHOD),
    "operator/bookings/calendars/": (ANY_STAFF, SIGNED_IN_NO_METHOD),
    "operator/bookings/calendars/<uuid:station_id>/": (SIGNED_IN_NO_METHOD, STAFF),
    "operator/bookings/calendars/<uuid:station_id>/stop/": (SIGNED_IN_NO_METHOD, STAFF_DOES),
    "operator/money/": (ANY_MANAGER, SIGNED_IN_NO_METHOD),
    "operator/money/account/": (ANY_MANAGER, ANY_MANAGER),
    "operator/money/account/stripe/": (SIGNED_IN_NO_METHOD, "login 403 403 403 302 302 403"),
    "operator/money/account/return/": ("login 403 403 403 302 302 403", SIGNED_IN_NO_METHOD),
    "operator/money/payouts/": (ANY_MANAGER, "login 403 403 403 302 302 403"),
    "operator/money/statements/<int:year>/<int:month>/": (ANY_MANAGER, SIGNED_IN_NO_METHOD),
    "operator/money/bookings/<reference:reference>/refund/": (MANAGER, MANAGER_WRONG),
    "operator/money/disputes/": (ANY_MANAGER, SIGNED_IN_NO_METHOD),
    "operator/money/disputes/<uuid:dispute_id>/": (
        "login 403 403 403 200 404 403",
        "login 403 403 403 422 404 403",
    ),
    "operator/money/plan/": (ANY_MANAGER, "login 403 403 403 302 302 403"),
    "operator/money/plan/return/": ("login 403 403 403 302 302 403", SIGNED_IN_NO_METHOD),
    "operator/money/revenue/": (ANY_MANAGER, SIGNED_IN_NO_METHOD),
    "operator/prices/": (ANY_MANAGER, SIGNED_IN_NO_METHOD),
    _DESK: (STAFF, SIGNED_IN_NO_METHOD),
    f"{_DESK}approve/": (SIGNED_IN_NO_METHOD, STAFF_DOES),
    f"{_DESK}reject/": (STAFF, STAFF_WRONG),
    f"{_DESK}cancel/": (STAFF, STAFF_WRONG),
    f"{_DESK}check-in/": (SIGNED_IN_NO_METHOD, STAFF_DOES),
    f"{_DESK}stop/": (SIGNED_IN_NO_METHOD, STAFF_DOES),
    f"{_DESK}no-show/": (SIGNED_IN_NO_METHOD, STAFF_DOES),
}
CONSOLE = {
    "console/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/stations/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    _REVIEW: (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    f"{_REVIEW}approve/": (SIGNED_IN_NO_METHOD, ADMINISTRATOR_DOES),
    f"{_REVIEW}reject/": (ADMINISTRATOR, ADMINISTRATOR),
    f"{_REVIEW}suspend/": (ADMINISTRATOR, ADMINISTRATOR),
    f"{_REVIEW}reinstate/": (SIGNED_IN_NO_METHOD, ADMINISTRATOR_DOES),
    "console/operators/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/operators/<uuid:operator_id>/": (ADMINISTRATOR, ADMINISTRATOR),
    "console/people/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/people/<uuid:user_id>/": (ADMINISTRATOR, ADMINISTRATOR),
    "console/announcements/": (ADMINISTRATOR, "login 403 403 403 403 403 422"),
    "console/audit/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/recommender/": (ADMINISTRATOR, "login 403 403 403 403 403 422"),
    "console/recommender/versions/<uuid:version_id>/promote/": (SIGNED_IN_NO_METHOD, ADMINISTRATOR_DOES),
    "console/recommender/versions/<uuid:version_id>/roll-back/": (SIGNED_IN_NO_METHOD, ADMINISTRATOR_DOES),
    "console/outbox/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/outbox/messages/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    _DELIVERY: (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    f"{_DELIVERY}replay/": (SIGNED_IN_NO_METHOD, ADMINISTRATOR_DOES),
    f"{_DELIVERY}discard/": (ADMINISTRATOR, ADMINISTRATOR),
    "console/money/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/money/disputes/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/money/stripe-events/": (ADMINISTRATOR, SIGNED_IN_NO_METHOD),
    "console/money/stripe-events/<str:event_id>/replay/": (SIGNED_IN_NO_METHOD, ADMINISTRATOR_DOES),
}
SIGN_IN = {
    "accounts/login/": (ANONYMOUS, ANONYMOUS),
    "accounts/signup/": (ANONYMOUS, ANONYMOUS),
    "accounts/logout/": ("302 200 200 200 200 200 200", NOT_PEOPLE),
    "accounts/inactive/": (EVERYONE, NO_METHOD),
    "accounts/email/": (SIGNED_IN, SIGNED_IN_MOVES_ON),
    "accounts/confirm-email/": (EVERYONE, NO_METHOD),
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": (EVERYONE, NOBODY),
    "accounts/password/change/": (SIGNED_IN, SIGNED_IN),
    "accounts/password/set/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/password/reset/": (EVERYONE, EVERYONE),
    "accounts/password/reset/done/": (EVERYONE, NO_METHOD),
    "accounts/password/reset/key/done/": (EVERYONE, NO_METHOD),
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (EVERYONE, EVERYONE),
    "accounts/reauthenticate/": (SIGNED_IN, SIGNED_IN),
    "accounts/login/code/confirm/": (NOT_PEOPLE, NOT_PEOPLE),
    "accounts/sessions/": (SIGNED_IN, SIGNED_IN_MOVES_ON),
    "accounts/2fa/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "accounts/2fa/authenticate/": (NOT_PEOPLE, NOT_PEOPLE),
    "accounts/2fa/reauthenticate/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/2fa/totp/activate/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/2fa/totp/deactivate/": (SIGNED_IN_NOT_THERE, SIGNED_IN_NOT_THERE),
    "accounts/2fa/recovery-codes/": (SIGNED_IN_NOT_THERE, SIGNED_IN_NO_METHOD),
    "accounts/2fa/recovery-codes/generate/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/2fa/recovery-codes/download/": (SIGNED_IN_NOT_THERE, SIGNED_IN_NOT_THERE),
    "accounts/2fa/webauthn/": (SIGNED_IN, SIGNED_IN_NO_METHOD),
    "accounts/2fa/webauthn/add/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/2fa/webauthn/login/": (NOT_PEOPLE, NOT_PEOPLE),
    "accounts/2fa/webauthn/reauthenticate/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": (SIGNED_IN_MOVES_ON, SIGNED_IN_MOVES_ON),
}
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "machines": MACHINES,
    "personal": PERSONAL,
    "drivers": DRIVERS,
    "conversations": CONVERSATIONS,
    "operators": OPERATORS,
    "console": CONSOLE,
    "sign-in": SIGN_IN,
}
PAGES = {route: rows for section in SECTIONS.values() for route, rows in section.items()}
ADDRESSES = {
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": "/accounts/confirm-email/unknown/",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "/accounts/password/reset/key/1-x/",
}
