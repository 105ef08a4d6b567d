"""What people read of a change to an issue: what was done, in one clause without a full stop."""

from collections.abc import Mapping
from typing import Any

from newsletter.core.compositions import What
from newsletter.language import _, mark

_WORDS = {
    What.ADDED: mark("”{title}” lades till"),
    What.REMOVED: mark("”{title}” togs bort"),
    What.AUDIENCE: mark("”{title}” fick andra mottagare"),
    What.ITEM: mark("”{title}” ändrades"),
    What.SECTION_ADDED: mark("avsnittet ”{section}” lades till"),
    What.SECTION_RENAMED: mark("avsnittet ”{was}” fick namnet ”{section}”"),
    What.SECTION_REMOVED: mark("avsnittet ”{section}” togs bort"),
}

_FIELDS = {
    ("title",): mark("titeln ändrades"),
    ("subject",): mark("ämnesraden ändrades"),
    ("preheader",): mark("förhandstexten ändrades"),
}


def said(what: What, facts: Mapping[str, Any]) -> str:
    """Return what was done, in the current language: ”Vårens träffar” flyttades till plats 2."""
    match what:
        case What.WORDS:
            return _(_FIELDS.get(tuple(facts["fields"]), mark("titel, ämnesrad och förhandstext ändrades")))
        case What.MOVED:
            return _moved(facts)
        case What.FORM if facts["form"] == "teaser":
            return _("”{title}” visas som puff").format(**facts)
        case What.FORM:
            return _("”{title}” visas i sin helhet").format(**facts)
        case What.STANDING if facts["standing"]:
            return _("”{title}” blev stående").format(**facts)
        case What.STANDING:
            return _("”{title}” är inte längre stående").format(**facts)
        case What.UNDONE:
            return _("ångrat: {what}").format(what=said(What(facts["undone"]), facts))
    return _(_WORDS[what]).format(**facts)


def _moved(facts: Mapping[str, Any]) -> str:
    if facts["section"]:
        return _("”{title}” flyttades till plats {place}, i {section}").format(**facts)
    return _("”{title}” flyttades till plats {place}").format(**facts)
