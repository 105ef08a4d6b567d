"""Is a heading the title of a new article or a subhead of the running one? A rule in numbers, and no magic.

Nothing in a plain text says it outright, so evidence is added up: above zero it speaks for a new article,
below zero for a subhead; 1 is a hint, 3 all but proof. Some of it lies in the heading and what stands around
it, some between its section and the article that it would continue, some in whether it keeps the pattern of
the subheads before it. The logistic function makes a probability of the sum, and of all ways to split the
text the likeliest one wins, so that what comes later counts too.

The weights were set by hand, then compared with a regression on 25 newsletters that left one of them out
at a time, and rounded. tests/newsletter/importing measures what they are worth on texts they never saw.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, log, log1p, sqrt

#: An article with more subheads than this is not looked for: time grows with it.
REACH = 40

# --- What the heading and its surroundings say ---

#: Where nothing else speaks, a heading opens an article.
BIAS = 1.5
#: By the heading's number of words, from one: subheads are short, headlines tell something.
BY_WORDS = (-1.0, -1.0, -0.2, 0.0, 0.0, 0.6, 0.8)
#: For each word (three at most) that it is longer than the first heading, which is surely a title.
PER_WORD = 0.2
#: It has a finite verb: it tells news.
CLAUSE = 0.8
#: ”Inbjudan: …”, ”Filmat – …”: a kind of article is named.
LABELLED = 1.3
#: ”Ny hemsida”, ”Välkommen Lotta!”, ”Sommarhälsning”: what associations' short notices are called.
NEWS = 1.2
#: ”Tre råd …”, ”Fakta”, ”Så gör du”: what newspapers set in a box beside an article.
BOXED = -2.5
#: It stands in the list of contents.
LISTED = 4.0
#: The text before it ended with a comma or a colon.
OPEN_BEFORE = -1.8
#: A question is rather a subhead; surely so when a line of dialogue answers it.
QUESTION, ANSWERED = -0.8, -2.2
#: The text below begins with ”Men”, ”Han”, ”Därför”: it leans on what was said before.
CONTINUES = -1.0
#: Only one paragraph below it.
ONE_PARAGRAPH = -0.9
#: Days and times stand below it (a calendar), or its first words say which day and what time to come.
CALENDAR, EVENT = 1.5, 1.4
#: Its own text says where to read more or whom to write to: it is complete in itself.
OWN_CONTACT = 0.7
#: The text's style tells two levels apart (marks, capitals), or sets some headings close to their text.
RANK, ATTACHED = 5.0, -1.6

# --- What ties a section to the running article; subtracted ---

#: All of the heading's words were in the title or the first paragraphs, or it is an item of a list there;
#: some of them were anywhere in the article.
NAMED_IN_LEAD, NAMED_IN_TEXT = 2.0, 0.4
#: How much the words of the section are those of the article, beyond what is usual in this text; and its
#: bounds.
LIKENESS, UNLIKE, LIKE = 24.0, -1.0, 2.0
#: Someone says ”jag” in both.
SAME_I = 1.8
#: The article said that more was to come (”nedan”, ”följande”, ”allt om”).
ANNOUNCED = 1.3
#: The article had just a short introduction so far. Half of it against, after a long text.
INTRODUCTION = 1.4
#: The article has a subhead already.
MOMENTUM = 1.5
#: All subheads so far were questions, or had one paragraph, and this one keeps to it.
KEEPS_QUESTIONS, KEEPS_PARAGRAPH = 1.0, 0.9

# --- What breaks the pattern of two or more subheads ---

#: All were questions and this is none; all had one paragraph and this has more; all had a word or two.
BREAKS_QUESTIONS, BREAKS_PARAGRAPH, BREAKS_SHORTNESS = 2.2, 1.5, 0.8

#: An article with exactly one subhead is less usual.
LONE_SUBHEAD = -0.5
#: From here on a closing means that the article had been signed; what then follows weighs against all the
#: rest.
SURELY_CLOSED = 2.5
#: A person's word outweighs all evidence.
FORCED = 1e6
#: With how many sections before it a section is compared, and with how many around it for what is usual.
NEAR, AROUND = 6, 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the text below it, up to the next heading, as far as the decision needs to know it.

    ``title`` is the heading in lower case, ``items`` the list items of its text in the same form.
    ``words`` counts the heading's words, ``length`` those of its text. ``heading``, ``lead`` and ``terms``
    are word stems of the heading, of the first two paragraphs and of it all. ``closing`` is how surely the
    text *before* the heading ended an article (0 to 5: nothing .. a signature), ``opening`` how surely the
    text right below it begins one (0 or 4: a kicker, a byline, a date). ``rank`` is the level that a mark or
    style gives the heading, 1 the highest, 0 where there is none. ``forced`` is a person's word: True for a
    title. The rest are read as sentences: the heading *is a clause*, its text *announces* more to come.
    """

    words: int
    paragraphs: int
    length: int
    title: str = ""
    items: frozenset[str] = frozenset()
    heading: frozenset[str] = frozenset()
    lead: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    closing: float = 0.0
    opening: float = 0.0
    rank: int = 0
    is_clause: bool = False
    is_question: bool = False
    is_answered: bool = False
    is_labelled: bool = False
    is_boxed: bool = False
    is_listed: bool = False
    is_news: bool = False
    is_calendar: bool = False
    is_event: bool = False
    is_letterhead: bool = False
    has_contact: bool = False
    continues: bool = False
    open_before: bool = False
    announces: bool = False
    first_person: bool = False
    attached: bool = False
    forced: bool | None = None


