"""Tables of articles, issues, variants and deliveries, one module per noun. No behaviour beyond a property.

All times are UTC with a zone.
"""

from newsletter.models.articles import (
    Article,
    ArticleAttachment,
    ArticleDraft,
    ArticleImage,
    ArticleLink,
    ArticleRevision,
    ArticleStatus,
    AudienceType,
)
from newsletter.models.blocks import (
    Block,
    BlockFallback,
    BlockLink,
    BlockNotice,
    BlockRound,
    BlockState,
    StandingBlock,
)
from newsletter.models.check_ups import Boomerang, CheckUp
from newsletter.models.compositions import IssueChange, Presence
from newsletter.models.deliveries import (
    Delivery,
    DeliveryState,
    LeftOutReason,
)
from newsletter.models.handovers import Handover
from newsletter.models.inbound import (
    Acknowledgement,
    AddressFailure,
    Call,
    CallReason,
    DomainHold,
    InboundMail,
    Way,
)
from newsletter.models.issues import (
    Hold,
    Issue,
    IssueKind,
    IssueStatus,
    Item,
    ItemForm,
    Variant,
    VariantRegion,
)
from newsletter.models.link_answers import LinkAnswer
from newsletter.models.notes import Note
from newsletter.models.organisation import Organisation
from newsletter.models.own_pages import AddressChange, ChangeState, OwnPageLink, OwnPageSession
from newsletter.models.paces import SendingPace
from newsletter.models.passed_warnings import PassedWarnings
from newsletter.models.plans import Break
from newsletter.models.rates import RateWindow
from newsletter.models.regional_letters import LetterRule, RegionalLetter
from newsletter.models.reviews import Approval, ReviewComment, ReviewCopy, Reviewer, ReviewRound
from newsletter.models.senders import SenderLease, SenderState
from newsletter.models.sign_ins import KnownDevice, Password, SignInLink, WebSession
from newsletter.models.summaries import IssueSummary
from newsletter.models.web_versions import Amendment, AmendmentKind, NamedOnWeb, WebVersion

__all__ = [
    "Acknowledgement",
    "AddressChange",
    "AddressFailure",
    "Amendment",
    "AmendmentKind",
    "Approval",
    "Article",
    "ArticleAttachment",
    "ArticleDraft",
    "ArticleImage",
    "ArticleLink",
    "ArticleRevision",
    "ArticleStatus",
    "AudienceType",
    "Block",
    "BlockFallback",
    "BlockLink",
    "BlockNotice",
    "BlockRound",
    "BlockState",
    "Boomerang",
    "Break",
    "Call",
    "CallReason",
    "ChangeState",
    "CheckUp",
    "Delivery",
    "DeliveryState",
    "DomainHold",
    "Handover",
    "Hold",
    "InboundMail",
    "Issue",
    "IssueChange",
    "IssueKind",
    "IssueStatus",
    "IssueSummary",
    "Item",
    "ItemForm",
    "KnownDevice",
    "LeftOutReason",
    "LetterRule",
    "LinkAnswer",
    "NamedOnWeb",
    "Note",
    "Organisation",
    "OwnPageLink",
    "OwnPageSession",
    "PassedWarnings",
    "Password",
    "Presence",
    "RateWindow",
    "RegionalLetter",
    "ReviewComment",
    "ReviewCopy",
    "ReviewRound",
    "Reviewer",
    "SenderLease",
    "SenderState",
    "SendingPace",
    "SignInLink",
    "StandingBlock",
    "Variant",
    "VariantRegion",
    "Way",
    "WebSession",
    "WebVersion",
]
