"""How Twilio says no. Codes and texts: twilio.com/docs/api/errors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """An error answer; `body` is Twilio's shape."""

    status: int
    code: int
    message: str

    @property
    def body(self) -> dict[str, str | int]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


NOT_ALLOWED = Problem(401, 20003, "Authenticate")
METHOD_REFUSED = Problem(405, 20004, "Method not allowed")
TOO_MANY = Problem(429, 20429, "Too Many Requests")
BROKEN = Problem(500, 20500, "Internal Server Error")
NO_RECIPIENT = Problem(400, 21604, "A 'To' phone number is required.")
NO_SENDER = Problem(400, 21603, "A 'From' phone number is required.")
NO_BODY = Problem(400, 21602, "Message body is required.")
BAD_RECIPIENT = Problem(400, 21211, "Invalid 'To' Phone Number")
BAD_CALLBACK = Problem(400, 21609, "The 'StatusCallback' URL is not a valid URL.")
BAD_MEDIA = Problem(400, 21620, "Invalid media URL(s)")
BAD_TEMPLATE = Problem(400, 21655, "The ContentSid is Invalid")
BAD_SERVICE = Problem(400, 21701, "The Messaging Service does not exist")
TOO_LONG = Problem(400, 21617, "The concatenated message body exceeds the 1600 character limit")
TOO_MANY_MEDIA = Problem(400, 21623, "Number of media files exceeds allowed limit")
OTHER_CHANNEL = Problem(
    400, 21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"
)
UNKNOWN_SENDER = Problem(
    400, 63007, "Twilio could not find a Channel with the specified From address"
)
SAME_ADDRESS = Problem(400, 63031, "Message cannot have the same To and From")

OUTSIDE_WINDOW = 63016

_FAILURES = {
    OUTSIDE_WINDOW: "Failed to send freeform message because you are outside the allowed window.",
    63024: "Invalid message recipient",
}


def failure_text(code: int) -> str:
    """Return the `error_message` of a message that failed after it was accepted."""
    return _FAILURES.get(code, "Message could not be delivered")


def not_found(path: str) -> Problem:
    return Problem(404, 20404, f"The requested resource {path} was not found")


def bad_parameter(name: str) -> Problem:
    return Problem(400, 20001, f"Invalid parameter: {name}")
