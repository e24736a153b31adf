"""Times as people read them, in their language, on a site's clock: the one formatter of pages, mails and texts."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT: Final = "en"
_DAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}
_MONTHS: Final = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
}
_DAY: Final = {"en": "{weekday} {day} {month}", "de": "{weekday} {day}. {month}"}
_ZONE: Final = {"en": "{city} time", "de": "Zeit in {city}"}


def day(instant: datetime, zone: ZoneInfo, language: str = DEFAULT) -> str:
    """Tue 24 Nov; Di 24. Nov."""
    wall = instant.astimezone(zone)
    language = language if language in _DAY else DEFAULT
    return _DAY[language].format(
        weekday=_DAYS[language][wall.weekday()], day=wall.day, month=_MONTHS[language][wall.month - 1]
    )


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """14:00; with the name of the offset in an hour that comes twice."""
    wall = instant.astimezone(zone)
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    return f"{wall:%H:%M} {wall.tzname()}" if twice else f"{wall:%H:%M}"


def time(instant: datetime, zone: ZoneInfo, language: str = DEFAULT) -> str:
    """Tue 24 Nov 14:00."""
    return f"{day(instant, zone, language)} {clock(instant, zone)}"


def span(start: datetime, end: datetime, zone: ZoneInfo, language: str = DEFAULT) -> str:
    """14:00–15:15; the end names its day where that is another one."""
    same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
    return f"{clock(start, zone)}–{clock(end, zone) if same_day else time(end, zone, language)}"


def zone_name(zone: ZoneInfo, language: str = DEFAULT) -> str:
    """Europe/Berlin as people read it: Berlin time."""
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return _ZONE.get(language, _ZONE[DEFAULT]).format(city=city)
