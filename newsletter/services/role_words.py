"""What roles are called within a sentence; where a word stands alone, pages capitalise it."""

from newsletter.language import mark
from subscribers.core.authority import RoleName

ROLES = {
    RoleName.ADMINISTRATOR: mark("administratör"),
    RoleName.OFFICER: mark("redaktör"),
    RoleName.REGIONAL_LEAD: mark("regionansvarig"),
    RoleName.REVIEWER: mark("granskare"),
    RoleName.TREASURER: mark("kassör"),
    RoleName.READER: mark("läsare"),
}
