"""An article's record and its value say the same."""

from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.articles import ArticleText, Attachment, Link, Picture
from newsletter.models import Article, ArticleAttachment, ArticleImage, ArticleLink
from newsletter.services.article_records import to_text
from tests.conftest import NOON


def test_an_articles_record_becomes_the_same_value(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        article = Article(
            title="Linsen",
            body="Om Linsen.",
            created_at=NOON,
            updated_at=NOON,
            kicker="REPORTAGE",
            lead="Hem igen.",
            byline_name="Örjan",
            byline_role="färjekarl",
            origin="juni.txt",
            images=[ArticleImage(position=1, file="fyr.jpg", alt="Fyr", caption="Hemma.", credit="Ida")],
            links=[ArticleLink(position=1, url="https://x.example", label="Karta")],
            attachments=[ArticleAttachment(position=1, file="r/r.pdf", label="Ritning", size=900)],
        )
        session.add(article)

    with sessions() as session:
        assert to_text(session.get_one(Article, article.id)) == ArticleText(
            title="Linsen",
            kicker="REPORTAGE",
            lead="Hem igen.",
            body="Om Linsen.",
            byline_name="Örjan",
            byline_role="färjekarl",
            pictures=(Picture("Hemma.", "Ida", "Fyr", "fyr.jpg"),),
            links=(Link("https://x.example", "Karta"),),
            attachments=(Attachment("Ritning", "r/r.pdf", 900),),
            origin="juni.txt",
        )
