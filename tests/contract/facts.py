"""What the contract promises other programs, copied: paths, parameters, fields and codes are exact.

Fields are dotted; a list is passed through, so `results.quote.amount` is the amount of each result's quote.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One operation: names separated by blanks, fields of the body and of the first successful answer."""

    query: str = ""
    body: str = ""
    answer: str = ""
    status: int = 200


LIST = "next previous results "
STATION = (
    "id slug name operator.id operator.name address city country latitude longitude time_zone distance_km "
    "max_power_kw evse_count available_count connectors.standard connectors.count connectors.max_power_kw "
    "price_from.per_kwh.amount price_from.per_kwh.currency opening_times status last_updated"
)
STATION_PARTS = (
    "evses.uid evses.evse_id evses.physical_reference evses.status evses.status_since evses.stale evses.bookable "
    "evses.connectors.id evses.connectors.standard evses.connectors.format evses.connectors.power_type "
    "evses.connectors.max_power_kw tariff booking_terms facilities images"
)
QUOTE = (
    "quote.lines.dimension quote.lines.description quote.lines.quantity quote.lines.unit_price.amount "
    "quote.lines.amount.amount quote.lines.vat quote.total.amount quote.total.currency"
)
BOOKING = (
    "reference request_id status hold_expires_at station.id station.name evse_uid connector start end vehicle "
    f"energy_kwh {QUOTE} booking_terms tariff payment.required payment.status links last_updated"
)
SESSION = (
    "id booking evse_uid status start end energy_kwh power_kw state_of_charge cost.lines.amount.amount "
    "cost.total.amount cost.total.currency charging_periods.start_date_time charging_periods.dimensions.type "
    "charging_periods.dimensions.volume cdr.id"
)
HISTORY = "history.at history.from history.to history.actor history.reason"
CHECKOUT = (
    "kind status client_secret publishable_key customer ephemeral_key amount.amount amount.currency "
    "hold_expires_at"
)
CARD = "id brand last4 exp_month exp_year is_default"
PAYMENT = (
    "id booking kind purpose status amount.amount amount.currency authorised.amount captured.amount refunded.amount "
    "card failure refunds.id refunds.amount.amount refunds.status refunds.reason created_at captured_at last_updated"
)
DOCUMENT = "number kind booking total.amount total.currency issued_at pdf"
PLACE = (
    "id status station.id connector vehicle earliest latest duration_minutes ahead offer.booking offer.start "
    "offer.end offer.expires_at not_before joined_at last_updated"
)
VEHICLE = "id make model battery_kwh max_ac_kw max_dc_kw connectors"
VEHICLE_BODY = "make model battery_kwh max_ac_kw max_dc_kw connectors"
ME = "id email name phone locale time_zone roles operators.id operators.name operators.role " + " ".join(
    f"vehicles.{field}" for field in VEHICLE.split()
)
RECOMMENDED = (
    "rank station evse_uid start end score expected_cost.amount expected_cost.currency terms.energy.amount "
    "terms.travel.amount terms.waiting.amount terms.duration_mismatch.amount distance_km expected_wait_minutes "
    "availability_probability explanation"
)


def each(prefix: str, fields: str) -> str:
    return " ".join(f"{prefix}.{field}" for field in fields.split())


