"""Issues that no month is like, and that must be as well set all the same."""

import io
from dataclasses import replace
from datetime import date, datetime

from PIL import Image

from newsletter.core.articles import ArticleKind, ArticleText, Attachment, Link, Picture
from newsletter.core.meetings import Meeting
from newsletter.rendering.values import IssueView, ItemView, SectionView
from tests.mailproof.gallery import FRAME, WITH_LOGO

_PARAGRAPH = (
    "Muren är lagd utan bruk, och står för att varje sten *vilar* på två andra. Den som lyfter en sten får "
    "lägga tillbaka den, och det har [någon gjort](https://stengardar.example/lagt) i trehundra år."
)


def _a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1104, 736), "#8899aa").save(out, "JPEG")
    return out.getvalue()


WHOLE = ArticleText(
    title="Stenarna som ingen flyttade",
    kicker="REPORTAGE",
    dateline=date(2030, 11, 3),
    lead="På Öland går murarna *rakt* ut i havet. Vi frågade varför.",
    body=f"""{_PARAGRAPH}

## Två mil för hand

> Man börjar med det som ligger närmast.
>
> Gunnar Alvarsson

- Handskar
- Ett spett
  - eller två

1. Sök upp en raserad bit.
2. Fråga den som äger marken.

### Så mycket blev lagt

| Socken | Meter | Stenar |
|---|--:|--:|
| Gårdby | 120 | 3 900 |
| Resmo | 85 | 2 700 |

---

Ring 070-174 06 55 eller skriv till mur@stengardar.example. `spett` är ett ord, och

    detta är en
    uppställning

#### Sist
{_PARAGRAPH}
""",
    byline_name="Märta Sjökvist",
    byline_role="murare",
    pictures=(
        Picture(
            file="mur.jpg",
            alt="En mur i motljus som går ut i vattnet.",
            caption="Sista stenen.",
            credit="Ida Åberg",
        ),
        Picture(file="mur.jpg", alt="Samma mur en annan dag.", caption="Dagen efter."),
    ),
    links=(
        Link("https://stengardar.example/karta", "Karta över murarna"),
        Link("tel:+46701740655", "070-174 06 55"),
    ),
    attachments=(Attachment("Lathund för murare", "lathund.pdf"),),
)

SHORT = ArticleText(
    title="En grind är borta",
    body="Den som har sett den kan [höra av sig](https://stengardar.example/grind).",
)

ARABIC = ArticleText(
    title="جدران من حجر",
    kicker="رسالة",
    lead="تمتد الجدران إلى البحر.",
    body="## كيف بدأ كل شيء\n\nكل حجر يستند إلى حجرين. اتصل بنا على [الموقع](https://stengardar.example/ar).\n\n"
    "- قفازات\n- عتلة\n\n> نبدأ بما هو أقرب.\n\n| المكان | الأمتار |\n|---|--:|\n| غوردبي | 120 |\n",
    byline_name="ليلى حداد",
    language="ar",
)
HEBREW = ArticleText(
    title="קירות אבן", lead="הקירות נמשכים אל הים.", body="כל אבן נשענת על שתיים.", language="he"
)
ENGLISH = ArticleText(title="Walls without mortar", body='They say "one on two, two on one".', language="en")

LONG_WORD = "Stengärdsgårdsvårdsföreningsordförandeposten" * 7  # 301 letters

LONG = ArticleText(
    title=LONG_WORD,
    kicker=LONG_WORD.upper(),
    lead=f"https://stengardar.example/{'a' * 300}",
    body=f"{LONG_WORD}\n\n## {LONG_WORD}\n\n> {LONG_WORD}\n\n- {LONG_WORD}\n\n[{LONG_WORD}](https://stengardar.example/)\n\n"
    f"| Ord | {LONG_WORD} |\n|---|---|\n| {LONG_WORD} | 1 |\n\n```\n{'x' * 300}\n```",
    byline_name=LONG_WORD,
    byline_role=LONG_WORD,
    pictures=(Picture(caption=LONG_WORD, credit=LONG_WORD),),
    links=(Link(f"https://stengardar.example/{'b' * 300}", ""),),
    attachments=(Attachment(LONG_WORD, "ord.pdf"),),
)

_ROW = "| " + " | ".join(f"Socken {n} med namn" for n in range(6)) + " |\n"
_TABLE = "| " + " | ".join(f"Rubrik {n}" for n in range(6)) + " |\n" + "|---" * 6 + "|\n" + _ROW * 6
TABLES = ArticleText(
    title="Alla murar i siffror",
    body="\n\n".join(f"## Härad {n}\n\n{_TABLE}" for n in range(4)),
    pictures=tuple(
        Picture(file="mur.jpg", alt=f"Mur nummer {n} på bild.", caption=f"Mur {n}") for n in range(8)
    ),
)


