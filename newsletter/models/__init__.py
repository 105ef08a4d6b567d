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
    "LeftOutReason",
    "Variant",
    "VariantRegion",
]
