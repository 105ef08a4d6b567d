"""Newsletters that nobody wrote: every kind of block, in any order, with characters that mean something."""

from hypothesis import strategies as st

_BLOCKS = (
    "# Rubrik", "## Under", "Titel på något", "===", "---", "***", "~~~~", "• punkt ett", "- punkt",
    "* punkt", "o punkt", "1. ett", "2. två", "7) sju", "a) ett", "– Hej, säger hon.",
    "- Hej, säger hon, och går.",
    "ORDFÖRANDE HAR ORDET 7 JULI 2022: Jag tänkte.", "KRÖNIKA: Den tysta", "ORDFÖRANDE HAR ORDET",
    "Publicerad 12 maj 2022", "12 maj 2022", "Text och foto: Anna Berg", "Av Anna Berg", "Foto: Bo Ek",
    "(Foto: Bo Ek)", "Anna Berg till vänster med Bo Ek (foto privat).",
    "Anna Berg, Bo Ek och Cia Al vid bordet",
    "Med vänlig hälsning", "Anna Berg, ordförande", "Anna Berg", "kassör, tel. 070-174 06 12", "/Styrelsen",
    "Styrelsen genom Vera Ek", "PS: En sak till.", "Rulla till toppen", "Dela detta:", "Facebook",
    "Läs mer »",
    "Relaterade inlägg", "Protokoll 2022-11-21", "https://x.example/_a_b_*c*", "Box 12", "123 45 Ort",
    "**Fet rubrik**", "*Kursiv*", "> citat", "”Ett helt citat.”", "5 maj kl 10: möte", "```", "    indraget",
    "|a|b|", "|-|-|", "<div>", "&nbsp;", "[a]: http://b.example", "Nyhetsbrev nr 3", "I detta nummer:", "•",
    "Det här är en hel mening som är tillräckligt lång för att vara brödtext i en artikel.",
)  # fmt: skip
_WORDS = (
    "Vi", "och", "Anna", "Berg", "årsmöte", "2024", "maj", "#", "*", "_kursiv_", "**fet**", "`kod`", "[x](y)",
    "[x]:", "<b>", "&amp;", "~~s~~", "|", "---", "1.", "2)", "-", "–", "•", "\\", "\\*", "www.x.example.",
    "info@x.example", "070-174 06 12", "(foto: X)", "Foto:", "PS:", "”", "“", "»", "'", '"', ":", "!", "?",
    "…",
    "//", "😀", "👩‍👩‍👧", "\u200b", "\u00ad", "\u202e", "שלום", "مرحبا", "中文", "^", "$", "{{x}}", "![a](b)",
    ">", "+", "==", "a_b_c", "C#", "@rektor_l", "5*4", "\u00a0", "~", "läs", "mer", "pdf", "nedan",
)  # fmt: skip

_line = st.one_of(
    st.sampled_from(_BLOCKS),
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=30).map(" ".join),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60),
)
_gap = st.sampled_from(("\n", "\n\n", "\n\n", "\n \n\n"))

#: Texts with ``\n`` as line end, as ``decoding`` gives them.
texts = st.lists(st.tuples(_line, _gap), min_size=1, max_size=25).map(
    lambda pairs: "".join(line + gap for line, gap in pairs)
)
