"""An issue of an invented association of lighthouse friends, for the tests of rendering."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from newsletter.core.articles import ArticleKind, ArticleText, Attachment, Link, Picture
from newsletter.core.meetings import Meeting
from newsletter.rendering.values import Frame, IssueView, ItemView, SectionView

FRAME = Frame(
    association="Fyrvännerna i Norden",
    contact="hej@fyrvannerna.example",
    base_url="https://brev.fyrvannerna.example",
    postal_address="Lotsgatan 7, 371 32 Karlskrona",
    accent="#1f5a73",
    from_address="brev@fyrvannerna.example",
    picture_sizes={"fyr.jpg": (1104, 736)},
)

LEAD = ArticleText(
    title="Linsen som kom hem i en barnvagn",
    kicker="REPORTAGE",
    dateline=date(2027, 5, 28),
    lead="I nittio år var den borta. I maj rullade *den* in på kajen, inlindad i en yllefilt.",
    body="""Det blåste sexton sekundmeter när Åsa Öländer kom gående över bryggan.

– Jag vågade inte ha den i bilen, sa hon.

– Hur långt har du gått? frågade fyrmästaren.

– Från tåget.

## Hittad under en trappa

Linsen är slipad i Paris 1887. Läs mer i [museets katalog](https://museum.example/katalog?id=7&språk=sv)
eller på https://fyrar.example/linser_och_ljus/.

1. Först torkade man av den.
2. Sedan satt alla tysta.
   - Utom katten.

> Den luktade fotogen och hav. Det var som att öppna en dörr.
>
> Åsa Öländer

| Ljus | Räckvidd |
|---|--:|
| Fotogen | 12 M |
| El | 19 M |

#### Ring först

Skriv till linsen@fyrvannerna.example eller ring 070-174 06 55.
""",
    byline_name="Örjan Ängquist",
    byline_role="redaktör och färjekarl",
    pictures=(
        Picture(
            file="fyr.jpg",
            alt="En barnvagn på en kaj i motljus.",
            caption="Sista biten hem.",
            credit="Ida Åberg",
        ),
        Picture(caption="Fyrmästaren (till vänster) håller andan.", credit="Foto: Ida Åberg"),
    ),
    links=(
        Link("https://museum.example/katalog?id=7&språk=sv", "museets katalog"),
        Link("https://karta.example/fyrar", "Karta över alla fyrar"),
        Link("tel:+46701740655", "070-174 06 55"),
    ),
    attachments=(Attachment("Ritningen från 1887", "ritning 1887.pdf"), Attachment("Gästboken")),
)

CHAIR = ArticleText(
    title="En bänk mot väster",
    kicker="ORDFÖRANDEN",
    body="Vi har köpt en bänk. Den står där solen går ner.\n\nPS: Ta med en filt.",
    byline_name="Märta Sjökvist",
    byline_role="ordförande",
)

SKANE = ArticleText(
    title="Kväll vid Kullens fyr",
    body="Samling vid grinden klockan åtta. Pia i Mölle bjuder på äggkaka.\n\n- Ficklampa\n- Mössa",
    byline_name="Pia Kråk",
)

VAST = ArticleText(
    title="Dimma över Vinga",
    body="Båten går från Saltholmen. Anmälan till [Vingagruppen](https://vinga.example/resa).",
)

ENGLISH = ArticleText(
    title="A keeper's letter",
    lead="Norah writes from the Isle of May.",
    body='She says "the lamp is lit" and means it.',
    dateline=date(2027, 5, 2),
    language="en",
)

TEASED = ArticleText(
    title="Sommarens färjelägen",
    lead="Tolv turer, en tidtabell.",
    body="Hela listan finns på [sidan](https://fyrvannerna.example/turer).",
)


INVITATION = ArticleText(
    title="Kom till fyrens dag",
    lead="Vi tänder lampan klockan nio, och kaffet står på från morgonen.",
    body="Anmäl dig till kontakt@fyrvannerna.example eller ring 0455-123 45.",
    byline_name="Märta Sjökvist",
    kind=ArticleKind.INVITATION,
    meeting=Meeting(
        starts=datetime(2027, 8, 21, 10, 0),  # noqa: DTZ001 - a wall time
        ends=datetime(2027, 8, 21, 21, 30),  # noqa: DTZ001
        place="Utklippans fyr, södra hamnen",
        address="Utklippan 1, 371 37 Karlskrona",
        answer_by=date(2027, 8, 1),
    ),
)

OBITUARY = ArticleText(
    title="Signe Ravn",
    kicker="Minnesord",
    years="1938–2027",
    body="Signe skötte linsen på Hanö i fyrtio år, och slog av radion när det blåste.\n\n"
    "Hennes loggböcker finns på [museet](https://museum.example/ravn).",
    byline_name="Vännerna på Hanö",
    kind=ArticleKind.OBITUARY,
    pictures=(Picture(file="fyr.jpg", alt="Signe Ravn vid linsen.", credit="Ida Åberg"),),
)

FILM = ArticleText(
    title="Rörliga bilder",
    body="Så tändes lampan förr.\n\nhttps://vimeo.com/123456\n\n>> Man hör havet i varje ruta.\n\n"
    "Det var allt.",
    pictures=(
        Picture(
            file="fyr.jpg",
            alt="En man i oljerock tänder en lampa.",
            caption="Ur filmen.",
            film="https://www.youtube.com/watch?v=fyr1887",
        ),
    ),
)


def item(article: ArticleText, article_id: int, **more: Any) -> ItemView:
    """Place an article."""
    return ItemView(article_id=article_id, article=article, **more)


#: When the sample articles were last changed.
REVISED = datetime(2027, 5, 30, 8, 0, tzinfo=UTC)

#: Lead story, two sections, two regions, a teaser and an article in English.
VIEW = IssueView(
    frame=FRAME,
    language="sv",
    list_name="Nyhetsbrevet",
    number=4,
    year=2027,
    title="Ljuset tillbaka",
    subject="Linsen är hemma igen",
    preheader="Om en barnvagn, en bänk och tolv färjeturer.",
    why="Du får det här brevet för att du prenumererar på nyhetsbrevet från Fyrvännerna i Norden.",
    dated=date(2027, 6, 1),
    sections=(
        SectionView("", (item(LEAD, 1),)),
        SectionView(
            "Föreningen",
            (item(CHAIR, 2), item(SKANE, 3, regions=("Skåne",)), item(VAST, 4, regions=("Skåne", "Väst"))),
        ),
        SectionView("På gång", (item(ENGLISH, 5), item(TEASED, 6, teaser=True))),
    ),
)


def with_articles(*articles: ArticleText, **changes: Any) -> IssueView:
    """Return a plain issue of these articles, without sections."""
    items = tuple(item(article, number) for number, article in enumerate(articles, start=1))
    return replace(VIEW, sections=(SectionView("", items),), **changes)
