"""Who is in reach of a letter, and why some in reach get none."""

import enum


class NotReached(enum.Enum):
    """Why a person in reach of a letter gets none. The values are stored in the ledger of deliveries."""

    DECEASED = "deceased"
    NOT_SUBSCRIBED = "not-subscribed"
    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"
    NO_ADDRESS = "no-address"
    SUPPRESSED = "suppressed"
