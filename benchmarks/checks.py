"""How long it takes to freeze an issue and to check it, beside the bare cost of mjml and premailer.

    python benchmarks/checks.py [ROUNDS]

Four articles for everyone and one for each of ten regions: eleven variants, one for each region and one for
those without. Every round is a process of its own, so that nothing is remembered from the round before: the
first freezing pays for loading MJML, premailer and the templates, too. Prints processor seconds, which a busy
machine does not stretch, as medians of the rounds, and how many times as long as the bare work that nothing
can save: mjml and premailer once for each variant, measured last, when they are loaded. No limit is tested
here: machines differ.
"""

import json
import subprocess
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
#: Each article says its own things: what stands in all of them, no check looks at twice.
BODY = "\n\n".join(
    f"Stycke {n} av {{number}} handlar om [trädgård {{number}}](https://forening.example/{{number}}/{n}), "
    f"som *vi* sköter tillsammans. Den som vill vara med på träff {n} i trädgård {{number}} är välkommen, "
    "och den som bara vill titta på är det också."
    for n in range(8)
)
ONE_ROUND = "--one-round"
_MEASURED = ("bare", "frozen", "checked")


def main() -> None:
    """Measure, and print."""
    if ONE_ROUND in sys.argv:
        print(json.dumps(_one_round()))
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    measured = [_in_a_fresh_process() for _ in range(rounds)]
    bare, frozen, checked = (median(one[name] for one in measured) for name in ("bare", "frozen", "checked"))
    print(
        f"{measured[0]['articles']} articles in {measured[0]['variants']} variants, processor seconds, cold:"
    )
    print(f"  mjml and premailer, bare   {bare:6.2f}   1.0")
    print(f"  freezing                   {frozen:6.2f}   {frozen / bare:.1f}   (goal 1 s)")
    print(f"  all checks                 {checked:6.2f}   {checked / bare:.1f}   (goal 1 s)")


def _in_a_fresh_process() -> dict[str, float]:
    printed = subprocess.run(
        [sys.executable, __file__, ONE_ROUND], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    measured: dict[str, float] = json.loads(printed)
    return measured


def _one_round() -> dict[str, float]:
    with _issue() as (session, issue_id):
        issue = issues.get(session, issue_id)
        frozen = _seconds(lambda: _freeze(session, issue_id))
        checked = _seconds(lambda: preflight.check(session, issue, frame=FRAME, zone=ZONE, now=NOON))
        pages = _mjml_of(session, issue_id)
        bare = _seconds(lambda: [inline.inline(mjml.to_html(page, folder=Path())) for page in pages])
        counts = {"articles": len(issue.items), "variants": len(issue.variants)}
        return {**counts, **dict(zip(_MEASURED, (bare, frozen, checked), strict=True))}


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
                    title=f"Artikel {number}", lead=f"Ingress {number}.", body=BODY.format(number=number),
                    audience=audience, created_at=NOON, updated_at=NOON,
                )  # fmt: skip
                session.add(article)
                session.flush()
                items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
            yield session, issue.id
        engine.dispose()


def _freeze(session: Session, issue_id: int) -> None:
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


def _seconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


if __name__ == "__main__":
    main()
