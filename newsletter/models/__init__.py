"""Tables of articles, issues, variants and deliveries, one module per noun. No behaviour beyond a property.

All times are UTC with a zone.
"""

from newsletter.models.articles import (
    Article,
    ArticleAttachment,
    ArticleImage,
    ArticleLink,
    ArticleRevision,
    ArticleStatus,
    AudienceType,
)
from newsletter.models.deliveries import (
    Delivery,
    DeliveryState,
    LeftOutReason,
)
from newsletter.models.issues import (
    Issue,
    IssueStatus,
    Item,
    ItemForm,
    Variant,
    VariantRegion,
)
from newsletter.models.notes import Note
from newsletter.models.rates import RateWindow
from newsletter.models.sign_ins import KnownDevice, Password, SignInLink, WebSession

__all__ = [
    "Article",
    "ArticleAttachment",
    "ArticleImage",
    "ArticleLink",
    "ArticleRevision",
    "ArticleStatus",
    "AudienceType",
    "Delivery",
    "DeliveryState",
    "Issue",
    "IssueStatus",
    "Item",
    "ItemForm",
    "KnownDevice",
    "LeftOutReason",
    "Note",
    "Password",
    "RateWindow",
    "SignInLink",
    "Variant",
    "VariantRegion",
    "WebSession",
]
