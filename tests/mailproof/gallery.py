"""What each note says: values for every folder of ``templates/email`` that is one.

A folder that is not here fails the proof, so that a new mail is held to the same from its first day. Each
kind has every state that its words have, and values as long as real ones get.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from newsletter.core.logos import Logo
from newsletter.rendering import notes
from newsletter.rendering.merge import templates_folder
from newsletter.rendering.values import Frame

ZONE = "Europe/Stockholm"

FRAME = Frame(
    association="Sällskapet Svenska Stengärdsgårdar",
    contact="kansliet@stengardar.example",
    base_url="https://brev.stengardar.example",
    postal_address="Murvägen 3, 386 30 Färjestaden",
    accent="#1f5a73",
    from_address="brev@stengardar.example",
    picture_sizes={"mur.jpg": (1104, 736)},
)
WITH_LOGO = Frame(
    association="Sällskapet Svenska Stengärdsgårdar",
    contact="kansliet@stengardar.example",
    base_url="https://brev.stengardar.example",
    accent="#7a5c00",
    from_address="brev@stengardar.example",
    logo=Logo("logotyp.png", 180, 60),
)

_SECRET = "mzxw6ytboi4dsnrtgqzdgnbvgy3tqojqgezdgnbvgy3tqojq"
_LINK = f"{FRAME.base_url}/inslag/{_SECRET}"
_DAY = "2030-11-28"
_AT = "2030-11-24T18:30:00+00:00"

_BLOCK = {
    "name": "Sven-Åke",
    "region": "Södermanland och Östergötland",
    "called": "decembernumret",
    "number": "Nyhetsbrevet 11/2030",
    "last": "torsdag 28 november",
    "link": _LINK,
}
_ROLE = {
    "name": "Birgitta",
    "whose": "Sven-Åke Ängsmark-Lindgren",
    "role": "regionansvarig",
    "region": "Södermanland och Östergötland",
    "last": _DAY,
}
_HANDOVER = {
    "name": "Birgitta",
    "other": "Sven-Åke Ängsmark-Lindgren",
    "role": "redaktör",
    "region": "",
    "last": None,
    "link": f"{FRAME.base_url}/logga-in",
}
_LETTER = {
    "name": "Ebba",
    "subject": "Vi lagar muren vid Gettlinge på lördag, ta med handskar",
    "region": "Sydöst",
    "link": f"{FRAME.base_url}/brev/{_SECRET}",
}
_REVIEW = {
    "name": "Ebba",
    "issue_name": "Nyhetsbrevet 11/2030",
    "title": "Stenarna som ingen flyttade",
    "link": f"{FRAME.base_url}/granska/{_SECRET}",
}
_CHANGES = [
    {
        "title": "Muren vid Gettlinge",
        "taken": "Vi ses klockan nio.",
        "added": "Vi ses klockan tio, vid grinden.",
    },
    {"title": "", "taken": "", "added": "Stenarna som ingen flyttade"},
    {"title": "Årsmötet flyttas till Kalmar", "taken": "", "added": ""},
]
_WAITS = {
    "whose": "Sven-Åke Ängsmark-Lindgren",
    "subject": "Sv: Stenarna som ingen flyttade",
    "day": _DAY,
    "link": f"{FRAME.base_url}/inkorg/7",
}
_CHOICE = {"list": "Nyhetsbrevet", "until": "2031-01-15", "link": f"{FRAME.base_url}/p/{_SECRET}"}
_CHANGE = {"last": _DAY, "link": f"{FRAME.base_url}/adress/{_SECRET}"}

#: By kind, the values of each state that a note of that kind can be in.
NOTES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "address-changed": [{**_CHANGE, "by_claim": False}, {**_CHANGE, "by_claim": True}],
    "address-decided": [
        {"approved": True, "to": "new"},
        {"approved": False, "to": "new"},
        {"approved": False, "to": "old"},
    ],
    "answer-waits": [
        {"name": "Ebba", "mails": [_WAITS], "more": 0, "link": f"{FRAME.base_url}/inkorg"},
        {
            "name": "Ebba",
            "mails": [_WAITS, {**_WAITS, "subject": ""}],
            "more": 3,
            "link": f"{FRAME.base_url}/inkorg",
        },
    ],
    "article-by-mail": [
        {
            "name": "Ebba",
            "title": "Stenarna som ingen flyttade",
            "left_out": [],
            "link": f"{FRAME.base_url}/artiklar/7",
        },
        {"name": "Ebba", "title": "Stenarna", "left_out": ["muren.exe", "karta.zip"], "link": ""},
    ],
    "block-by-mail": [{**_BLOCK, "taken": True}, {**_BLOCK, "taken": False}],
    "block-link": [_BLOCK],
    "block-moved": [_BLOCK],
    "block-over": [_BLOCK],
    "block-reminder": [_BLOCK],
    "block-request": [_BLOCK],
    "block-vacant": [
        {**_BLOCK, "regions": ["Norra"]},
        {**_BLOCK, "regions": ["Norra", "Jämtland och Västernorrland", "Värmland och Örebro"]},
    ],
    "choice": [{**_CHOICE, "choice": choice} for choice in ("stopped", "paused", "started")],
    "handover-given": [_HANDOVER, {**_HANDOVER, "region": "Skåne", "last": _DAY}],
    "handover-taken": [_HANDOVER, {**_HANDOVER, "region": "Skåne"}],
    "leave-asked": [{"list": "Nyhetsbrevet", "link": f"{FRAME.base_url}/u/{_SECRET}"}],
    "left": [{"list": "Nyhetsbrevet", "link": f"{FRAME.base_url}/u/{_SECRET}"}],
    "letter-approved": [{**_LETTER, "at": _AT}],
    "letter-returned": [
        {
            **_LETTER,
            "comment": "Skriv ut vilken lördag det är.\n\nOch är det <verkligen> klockan sju & inte tio?",
        }
    ],
    "letter-to-approve": [{**_LETTER, "writer": "Sven-Åke Ängsmark-Lindgren"}, {**_LETTER, "writer": ""}],
    "new-address": [{"old": "sv•••@stengardar.example", "link": f"{FRAME.base_url}/adress/{_SECRET}"}],
    "new-device": [{"name": "Hilma", "device": device, "at": _AT} for device in ("Firefox på Windows", "")],
    "own-page": [{"name": name, "link": f"{FRAME.base_url}/mina/{_SECRET}"} for name in ("Hilma", "")],
    "review-answered": [
        {**_REVIEW, "who": "Märta Sjökvist", "approved": True, "comments": []},
        {
            **_REVIEW,
            "who": "Märta Sjökvist",
            "approved": False,
            "comments": [["", "Titeln lovar mer än texten."], ["Muren vid Gettlinge", "Vem ska man ringa?"]],
        },
    ],
    "review-asked": [
        {**_REVIEW, "message": "", "waiting": []},
        {**_REVIEW, "message": "Särskilt stycket om arvet.\nTack!", "waiting": _CHANGES},
    ],
    "review-passed-over": [
        {**_REVIEW, "reason": "Klockan är tio och mötet är i morgon.", "waiting": _CHANGES}
    ],
    "role-ends": [_ROLE, {**_ROLE, "region": ""}],
    "role-ends-of-another": [_ROLE],
    "sign-up": [{"link": f"{FRAME.base_url}/prenumerera/{_SECRET}"}],
    "sign-up-known": [{"link": f"{FRAME.base_url}/prenumerera/{_SECRET}"}],
    "unsubscribe-trial": [{"token": "mz4v2q" * 8}],
    "sign-in": [{"name": "Hilma", "link": f"{FRAME.base_url}/logga-in/{_SECRET}"}],
}


def kinds(folder: Path | None = None) -> set[str]:
    """Return the names of the folders that hold a mail."""
    return {
        path.name
        for path in (folder or templates_folder()).iterdir()
        if path.is_dir() and path.name[0] != "_"
    }


def notes_of(kind: str, language: str) -> list[notes.RenderedNote]:
    """Render every state of a kind of note. Raises ``KeyError`` for a kind that has no values here."""
    return [notes.render(kind, values, frame=FRAME, speaks=language, zone=ZONE) for values in NOTES[kind]]
