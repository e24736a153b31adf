"""Twilio's error codes that say something for good about a number (www.twilio.com/docs/api/errors)."""

from typing import Final

OPTED_OUT: Final = 21610
DISABLING: Final = {
    21211: "it is no valid number",
    21214: "it cannot be reached",
    21217: "it is no valid number",
    21614: "it is no mobile number",
    30005: "nobody has it",
    30006: "it is a landline, or its network takes no text messages",
}
