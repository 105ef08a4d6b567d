"""Tables of people, regions and lists, one module per noun. No behaviour beyond a property.

All times are stored as UTC and come back with a zone.
"""

from subscribers.models.acts import Act, Fact
from subscribers.models.base import Base, BigId, UtcDateTime, enum_column
from subscribers.models.imports import FieldChange, ImportRun, SetBy
from subscribers.models.lists import (
    PUBLIC,
    Archive,
    ConsentEntry,
    ConsentWording,
    ListPurpose,
    MailingList,
    SignUp,
    Subscription,
)
from subscribers.models.people import Address, AddressKind, FollowedRegion, Subscriber, Tag, new_pseudonym
from subscribers.models.places import County, Municipality, Region
from subscribers.models.roles import Role, RoleName
from subscribers.models.segments import Segment
from subscribers.models.suppressions import Erasure, Suppression, SuppressionReason, SuppressionRelease

__all__ = [
    "PUBLIC",
    "Act",
    "Address",
    "AddressKind",
    "Archive",
    "Base",
    "BigId",
    "ConsentEntry",
    "ConsentWording",
    "County",
    "Erasure",
    "Fact",
    "FieldChange",
    "FollowedRegion",
    "ImportRun",
    "ListPurpose",
    "MailingList",
    "Municipality",
    "Region",
    "Role",
    "RoleName",
    "Segment",
    "SetBy",
    "SignUp",
    "Subscriber",
    "Subscription",
    "Suppression",
    "SuppressionReason",
    "SuppressionRelease",
    "Tag",
    "UtcDateTime",
    "enum_column",
    "new_pseudonym",
]
