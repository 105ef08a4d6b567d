"""What roles are called on the pages."""

from newsletter.language import mark
from subscribers.core.authority import RoleName

ROLES = {
    RoleName.ADMINISTRATOR: mark("Administratör"),
    RoleName.OFFICER: mark("Redaktör"),
    RoleName.REGIONAL_LEAD: mark("Regionansvarig"),
    RoleName.REVIEWER: mark("Granskare"),
    RoleName.TREASURER: mark("Kassör"),
    RoleName.READER: mark("Läsare"),
}
