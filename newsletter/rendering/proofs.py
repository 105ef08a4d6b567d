"""The proof that members were called, on paper: what went, when, and to whom. Always in Swedish.

heading | facts | how the members stand | what was sent | every member | digest and signatures
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.core.notices import Account, Member, Standing
from newsletter.language import _, mark, using
from newsletter.rendering.paper import HAIRLINE, INK, QUIET, Paper, legible

STANDINGS = {
    Standing.ACCEPTED: mark("överlämnat"),
    Standing.ON_ITS_WAY: mark("på väg"),
    Standing.UNKNOWN: mark("ovisst"),
    Standing.REFUSED: mark("avvisat"),
    Standing.BOUNCED: mark("studsade"),
    Standing.SUPPRESSED: mark("spärrad adress"),
    Standing.NO_ADDRESS: mark("saknar e-postadress"),
    Standing.NOT_SENT: mark("inte skickat"),
    Standing.DECEASED: mark("avliden"),
}

_BAR_COLOUR = (138, 51, 36)
#: Widths of the columns in millimetres; together the measure.
_COLUMNS = (46.0, 19.0, 54.0, 26.0, 25.0)
_LINE = 4.4


@dataclass(frozen=True, slots=True)
class Proof:
    """What the paper says beside the account: whose it is, its data's digest, and when it was drawn up."""

    account: Account
    association: str
    sha256: str
    drawn_up_at: datetime
    zone: str


def write(proof: Proof) -> bytes:
    """Return the proof as a PDF; the same proof gives the same bytes."""
    with using("sv"):
        account = proof.account
        foot = _("Kallelsebevis · {issue} · {association}").format(
            issue=account.name, association=proof.association
        )
        paper = Paper(title=_("Kallelsebevis"), foot=foot, dated=proof.drawn_up_at)
        paper.add_page()
        _heading(paper, proof)
        _facts(paper, proof)
        _counts(paper, account)
        _contents(paper, account)
        _members(paper, proof)
        _end(paper, proof)
        return bytes(paper.output())


