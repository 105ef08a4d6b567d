"""What can go wrong with people, addresses and regions, each told in a sentence.

SentenceError
└── SubscribersError
    ├── NotFound           no such thing, or not within the asker's scope: the same answer
    ├── BadAddress         an address that no mail can be sent to
    ├── BadToken           a token that is forged, cut off or of another purpose
    ├── SegmentRefused     a rule that is none, or a segment that cannot do what was asked
    └── ImportRefused      a file that cannot be read as a register
"""


def mark(swedish: str) -> str:
    """Mark a sentence for the catalogue where it is written; an edge shows it in the person's language."""
    return swedish


class SentenceError(Exception):
    """An error that a person is told about, in one sentence that says what to do.

    ``sentence`` is the Swedish text with ``{named}`` places; it is also the key by which
    ``newsletter.language`` finds the English one. ``facts`` fill the places. A programming
    mistake is never a SentenceError.
    """

    def __init__(self, sentence: str, /, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence.format(**self.facts)


class SubscribersError(SentenceError):
    """Base of all errors that ``subscribers`` raises on purpose."""


class NotFound(SubscribersError):
    """No such thing, or it lies outside the asker's scope: both get the same answer."""


class BadAddress(SubscribersError):
    """An address that no mail can be sent to."""


class BadToken(SubscribersError):
    """A token that is forged, cut off, or made for another purpose."""


class ImportRefused(SubscribersError):
    """A file that cannot be read as a register of members; nothing was imported."""


class SegmentRefused(SubscribersError):
    """A rule that is none, or a segment that cannot be kept or taken away as asked."""
