"""What mail that comes to us can be, and why an address can fail: the tables' words, without a parser."""

from enum import Enum


class What(Enum):
    """What a mail is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    """By our mailto link (``traces.choice``), or in the writer's own words."""
    LEAVING = "leaving"
    """Somebody wants to leave the association: for the treasurer."""
    AUTOMATIC = "automatic"
    NEW_ADDRESS = "new address"
    ARTICLE = "article"
    REPLY = "reply"
    """A person wrote: an answer to a letter where ``traces`` say to which."""
    UNKNOWN = "unknown"
    """Kept and shown; nothing is done."""


class Kind(Enum):
    """Why an address could not be written to."""

    ADDRESS = "address"
    """There is no such mailbox or domain, or it is closed."""
    FULL = "full"
    POLICY = "policy"
    """The server does not want it: spam, a block list, or who we are."""
    SIZE = "size"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"