WISHED = "station evse_uid connector start end vehicle energy_kwh"
SERIES = (
    "id station.id rrule first_date clock duration_minutes evse_uid connector vehicle total.amount payment_required "
    "links created_at last_updated dates.date dates.reference dates.status dates.start dates.end dates.moved "
    "dates.evse_uid dates.quote.amount dates.payment.required dates.payment.status dates.hold_expires_at later"
)
TOLD = (
    "quiet_from quiet_until digest vapid_public_key kinds.kind kinds.title kinds.channels.email kinds.channels.sms "
    "kinds.channels.push kinds.channels.inbox kinds.always"
)
POST = "id thread number side writer own body emptied reported at"
THREAD = (
    "id side about.kind about.booking about.station about.station_name operator.id operator.name facing unread "
    "last_words last_at created_at"
)
WEBHOOK = (
    "id operator url description events state disabled_reason disabled_at previous_secret_until failing_since "
    "created_at last_updated"
)
DELIVERY = (
    "id event type subject state error next_attempt_at created_at delivered_at attempts.at attempts.status_code "
    "attempts.latency_ms attempts.answer attempts.error"
)
ANNOUNCEMENT = (
    "id operator audience stations is_essential title body title_de body_de "
    "at state recipients told finished_at"
)
PROMISES = {
    "GET /me": Promise(answer=ME),
    "PATCH /me": Promise(body="name phone locale time_zone", answer=ME),
    "DELETE /me": Promise(status=204),
    "GET /me/export": Promise(),
    "GET /vehicles": Promise(answer=LIST + each("results", VEHICLE)),
    "POST /vehicles": Promise(body=VEHICLE_BODY, answer=VEHICLE, status=201),
    "PATCH /vehicles/{vehicle_id}": Promise(body=VEHICLE_BODY, answer=VEHICLE),
    "DELETE /vehicles/{vehicle_id}": Promise(status=204),
    "GET /vehicle-models": Promise(query="q", answer="results.make results.model"),
    "GET /notifications": Promise(
        answer=LIST + each("results", "id kind title text link data created_at read_at")
    ),
    "POST /notifications/read": Promise(body="ids", answer="unread"),
    "GET /notification-preferences": Promise(answer=TOLD),
    "PUT /notification-preferences": Promise(body="quiet_from quiet_until digest kinds", answer=TOLD),
    "POST /devices": Promise(body="endpoint keys.p256dh keys.auth name", answer="id endpoint", status=201),
    "DELETE /devices": Promise(status=204),  # OpenAPI gives the body of DELETE no meaning: told in words
    "GET /threads": Promise(answer=LIST + each("results", THREAD)),
    "POST /threads": Promise(body="about.booking about.station body", answer=POST, status=201),
    "GET /threads/{thread_id}": Promise(
        query="before", answer=f"{THREAD} may_write blocked_by {each('posts', POST)}"
    ),
    "POST /threads/{thread_id}/posts": Promise(body="body", answer=POST, status=201),
    "POST /threads/{thread_id}/read": Promise(answer=THREAD),
    "POST /threads/{thread_id}/block": Promise(answer=THREAD),
    "DELETE /threads/{thread_id}/block": Promise(status=204),
    "POST /posts/{post_id}/report": Promise(body="reason", answer="id post reason state", status=201),
    "GET /operator/threads": Promise(query="operator", answer=LIST + each("results", THREAD)),
    "POST /operator/threads": Promise(body="about.booking about.approval body", answer=POST, status=201),
    "GET /stations": Promise(
        query="lat lon radius_km q connector min_power_kw available_from available_to operator facility "
        "disabled_bay updated_since page_size",
        answer=LIST + each("results", STATION),
    ),
    "GET /stations/{station_id}": Promise(answer=f"{STATION} {STATION_PARTS}"),
    "GET /stations/{station_id}/slots": Promise(
        query="date_from date_to duration_minutes connector vehicle",
        answer="station timeslot_increment_minutes results.start results.end results.evse_uids "
        "results.min_power_kw results.quote.amount results.quote.currency results.availability_probability",
    ),
    "GET /slots": Promise(
        query="lat lon radius_km limit from to duration_minutes connector vehicle",
        answer="results.station.id results.station.slug results.station.name results.station.latitude "
        "results.station.longitude results.station.distance_km results.timeslot_increment_minutes results.starts",
    ),
    "GET /stations.geojson": Promise(query="bbox", answer="type features.type features.geometry.coordinates"),
    "POST /bookings": Promise(
        body="station evse_uid connector start end vehicle energy_kwh", answer=BOOKING, status=201
    ),
    "GET /bookings": Promise(
        query="status from to updated_since page_size", answer=LIST + each("results", BOOKING)
    ),
    "GET /bookings/{reference}": Promise(answer=f"{BOOKING} {HISTORY} session bill.lines bill.total.amount"),
    "POST /bookings/{reference}/confirm": Promise(answer=BOOKING),
    "POST /bookings/{reference}/cancel": Promise(
        query="preview", body="reason", answer="status fee.amount fee.currency refund.amount refund.currency"
    ),
    "POST /bookings/{reference}/reschedule": Promise(body="start end evse_uid", answer=BOOKING),
    "POST /bookings/{reference}/start": Promise(answer=BOOKING),
    "POST /bookings/{reference}/stop": Promise(answer=BOOKING),
    "POST /bookings/{reference}/checkout": Promise(body="payment_method return_url", answer=CHECKOUT),
    "POST /series/{series_id}/checkout": Promise(body="payment_method return_url", answer=CHECKOUT),
    "GET /payment-methods": Promise(answer=LIST + each("results", CARD)),
    "DELETE /bookings/{reference}/replacement": Promise(status=204),
    "DELETE /payment-methods/{method_id}": Promise(status=204),
    "GET /payments": Promise(
        query="status booking from to updated_since page_size", answer=LIST + each("results", PAYMENT)
    ),
    "GET /documents": Promise(answer=LIST + each("results", DOCUMENT)),
    "GET /documents/{number}.pdf": Promise(),
    "GET /sessions/{session_id}/receipt.pdf": Promise(),
    "POST /series/preview": Promise(
        body=f"{WISHED} rrule",
        answer="rrule duration_minutes total.amount dates.date dates.start dates.end dates.free dates.evse_uid "
        "dates.code dates.detail dates.alternatives",
    ),
    "GET /series": Promise(query="page_size", answer=LIST + each("results", SERIES)),
    "POST /series": Promise(body=f"{WISHED} rrule dates", answer=f"{SERIES} refused", status=201),
    "GET /series/{series_id}": Promise(answer=SERIES),
    "PATCH /series/{series_id}": Promise(
        query="preview",
        body="from days clock duration_minutes evse_uid",
        answer="id dates.date dates.reference dates.outcome dates.code difference.amount",
    ),
    "POST /series/{series_id}/cancel": Promise(
        query="preview",
        body="from reason",
        answer="id dates.date dates.reference dates.status fee.amount refund.amount",
    ),
    "DELETE /series/{series_id}/later/{date}": Promise(status=204),
    "POST /waitlist": Promise(
        body="station earliest latest duration_minutes connector", answer=PLACE, status=201
    ),
    "GET /waitlist": Promise(query="page_size", answer=LIST + each("results", PLACE)),
    "DELETE /waitlist/{entry_id}": Promise(status=204),
    "POST /waitlist/{entry_id}/accept": Promise(answer=BOOKING, status=201),
    "POST /waitlist/{entry_id}/snooze": Promise(body="minutes", answer=PLACE),
    "POST /waitlist/{entry_id}/decline": Promise(answer=PLACE),
    "GET /sessions": Promise(query="updated_since page_size", answer=LIST + each("results", SESSION)),
    "GET /sessions/{session_id}": Promise(answer=SESSION),
    "GET /operator/sessions": Promise(query="operator updated_since", answer=LIST + each("results", SESSION)),
    "GET /operator/sessions/{session_id}": Promise(answer=SESSION),
    "POST /recommendations": Promise(
        body="latitude longitude vehicle connector energy_kwh earliest latest value_of_time_eur_h preference",
        answer="model.name " + each("results", RECOMMENDED),
    ),
    "GET /live": Promise(query="stations bookings", status=307),
    "POST /operator/operators": Promise(body="name", answer="id name", status=201),
    "POST /operator/operators/{operator_id}/members": Promise(body="email role", status=201),
    "GET /operator/stations": Promise(query="operator updated_since", answer=LIST),
    "POST /operator/stations": Promise(body="operator name latitude longitude", answer="id slug", status=201),
    "GET /operator/stations/{station_id}": Promise(answer="id approval"),
    "PATCH /operator/stations/{station_id}": Promise(body="name opening_times", answer="id"),
    "POST /operator/stations/{station_id}/submit": Promise(answer="id approval"),
    "POST /operator/stations/{station_id}/evses": Promise(
        body="connectors.standard", answer="uid", status=201
    ),
    "GET /operator/tariffs": Promise(query="operator", answer=LIST),
    "POST /operator/tariffs": Promise(body="operator currency elements", answer="id", status=201),
    "POST /operator/tariffs/{tariff_id}/preview": Promise(
        body="start end energy_kwh", answer="lines.dimension lines.amount.amount total.amount"
    ),
    "GET /operator/closures": Promise(answer=LIST),
    "POST /operator/closures": Promise(body="station start end", answer="id", status=201),
    "GET /operator/bookings": Promise(query="operator from to updated_since", answer=LIST),
    "POST /operator/bookings/{reference}/approve": Promise(answer="reference status"),
    "POST /operator/bookings/{reference}/reject": Promise(body="reason", answer="reference status"),
    "POST /operator/bookings/{reference}/check-in": Promise(answer="reference status"),
    "POST /operator/bookings/{reference}/no-show": Promise(answer="reference status"),
    "GET /operator/webhooks": Promise(query="operator", answer=LIST + each("results", WEBHOOK)),
    "POST /operator/webhooks": Promise(
        body="operator url events description", answer=f"{WEBHOOK} secret", status=201
    ),
    "GET /operator/webhooks/{webhook_id}": Promise(answer=WEBHOOK),
    "PATCH /operator/webhooks/{webhook_id}": Promise(body="url events description state", answer=WEBHOOK),
    "DELETE /operator/webhooks/{webhook_id}": Promise(status=204),
    "POST /operator/webhooks/{webhook_id}/rotate": Promise(answer=f"{WEBHOOK} secret"),
    "POST /operator/webhooks/{webhook_id}/ping": Promise(answer=DELIVERY, status=201),
    "GET /operator/webhooks/{webhook_id}/deliveries": Promise(
        query="state", answer=LIST + each("results", DELIVERY)
    ),
    "POST /operator/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": Promise(answer=DELIVERY),
    "GET /operator/announcements": Promise(query="operator", answer=LIST + each("results", ANNOUNCEMENT)),
    "POST /operator/announcements": Promise(
        query="preview",
        body="operator stations title body title_de body_de",
        answer=ANNOUNCEMENT,
        status=201,
    ),
    "GET /admin/announcements": Promise(answer=LIST + each("results", ANNOUNCEMENT)),
    "POST /admin/announcements": Promise(
        query="preview", body="audience is_essential title body", answer=ANNOUNCEMENT, status=201
    ),
    "GET /operator/reports/utilisation": Promise(query="operator from to format"),
    "GET /operator/reports/demand": Promise(query="operator format"),
    "GET /operator/balance": Promise(
        query="operator",
        answer="operator owed.amount arrived.amount held.amount under_way.amount available.amount",
    ),
    "GET /operator/payouts": Promise(
        query="operator",
        answer=LIST
        + each(
            "results",
            "id amount.amount status failure_code requested_by_hand arrival_date created_at last_updated",
        ),
    ),
    "GET /operator/plan": Promise(
        query="operator",
        answer="operator plan status granted price.amount fee_share limits.stations limits.members "
        "limits.webhooks limits.statement_months current_period_end cancel_at_period_end page",
    ),
    "GET /operator/statements": Promise(
        query="operator", answer=LIST + each("results", "month currency pdf csv")
    ),
    "GET /operator/statements/{month}.pdf": Promise(query="operator"),
    "GET /operator/statements/{month}.csv": Promise(query="operator"),
    "GET /operator/reports/revenue": Promise(query="operator from to format"),
    "GET /operator/reports/price-hint": Promise(
        query="station elasticity format", answer="station elasticity results"
    ),
    "GET /operator/reports/waitlist": Promise(query="operator from to format"),
    "GET /admin/stations": Promise(query="approval", answer=LIST),
    "POST /admin/stations/{station_id}/approve": Promise(answer="id approval"),
    "POST /admin/stations/{station_id}/reject": Promise(body="reason", answer="id approval"),
    "POST /admin/stations/{station_id}/suspend": Promise(body="reason", answer="id approval"),
    "GET /admin/operators": Promise(answer=LIST),
    "GET /admin/users": Promise(answer=LIST),
    "GET /admin/audit": Promise(answer=LIST),
}

PUBLIC = {
    "GET /stations",
    "GET /stations/{station_id}",
    "GET /stations/{station_id}/slots",
    "GET /slots",
    "GET /stations.geojson",
    "GET /live",
}
PROBLEM = {"type", "title", "status", "code", "detail", "errors"}
FIELD_ERROR = {"field", "code", "detail"}
READ_REFUSALS = {"401", "422", "429"}
WRITE_REFUSALS = {"400", "401", "403", "409", "413", "415", "422", "429"}
SECTIONS = {
    "signing in",
    "told",
    "places",
    "bookings",
    "calendars",
    "recurring bookings",
    "waiting list",
    "payments",
    "live",
    "operators",
    "administrators",
}
