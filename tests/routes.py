"""Every HTML route of the resolver: who may come in, its address in tests/world.py, and what GET answers.

Walks (accessibility, roles) take the routes from the resolver and their addresses from ROUTES; a route that is
missing here fails them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import World


class For(StrEnum):
    """Who may come in. Where the route names an object, the person the object belongs to."""

    EVERYONE = "everyone"
    GUEST = "guest"  # without a session
    PERSON = "person"  # anybody signed in
    SECURED = "secured"  # signed in, with a second factor
    DRIVER = "driver"
    STAFF = "staff"
    MANAGER = "manager"
    OWNER = "owner"
    INVITED = "invited"
    ADMINISTRATOR = "administrator"


# The part of tests/world.py that each audience is played by.
PLAYED_BY: Mapping[For, str | None] = {
    For.EVERYONE: None,
    For.GUEST: None,
    For.PERSON: "stranger",
    For.SECURED: "secured",
    For.DRIVER: "driver",
    For.STAFF: "staff",
    For.MANAGER: "colleague",
    For.OWNER: "owner",
    For.INVITED: "stranger",
    For.ADMINISTRATOR: "administrator",
}
# Paths below these answer machines: the API's own walk is by its OpenAPI document.
MACHINES = ("api/v1/", "_allauth/")


# By parameter: the name of an id of the world, or what builds the value from it.
Values = Mapping[str, str | Callable[[World], str]]


@dataclass(frozen=True)
class Route:
    """`args` and `query` build its address; `status` is GET's answer to its audience.

    405 marks a route that only takes POST; `page` is False where the answer is no page of HTML.
    """

    audience: For
    args: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    status: int = 200
    page: bool = True

    def address(self, name: str, world: World) -> str:
        """Path and query of this route in `world`."""
        path = reverse(name, kwargs=_values(self.args, world))
        query = _values(self.query, world)
        return f"{path}?{urlencode(query)}" if query else path


def html_routes() -> list[str]:
    """The names of all routes of the resolver that are not only for machines."""
    return [name for name, path in _walk(get_resolver(), "", ()) if not path.startswith(MACHINES)]


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        path = f"{prefix}{one.pattern}"
        if isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or f"unnamed {path}")), path
        else:
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one, path, inner)


def _values(named: Values, world: World) -> dict[str, str]:
    return {key: world.ids[value] if isinstance(value, str) else value(world) for key, value in named.items()}


def _exactly(value: str) -> Callable[[World], str]:
    return lambda _world: value


def _email_key(world: World) -> str:
    user = world.people["stranger"]
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email)
    return str(EmailConfirmationHMAC(address).key)


def _reset_user(world: World) -> str:
    return str(user_pk_to_url_str(world.people["newcomer"]))


def _reset_key(world: World) -> str:
    return str(default_token_generator.make_token(world.people["newcomer"]))


_STATION = {"station_id": "station"}
_EVSE = {**_STATION, "uid": "uid"}
_MEMBER = {"operator_id": "operator", "user_id": "colleague_user"}
_WEBHOOK = {"webhook_id": "webhook"}
_TARIFF = {"tariff_id": "tariff"}
_POLICY = {"version_id": "policy"}
_SLOT: Values = {"slot": "slot", "minutes": _exactly("60")}

ROUTES: Mapping[str, Route] = {
    # machines that have no prefix of their own
    "payments:webhook": Route(For.EVERYONE, status=405, page=False),
    "livez": Route(For.EVERYONE, page=False),
    "readyz": Route(For.EVERYONE, page=False),
    "metrics": Route(For.EVERYONE, status=404, page=False),
    "media": Route(For.EVERYONE, {"path": _exactly("none.jpg")}, status=404),
    "api-schema": Route(For.EVERYONE, page=False),
    "api-docs": Route(For.EVERYONE),
    "event-schema": Route(For.EVERYONE, {"name": _exactly("booking.held.v1")}, page=False),
    "notifications:twilio-status": Route(For.EVERYONE, status=405),
    "notifications:twilio-inbound": Route(For.EVERYONE, status=405),
    "notifications:service-worker": Route(For.EVERYONE, page=False),
    # what people are told
    "notifications:inbox": Route(For.DRIVER),
    "notifications:read": Route(For.DRIVER, status=405),
    "notifications:preferences": Route(For.DRIVER),
    "notifications:unsubscribe": Route(For.EVERYONE, {"signed": "unsubscribe_token"}),
    "notifications:watches": Route(For.PERSON),
    "notifications:watch-new": Route(For.PERSON, query={"station": "slug"}),
    "notifications:watch-change": Route(For.DRIVER, {"watch_id": "watch"}, status=405),
    "notifications:watch-end": Route(For.EVERYONE, {"watch_link": "watch_link"}),
    "notifications:stop": Route(For.EVERYONE, {"code": "stop_code"}),
    "notifications:sandbox": Route(For.EVERYONE, status=404),
    "notifications:sandbox-mail": Route(For.EVERYONE, {"mail_id": _exactly("unknown")}, status=404),
    "notifications:sandbox-device": Route(For.PERSON, status=405),
    # conversations
    "threads:list": Route(For.DRIVER),
    "threads:thread": Route(For.DRIVER, {"thread_id": "thread"}),
    "threads:block": Route(For.DRIVER, {"thread_id": "thread"}, status=405),
    "threads:unblock": Route(For.DRIVER, {"thread_id": "thread"}, status=405),
    "threads:report": Route(For.DRIVER, {"post_id": "answer"}),
    "threads:by-link": Route(For.EVERYONE, {"link": "thread_link"}),
    "threads:about-booking": Route(For.DRIVER, {"reference": "held"}),
    "threads:about-station": Route(For.PERSON, {"slug": "slug"}),
    "threads:desk": Route(For.STAFF),
    "threads:to-driver": Route(For.STAFF, {"reference": "pending"}),
    "threads:to-administrators": Route(For.STAFF, {"station_id": "station"}),
    "threads:console": Route(For.ADMINISTRATOR),
    "threads:to-operator": Route(For.ADMINISTRATOR, {"station_id": "submitted_station"}, status=302),
    "moderation:reports": Route(For.ADMINISTRATOR),
    "moderation:report": Route(For.ADMINISTRATOR, {"report_id": "report"}),
    # drivers
    "home": Route(For.EVERYONE),
    "stations:detail": Route(For.EVERYONE, {"slug": "slug"}),
    "bookings:new": Route(For.PERSON, {"slug": "slug"}, _SLOT),
    "bookings:repeat": Route(For.PERSON, {"slug": "slug"}, _SLOT),
    "bookings:series": Route(For.DRIVER, {"series_id": "series"}),
    "bookings:series-change": Route(For.DRIVER, {"series_id": "series"}),
    "bookings:series-cancel": Route(For.DRIVER, {"series_id": "series"}),
    "bookings:series-withdraw": Route(For.DRIVER, {"series_id": "series"}, status=405),
    "bookings:wait": Route(For.PERSON, {"slug": "slug"}),
    "bookings:waitlist-leave": Route(For.DRIVER, {"entry_id": "offered"}, status=405),
    "bookings:waitlist-offer": Route(For.EVERYONE, {"offer": "offer_token"}),
    "bookings:list": Route(For.PERSON),
    "bookings:calendar": Route(For.PERSON),
    "bookings:calendar-stop": Route(For.PERSON, status=405),
    "bookings:ics": Route(For.DRIVER, {"reference": "reserved"}, page=False),
    "calendar": Route(For.EVERYONE, {"address": "calendar_address"}, page=False),
    "bookings:detail": Route(For.DRIVER, {"reference": "held"}),
    "bookings:confirm": Route(For.DRIVER, {"reference": "held"}, status=302),
    "bookings:cancel": Route(For.DRIVER, {"reference": "reserved"}),
    "bookings:reschedule": Route(For.DRIVER, {"reference": "reserved"}),
    "bookings:start": Route(For.DRIVER, {"reference": "arriving"}),
    "bookings:stop": Route(For.DRIVER, {"reference": "charging"}, status=302),
    "payments:history": Route(For.PERSON),
    "payments:methods": Route(For.PERSON),
    "payments:checkout": Route(For.DRIVER, {"reference": "reserved"}, status=302),
    "payments:return": Route(For.DRIVER, {"reference": "held"}),
    "payments:stay": Route(For.DRIVER, {"reference": "reserved"}, status=405),
    "payments:document": Route(For.DRIVER, {"document": "document"}, page=False),
    "accounts:profile": Route(For.PERSON),
    "accounts:data": Route(For.PERSON),
    "accounts:export": Route(For.PERSON, page=False),
    "accounts:delete": Route(For.PERSON),
    "accounts:vehicles": Route(For.DRIVER),
    "accounts:vehicle-add": Route(For.PERSON),
    "accounts:vehicle-edit": Route(For.DRIVER, {"vehicle_id": "vehicle"}),
    "accounts:vehicle-remove": Route(For.DRIVER, {"vehicle_id": "vehicle"}),
    "accounts:operators": Route(For.PERSON),
    "accounts:members": Route(For.STAFF, {"operator_id": "operator"}),
    "accounts:member-role": Route(For.OWNER, _MEMBER, status=405),
    "accounts:member-remove": Route(For.OWNER, _MEMBER, status=405),
    "accounts:invitation-withdraw": Route(
        For.OWNER, {"operator_id": "operator", "invitation_id": "invitation"}, status=405
    ),
    "accounts:invitation": Route(For.INVITED, {"token": "invitation_token"}),
    # the people of an operator
    "operator:home": Route(For.STAFF),
    "operator:station-new": Route(For.MANAGER),
    "operator:station": Route(For.STAFF, _STATION),
    "operator:station-edit": Route(For.MANAGER, _STATION),
    "operator:hours": Route(For.MANAGER, _STATION),
    "operator:terms": Route(For.MANAGER, _STATION),
    "operator:station-submit": Route(For.MANAGER, {"station_id": "draft_station"}, status=405),
    "operator:evse-add": Route(For.MANAGER, _STATION),
    "operator:evse": Route(For.MANAGER, _EVSE),
    "operator:evse-remove": Route(For.MANAGER, _EVSE),
    "operator:evse-inhibit": Route(For.MANAGER, _EVSE, status=405),
    "operator:evse-release": Route(For.MANAGER, _EVSE, status=405),
    "operator:parking": Route(For.MANAGER, _STATION),
    "operator:parking-remove": Route(For.MANAGER, {**_STATION, "place_id": "place"}, status=405),
    "operator:images": Route(For.MANAGER, _STATION),
    "operator:image-remove": Route(For.MANAGER, {**_STATION, "image_id": "image"}, status=405),
    "operator:closures": Route(For.MANAGER, _STATION),
    "operator:closure-cancel": Route(For.MANAGER, {**_STATION, "closure_id": "closure"}, status=405),
    "operator:tariffs": Route(For.STAFF),
    "operator:tariff-new": Route(For.MANAGER),
    "operator:tariff": Route(For.STAFF, _TARIFF),
    "operator:tariff-edit": Route(For.MANAGER, _TARIFF),
    "operator:tariff-restore": Route(For.MANAGER, {**_TARIFF, "number": _exactly("1")}, status=405),
    "webhooks:home": Route(For.STAFF),
    "webhooks:new": Route(For.MANAGER),
    "webhooks:detail": Route(For.STAFF, _WEBHOOK),
    "webhooks:edit": Route(For.MANAGER, _WEBHOOK),
    "webhooks:remove": Route(For.MANAGER, _WEBHOOK),
    "webhooks:switch": Route(For.MANAGER, _WEBHOOK, status=405),
    "webhooks:rotate": Route(For.MANAGER, _WEBHOOK, status=405),
    "webhooks:ping": Route(For.MANAGER, _WEBHOOK, status=405),
    "webhooks:redeliver": Route(For.MANAGER, {**_WEBHOOK, "line_id": "webhook_delivery"}, status=405),
    "announcements": Route(For.MANAGER),
    "desk:today": Route(For.STAFF),
    "desk:bookings": Route(For.STAFF),
    "desk:waitlist": Route(For.STAFF),
    "desk:utilisation": Route(For.STAFF),
    "desk:calendars": Route(For.STAFF),
    "desk:calendar-renew": Route(For.STAFF, _STATION, status=405),
    "desk:calendar-stop": Route(For.STAFF, _STATION, status=405),
    "operator-money:home": Route(For.OWNER),
    "operator-money:onboarding": Route(For.OWNER),
    "operator-money:onboarding-start": Route(For.OWNER, status=405),
    "operator-money:onboarding-return": Route(For.OWNER, status=302),
    "operator-money:payouts": Route(For.OWNER),
    "operator-money:statement": Route(For.OWNER, {"year": _exactly("2026"), "month": _exactly("12")}),
    "operator-money:refund": Route(For.OWNER, {"reference": "billed"}),
    "operator-money:disputes": Route(For.OWNER),
    "operator-money:dispute": Route(For.OWNER, {"dispute_id": "dispute"}),
    "operator-money:plan": Route(For.OWNER),
    "operator-money:plan-return": Route(For.OWNER, status=302),
    "operator-money:revenue": Route(For.MANAGER),
    "desk:booking": Route(For.STAFF, {"reference": "pending"}),
    "desk:approve": Route(For.STAFF, {"reference": "pending"}, status=405),
    "desk:reject": Route(For.STAFF, {"reference": "pending"}),
    "desk:check_in": Route(For.STAFF, {"reference": "arriving"}, status=405),
    "desk:stop": Route(For.STAFF, {"reference": "charging"}, status=405),
    "desk:no_show": Route(For.STAFF, {"reference": "missed"}, status=405),
    "desk:cancel": Route(For.STAFF, {"reference": "reserved"}),
    # administrators
    "operator-prices:hint": Route(For.MANAGER),
    "console-recommender:home": Route(For.ADMINISTRATOR),
    "console-recommender:promote": Route(For.ADMINISTRATOR, _POLICY, status=405),
    "console-recommender:roll-back": Route(For.ADMINISTRATOR, _POLICY, status=405),
    "console:home": Route(For.ADMINISTRATOR),
    "console:stations": Route(For.ADMINISTRATOR),
    "console:station": Route(For.ADMINISTRATOR, {"station_id": "submitted_station"}),
    "console:station-approve": Route(For.ADMINISTRATOR, {"station_id": "submitted_station"}, status=405),
    "console:station-reject": Route(For.ADMINISTRATOR, {"station_id": "submitted_station"}),
    "console:station-suspend": Route(For.ADMINISTRATOR, _STATION),
    "console:station-reinstate": Route(For.ADMINISTRATOR, {"station_id": "suspended_station"}, status=405),
    "console:operators": Route(For.ADMINISTRATOR),
    "console:operator": Route(For.ADMINISTRATOR, {"operator_id": "operator"}),
    "console:users": Route(For.ADMINISTRATOR),
    "console:user": Route(For.ADMINISTRATOR, {"user_id": "driver_user"}),
    "console:audit": Route(For.ADMINISTRATOR),
    "console-announcements": Route(For.ADMINISTRATOR),
    "outbox:home": Route(For.ADMINISTRATOR),
    "outbox:messages": Route(For.ADMINISTRATOR),
    "outbox:delivery": Route(For.ADMINISTRATOR, {"delivery_id": "delivery"}),
    "outbox:replay": Route(For.ADMINISTRATOR, {"delivery_id": "delivery"}, status=405),
    "outbox:discard": Route(For.ADMINISTRATOR, {"delivery_id": "delivery"}),
    "console-money:platform": Route(For.ADMINISTRATOR),
    "console-money:disputes": Route(For.ADMINISTRATOR),
    "console-money:stripe-events": Route(For.ADMINISTRATOR),
    "console-money:stripe-event-replay": Route(For.ADMINISTRATOR, {"event_id": "stripe_event"}, status=405),
    # signing in, by allauth
    "account_login": Route(For.GUEST),
    "account_signup": Route(For.GUEST),
    "account_logout": Route(For.PERSON),
    "account_inactive": Route(For.EVERYONE),
    "account_reauthenticate": Route(For.PERSON),
    "account_email": Route(For.PERSON),
    "account_email_verification_sent": Route(For.GUEST),
    "account_confirm_email": Route(For.EVERYONE, {"key": _email_key}),
    "account_change_password": Route(For.PERSON),
    "account_set_password": Route(For.PERSON, status=302),
    "account_reset_password": Route(For.EVERYONE),
    "account_reset_password_done": Route(For.EVERYONE),
    "account_reset_password_from_key": Route(
        For.GUEST, {"uidb36": _reset_user, "key": _reset_key}, status=302
    ),
    "account_reset_password_from_key_done": Route(For.GUEST),
    "account_confirm_login_code": Route(For.GUEST, status=302),
    "usersessions_list": Route(For.PERSON),
    # second factors, by allauth
    "mfa_index": Route(For.SECURED),
    "mfa_authenticate": Route(For.GUEST, status=302),
    "mfa_reauthenticate": Route(For.SECURED),
    "mfa_reauthenticate_webauthn": Route(For.SECURED),
    "mfa_activate_totp": Route(For.PERSON),
    "mfa_deactivate_totp": Route(For.SECURED),
    "mfa_view_recovery_codes": Route(For.SECURED),
    "mfa_generate_recovery_codes": Route(For.SECURED),
    "mfa_download_recovery_codes": Route(For.SECURED, page=False),
    "mfa_list_webauthn": Route(For.SECURED),
    "mfa_add_webauthn": Route(For.SECURED),
    "mfa_edit_webauthn": Route(For.SECURED, {"pk": "passkey"}),
    "mfa_remove_webauthn": Route(For.SECURED, {"pk": "passkey"}),
    "mfa_login_webauthn": Route(For.GUEST, status=302),
}