def split(sections: Sequence[Section]) -> list[bool]:
    """Say of each heading whether it opens an article (True), as the first one does, or is a subhead (False).

    Takes time in proportion to the number of sections (times ``REACH``, fewer for very long texts).
    """
    reach = REACH if len(sections) <= 400 else max(4, 16_000 // len(sections))
    document = _Document(sections)
    best = [0.0] + [float("-inf")] * len(sections)
    came_from = [0] * (len(sections) + 1)
    for start in range(len(sections)):
        for end, likelihood in document.articles_from(start, reach):
            if best[start] + likelihood > best[end]:
                best[end], came_from[end] = best[start] + likelihood, start
    return _starts(came_from)


def _starts(came_from: list[int]) -> list[bool]:
    opens = [False] * (len(came_from) - 1)
    end = len(opens)
    while end:
        end = came_from[end]
        opens[end] = True
    return opens


@dataclass(slots=True)
class _Running:
    """What an article is made of so far: its first section, and what its subheads have in common."""

    first: Section
    terms: set[str] = field(default_factory=set)
    first_person: bool = False
    subheads: int = 0
    all_questions: bool = True
    all_one_paragraph: bool = True
    most_words: int = 0
    closed: float = 0.0

    def begin(self) -> None:
        self.terms |= self.first.terms
        self.first_person = self.first.first_person

    def add(self, section: Section) -> None:
        self.terms |= section.terms
        self.first_person = self.first_person or section.first_person
        self.subheads += 1
        self.all_questions = self.all_questions and section.is_question
        self.all_one_paragraph = self.all_one_paragraph and section.paragraphs <= 1
        self.most_words = max(self.most_words, section.words)
        self.closed = max(self.closed, section.closing)


class _Document:
    """All sections of a text, with what is compared between them."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._rarity = _rarity(sections)
        self._sizes = [sqrt(sum(self._rarity[term] for term in s.terms)) or 1.0 for s in sections]
        self._around = AROUND if len(sections) <= 400 else NEAR
        self._usual = [self._usual_likeness(place) for place in range(len(sections))]
        self._ranks = {s.rank for s in sections if s.rank}
        self._attached = {s.attached for s in sections}
        self._own = [self._of_heading(s) for s in sections]

    def articles_from(self, start: int, reach: int) -> Iterator[tuple[int, float]]:
        """Give (end, log-likelihood) for each article that could begin at ``start``, the shortest first.

        Its subheads are taken for subheads, and the heading at ``end`` for a title.
        """
        taken = 0.0
        running = _Running(self._sections[start])
        running.begin()
        for place in range(start + 1, len(self._sections)):
            section = self._sections[place]
            evidence = self._evidence(start, place, running)
            lone = LONE_SUBHEAD if running.subheads == 1 else 0.0
            yield place, taken + lone + _log_likelihood(evidence)
            if place - start >= reach and section.forced is not False:
                return
            taken += _log_likelihood(-evidence)
            running.add(section)
        yield len(self._sections), taken + (LONE_SUBHEAD if running.subheads == 1 else 0.0)

    def _evidence(self, start: int, place: int, running: _Running) -> float:
        section = self._sections[place]
        if section.forced is not None:
            return FORCED if section.forced else -FORCED
        is_last = place == len(self._sections) - 1
        tied = self._likeness_to(start, place) + _tied(section, running, is_last)
        return self._own[place] - tied + _pattern(section, running)

    def _of_heading(self, section: Section) -> float:
        """Weigh what the heading and its surroundings say."""
        longer = max(-3, min(3, section.words - self._sections[0].words))
        return (
            BIAS
            + BY_WORDS[min(section.words, len(BY_WORDS)) - 1]
            + PER_WORD * longer
            + section.closing
            + section.opening
            + CLAUSE * section.is_clause
            + LABELLED * section.is_labelled
            + NEWS * section.is_news
            + BOXED * section.is_boxed
            + LISTED * section.is_listed
            + OPEN_BEFORE * section.open_before
            + QUESTION * section.is_question
            + ANSWERED * section.is_answered
            + CONTINUES * section.continues
            + ONE_PARAGRAPH * (section.paragraphs <= 1)
            + CALENDAR * section.is_calendar
            + EVENT * section.is_event
            + OWN_CONTACT * section.has_contact
            + self._of_style(section)
        )

    def _of_style(self, section: Section) -> float:
        evidence = 0.0
        if len(self._ranks) > 1 and section.rank:
            evidence += RANK if section.rank == min(self._ranks) else -RANK
        if len(self._attached) > 1:
            evidence += ATTACHED if section.attached else -ATTACHED / 4
        return evidence

    def _likeness_to(self, start: int, place: int) -> float:
        """Compare a section with the running article's most like it, and with the text at large."""
        near = range(max(start, place - NEAR), place)
        most = max(self._likeness(place, other) for other in {start, *near})
        return max(UNLIKE, min(LIKE, (most - self._usual[place]) * LIKENESS))

    def _likeness(self, one: int, other: int) -> float:
        """Return how much of their rare words two sections share, 0 to 1 (cosine of inverse frequencies)."""
        common = self._sections[one].terms & self._sections[other].terms
        shared = sum(self._rarity[term] for term in common)
        return shared / (self._sizes[one] * self._sizes[other])

    def _usual_likeness(self, place: int) -> float:
        """Return how like the sections around it this one is, whatever article they belong to."""
        around = range(max(0, place - self._around), min(len(self._sections), place + self._around + 1))
        likenesses = [self._likeness(place, other) for other in around if other != place]
        return sum(likenesses) / max(1, len(likenesses))


def _tied(section: Section, running: _Running, is_last: bool) -> float:
    """Weigh what ties a section to the running article, beside its words."""
    first = running.first
    return (
        _named_before(section, running)
        + SAME_I * (section.first_person and running.first_person)
        + ANNOUNCED * (first.announces and not first.is_letterhead)
        + (MOMENTUM if running.subheads else _after_introduction(section, first, is_last))
        - (running.closed if running.closed >= SURELY_CLOSED else 0.0)
    )


def _named_before(section: Section, running: _Running) -> float:
    """Weigh how much of a heading was announced in the article's lead, or stands in its text."""
    if not section.heading or running.first.is_letterhead:
        return 0.0  # what a letter's first lines name are its articles
    if section.title in running.first.items:
        return NAMED_IN_LEAD
    in_lead = len(section.heading & (running.first.lead | running.first.heading)) / len(section.heading)
    if in_lead > 0.99:
        return NAMED_IN_LEAD if len(section.heading) > 1 else NAMED_IN_LEAD * 0.8
    in_text = len(section.heading & running.terms) / len(section.heading)
    return NAMED_IN_TEXT * in_text + in_lead**2 * NAMED_IN_LEAD / 3


def _after_introduction(section: Section, first: Section, is_last: bool) -> float:
    """Weigh what the article has so far: a few words are an introduction, a whole text is rather whole.

    An introduction leads to several parts. Where only one is left, those few words are a notice of their own.
    """
    if section.closing >= 1 or first.is_letterhead:
        return 0.0
    if first.length <= 90 and (first.paragraphs <= 1 or first.length < 0.7 * section.length):
        return INTRODUCTION if first.paragraphs <= 2 and not is_last else 0.0
    return -INTRODUCTION / 2 if first.length >= 120 else 0.0


def _pattern(section: Section, running: _Running) -> float:
    """Weigh whether a heading keeps or breaks the pattern of the subheads before it."""
    if not running.subheads:
        return 0.0
    evidence = -KEEPS_QUESTIONS * (running.all_questions and section.is_question)
    evidence -= KEEPS_PARAGRAPH * (running.all_one_paragraph and section.paragraphs <= 1)
    if running.subheads >= 2:
        evidence += BREAKS_QUESTIONS * (running.all_questions and not section.is_question)
        evidence += BREAKS_PARAGRAPH * (running.all_one_paragraph and section.paragraphs > 1)
        evidence += BREAKS_SHORTNESS * (running.most_words <= 2 and section.words >= 4)
    return evidence


def _log_likelihood(evidence: float) -> float:
    """Return the logarithm of the logistic function; never more than 0."""
    return -log1p(exp(-evidence)) if evidence > -30 else evidence


def _rarity(sections: Sequence[Section]) -> dict[str, float]:
    """Weigh each stem by how few sections have it: the square of its inverse frequency's logarithm."""
    having = Counter(term for section in sections for term in section.terms)
    return {term: log(len(sections) / count) ** 2 for term, count in having.items()}