def moment(at: datetime | None, zone: str) -> str:
    """Return a moment as the clock of a zone shows it, to the minute; empty for none."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H.%M}" if at else ""


def _heading(paper: Paper, proof: Proof) -> None:
    paper.face(9)
    paper.ink(QUIET)
    paper.paragraph(proof.association)
    paper.ink()
    paper.ln(3)
    paper.face(25, bold=True)
    paper.paragraph(_("Kallelsebevis"), height=11)
    paper.face(13)
    paper.paragraph(proof.account.title, height=6.5)
    paper.ln(5)


def _facts(paper: Paper, proof: Proof) -> None:
    account = proof.account
    facts = (
        (_("Medlemsmeddelande"), f"{account.name} (id {account.issue_id})"),
        (_("Ämnesrad"), account.subject),
        (_("Avstämningsdag"), account.record_date and account.record_date.isoformat()),
        (_("Sista dag"), account.last_date and account.last_date.isoformat()),
        (_("Skickat"), moment(account.released_at, proof.zone) or _("har inte gått ut")),
        (_("Upprättat"), moment(proof.drawn_up_at, proof.zone)),
        (_("Tider"), _("svensk tid") if proof.zone == "Europe/Stockholm" else proof.zone),
    )
    for label, fact in facts:
        if fact:
            paper.rule()
            paper.face(9.5)
            paper.ink(QUIET)
            paper.cell(44, 6.4, label)
            paper.ink()
            paper.multi_cell(0, 6.4, legible(str(fact)), align="L", new_x="LMARGIN", new_y="NEXT")
    paper.rule()
    paper.ln(7)


def _subhead(paper: Paper, text: str) -> None:
    if paper.will_page_break(30):
        paper.add_page()
    paper.face(13, bold=True)
    paper.paragraph(text, height=7)
    paper.ln(1)


def _counts(paper: Paper, account: Account) -> None:
    _subhead(paper, _("Så står medlemmarna"))
    people = len(account.members)
    for standing, count in account.counts.items():
        if count:
            _bar(paper, _(STANDINGS[standing]).capitalize(), count, people)
    paper.face(9.5)
    paper.ln(1)
    paper.cell(44, 6, _("Alla"))
    paper.face(9.5, bold=True)
    paper.cell(14, 6, str(people), align="R", new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)
    paper.face(9)
    paper.ink(QUIET)
    paper.paragraph(
        _(
            "”Överlämnat” betyder att nästa e-postserver har tagit emot brevet och bekräftat det; mer än så "
            "kan ingen avsändare veta. ”Studsade” är adresser som har spärrats för studs sedan dess. Den som "
            "inte nås med e-post får ett brev på papper."
        ),
        height=4.8,
    )
    paper.ink()
    paper.ln(6)


def _bar(paper: Paper, label: str, count: int, of: int) -> None:
    paper.face(9.5)
    paper.cell(44, 6, label)
    paper.cell(14, 6, str(count), align="R")
    paper.set_fill_color(*_BAR_COLOUR)
    width = max(count / of * 105, 0.6)
    paper.rect(paper.get_x() + 5, paper.get_y() + 1.6, width, 2.8, style="F")
    paper.ln(6)


def _contents(paper: Paper, account: Account) -> None:
    if not account.contents:
        return
    _subhead(paper, _("Vad som skickades"))
    languages = {"sv": _("svenska"), "en": _("engelska")}
    for content in account.contents:
        paper.face(9.5)
        language = languages.get(content.language, content.language)
        paper.paragraph(f"{_(content.name)}, {language}")
        paper.face(7.5)
        paper.ink(QUIET)
        paper.paragraph(_("SHA-256 {digest}").format(digest=content.sha256), height=4)
        paper.paragraph(_("SHA-256 för texten {digest}").format(digest=content.text_sha256), height=4)
        paper.ink()
        paper.ln(1.5)
    paper.ln(5)


def _members(paper: Paper, proof: Proof) -> None:
    _subhead(paper, _("Alla medlemmar"))
    _table_head(paper)
    for member in proof.account.members:
        _row(paper, member, proof.zone)
    paper.rule()


def _table_head(paper: Paper) -> None:
    words = (_("Namn"), _("Medlemsnr"), _("Adress"), _("Läge"), _("Tid"))
    paper.face(8, bold=True)
    paper.ink(QUIET)
    for width, word in zip(_COLUMNS, words, strict=True):
        paper.cell(width, 5, word)
    paper.ink()
    paper.ln(5.5)


def _row(paper: Paper, member: Member, zone: str) -> None:
    """Write a member: a line in columns, which may wrap, and the server's words in small print below."""
    paper.face(8.5)
    texts = (
        member.name or _("utan namn"),
        member.member_number,
        member.address,
        _(STANDINGS[member.standing]),
        moment(member.at, zone),
    )
    cells = [paper.lines(text, width - 2, height=_LINE) for width, text in zip(_COLUMNS, texts, strict=True)]
    paper.face(7)
    reply = paper.lines(member.reply, sum(_COLUMNS[2:]), height=3.6) if member.reply else []
    right = max(map(len, cells[2:])) * _LINE
    height = max(max(map(len, cells[:2])) * _LINE, right + len(reply) * 3.6) + 1.6
    if paper.will_page_break(height):
        paper.rule()
        paper.add_page()
        _table_head(paper)
    paper.rule()
    bottom = paper.get_y() + height
    _cells(paper, cells)
    paper.set_y(bottom - height + 0.8 + right)
    _reply(paper, reply)
    paper.set_y(bottom)


def _cells(paper: Paper, cells: Sequence[Sequence[str]]) -> None:
    top, left = paper.get_y() + 0.8, paper.l_margin
    paper.face(8.5)
    for width, lines in zip(_COLUMNS, cells, strict=True):
        for number, line in enumerate(lines):
            paper.set_xy(left, top + number * _LINE)
            paper.cell(width, _LINE, line)
        left += width


def _reply(paper: Paper, lines: Sequence[str]) -> None:
    paper.face(7)
    paper.ink(QUIET)
    for line in lines:
        paper.set_x(paper.l_margin + sum(_COLUMNS[:2]))
        paper.cell(0, 3.6, line, new_x="LMARGIN", new_y="NEXT")
    paper.ink(INK)


def _end(paper: Paper, proof: Proof) -> None:
    if paper.will_page_break(62):
        paper.add_page()
    paper.ln(9)
    paper.face(9)
    paper.paragraph(
        _(
            "Samma uppgifter finns i filen kallelsebevis.json. Dess kontrollsumma (SHA-256) är den nedan; "
            "ändras ett enda tecken i filen blir summan en annan."
        ),
        height=4.8,
    )
    paper.face(8.5, bold=True)
    paper.paragraph(proof.sha256, height=6)
    paper.ln(16)
    paper.set_draw_color(*HAIRLINE)
    half = (paper.epw - 10) / 2
    y = paper.get_y()
    for left in (paper.l_margin, paper.l_margin + half + 10):
        paper.line(left, y, left + half, y)
    paper.face(8)
    paper.ink(QUIET)
    paper.cell(half + 10, 5, _("Ort och datum"))
    paper.cell(half, 5, _("Underskrift"), new_x="LMARGIN", new_y="NEXT")
    paper.ink()