INVITATION = ArticleText(
    title="Murardag vid Gettlinge",
    lead="Vi lagar hundra meter mur, och sällskapet bjuder på soppa.",
    body="Anmäl dig till mur@stengardar.example eller ring 070-174 06 55.",
    byline_name="Märta Sjökvist",
    kind=ArticleKind.INVITATION,
    meeting=Meeting(
        starts=datetime(2030, 12, 14, 10, 0),  # noqa: DTZ001 - a wall time
        ends=datetime(2030, 12, 14, 15, 30),  # noqa: DTZ001
        place="Gettlinge gravfält, södra grinden",
        address="Södra Möckleby, 386 62 Degerhamn",
        answer_by=date(2030, 12, 7),
    ),
)
OBITUARY = ArticleText(
    title="Gunnar Alvarsson",
    kicker="Minnesord",
    years="1938–2030",
    body="Gunnar lade sten i sextio år.\n\nHans ritningar finns på [museet](https://stengardar.example/gunnar).",
    byline_name="Vännerna i Resmo",
    kind=ArticleKind.OBITUARY,
    pictures=(Picture(file="mur.jpg", alt="Gunnar Alvarsson vid en grind.", credit="Ida Åberg"),),
)
FILMS = ArticleText(
    title="Så läggs en mur",
    body="Se hur det går till.\n\nhttps://vimeo.com/123456\n\n>> En sten i taget.\n\nDet var allt.",
    pictures=(
        Picture(
            file="mur.jpg",
            alt="Två händer om en sten.",
            caption="Ur filmen.",
            film="https://www.youtube.com/watch?v=mur1938",
        ),
    ),
)


def _items(*articles: ArticleText, first: int = 1, **more: object) -> tuple[ItemView, ...]:
    return tuple(ItemView(article_id=n, article=a, **more) for n, a in enumerate(articles, start=first))


_PLAIN = IssueView(
    frame=FRAME,
    language="sv",
    list_name="Nyhetsbrevet",
    number=11,
    year=2030,
    title="Stenarna som ingen flyttade",
    subject="Murarna går ut i havet",
    preheader="Och så en grind som är borta.",
    why="Du får det här brevet för att du prenumererar på brev från Sällskapet Svenska Stengärdsgårdar.",
    dated=date(2030, 12, 1),
)


def _issue(*sections: SectionView, **changes: object) -> IssueView:
    return replace(_PLAIN, sections=sections, **changes)


_FORTY = tuple(
    replace(SHORT if n % 5 else WHOLE, title=f"{n}. Muren i socken nummer {n}", pictures=(), attachments=())
    for n in range(1, 41)
)

ISSUES = {
    "one article": _issue(SectionView("", _items(SHORT))),
    "everything": _issue(
        SectionView("", _items(WHOLE)),
        SectionView(
            "I regionerna",
            (
                *_items(SHORT, first=2, regions=("Sydöst",)),
                *_items(WHOLE, first=3, regions=("Sydöst", "Södermanland och Östergötland")),
                *_items(SHORT, first=4),
            ),
        ),
        SectionView("På gång", (*_items(WHOLE, first=5, teaser=True), *_items(ENGLISH, first=6))),
        SectionView("", _items(SHORT, first=7)),
    ),
    "a logo, in English": _issue(
        SectionView("", _items(ENGLISH, WHOLE)), frame=WITH_LOGO, language="en", preheader=""
    ),
    "a member notice": _issue(SectionView("", _items(WHOLE)), can_unsubscribe=False),
    "a region's letter": _issue(SectionView("", _items(SHORT)), number=0),
    "an invitation": _issue(SectionView("", _items(INVITATION, SHORT))),
    "an obituary": _issue(SectionView("", _items(OBITUARY, SHORT)), frame=WITH_LOGO),
    "films, and pictures inside the mail": _issue(
        SectionView("", _items(FILMS, WHOLE)), frame=replace(FRAME, embedded={"mur.jpg": _a_picture()})
    ),
    "right to left": _issue(
        SectionView("", _items(ARABIC, SHORT)), SectionView("Mer", _items(HEBREW, first=3))
    ),
    "a word of 300 letters": _issue(SectionView(LONG_WORD, _items(LONG, SHORT)), title=LONG_WORD),
    "tables and pictures": _issue(SectionView("", _items(TABLES, SHORT))),
    "forty articles": _issue(
        *(SectionView(f"Del {n}", _items(*_FORTY[n * 8 : n * 8 + 8], first=n * 8 + 1)) for n in range(5))
    ),
}
