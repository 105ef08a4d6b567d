"""Mail encoded ahead: a template of byte pieces with slots between them.

    rendering  puts MARKERS where a person's own words go, and ``defuse``s them in what people wrote
    mime       compiles the rendered parts into pieces and slots
    sending    fills the slots, once per person: one ``b"".join``
"""

#: Names of the slots.
TO = "to"
REPLY_TO = "reply-to"
DATE = "date"
MESSAGE_ID = "message-id"
LIST_UNSUBSCRIBE = "list-unsubscribe"
GREETING = "greeting"
UNSUBSCRIBE_URL = "unsubscribe-url"
PREFERENCES_URL = "preferences-url"

#: What stands in rendered HTML and text where a slot goes, by the slot's name. Plain ASCII letters and
#: underscores, since premailer percent-encodes anything else in an href.
MARKERS = {
    GREETING: "__GREETING__",
    UNSUBSCRIBE_URL: "__UNSUBSCRIBE_URL__",
    PREFERENCES_URL: "__PREFERENCES_URL__",
}


def defuse(text: str) -> str:
    """Break every marker in what people wrote, so that it can never become a slot.

    Call it on the finished HTML or text of an article (after Markdown, since ``&#95;`` in its source
    becomes an underscore) and on plain fields such as titles, before they meet our own markers. A word
    joiner (U+2060, invisible) goes between the first two underscores; other text is left as it is.
    """
    for marker in MARKERS.values():
        text = text.replace(marker, f"_\u2060{marker[1:]}")
    return text
