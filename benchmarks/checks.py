"""How long it takes to freeze an issue and to check it, beside the bare cost of mjml and premailer.

    python benchmarks/checks.py [ROUNDS]

Four articles for everyone and one for each of ten regions: eleven variants, one for each region and one for
those without. Prints processor seconds, which a busy machine does not stretch, as medians of five rounds, and
how many times as long as the bare work that nothing can save: mjml and premailer once for each variant. No
limit is tested here: machines differ.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from sqlalchemy.orm import Session

from newsletter import database
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Article
from newsletter.rendering import articles as made_ready
from newsletter.rendering import inline, mjml
from newsletter.rendering.values import Frame
from newsletter.services import issues, items, preflight, variants
from subscribers.services import regions

ROUNDS = 5
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)
ZONE = "Europe/Stockholm"
FRAME = Frame(
    association="Riksföreningen",
    contact="kontakt@forening.example",
    base_url="https://brev.forening.example",
    postal_address="Gatan 1, 111 11 Orten",
    from_address="nyhetsbrev@forening.example",
)
BODY = "\n\n".join(
    f"Stycke {n} handlar om [trädgården](https://forening.example/{n}), som *vi* sköter tillsammans. "
    "Den som vill vara med är välkommen, och den som bara vill titta på är det också."
    for n in range(8)
)


def main() -> None:
    """Measure, and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with _issue() as (session, issue_id):
        issue = issues.get(session, issue_id)
        pages = _mjml_of(session, issue_id)
        bare = _median(rounds, lambda: [inline.inline(mjml.to_html(page, folder=Path())) for page in pages])
        frozen = _median(rounds, lambda: _freeze(session, issue_id))
        checked = _median(rounds, lambda: preflight.check(session, issue, frame=FRAME, zone=ZONE, now=NOON))
        print(f"{len(issue.items)} articles in {len(issue.variants)} variants, processor seconds:")
        print(f"  mjml and premailer, bare   {bare:6.2f}   1.0")
        print(f"  freezing, from cold        {frozen:6.2f}   {frozen / bare:.1f}   (goal 1 s)")
        print(f"  all checks                 {checked:6.2f}   {checked / bare:.1f}   (goal 1 s)")


@contextmanager
def _issue() -> Iterator[tuple[Session, int]]:
    with tempfile.TemporaryDirectory() as folder:
        engine = database.make_engine(f"sqlite:///{folder}/rundbrev.db")
        database.upgrade(engine)
        with database.make_sessions(engine)() as session:
            regions.load_facts(session)
            own = [Audience.of([region.slug]) for region in regions.all_regions(session)]
            issue = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
            for number, audience in enumerate([*[EVERYONE] * 4, *own]):
                article = Article(
                    title=f"Artikel {number}", lead=f"Ingress {number}.", body=f"Nummer {number}.\n\n{BODY}",
                    audience=audience, created_at=NOON, updated_at=NOON,
                )  # fmt: skip
                session.add(article)
                session.flush()
                items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
            yield session, issue.id
        engine.dispose()


def _freeze(session: Session, issue_id: int) -> None:
    made_ready._prepared.cache_clear()
    variants.freeze(session, issues.get(session, issue_id), frame=FRAME, now=NOON, languages=["sv"])


def _mjml_of(session: Session, issue_id: int) -> list[str]:
    """Return what mjml is given for each variant, by listening while they are rendered."""
    heard: list[str] = []
    speak = mjml.to_html

    def listen(source: str, *, folder: Path) -> str:
        heard.append(source)
        return speak(source, folder=folder)

    from newsletter.rendering import issues as rendering

    rendering.to_html = listen
    try:
        _freeze(session, issue_id)
    finally:
        rendering.to_html = speak
    return heard


def _median(rounds: int, work: Callable[[], object]) -> float:
    took = []
    for _ in range(rounds):
        begun = process_time()
        work()
        took.append(process_time() - begun)
    return median(took)


if __name__ == "__main__":
    main()
