"""The archive as strangers see it: what went to all, and not a word of anything else."""

import random
import re

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Issue, IssueKind, IssueStatus, WebVersion
from newsletter.services import archive, releases, sendings
from newsletter.web.archive import POLICY
from subscribers.core.authority import Everything
from subscribers.models import Archive, ListPurpose
from tests.cast import Cast
from tests.newsletter.archives import AGO, drafted, gone, key_of, newsletter_of, planned, sent
from tests.office import on_sqlite

REGIONS = ("skane", "norra", "vast")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_does_not_exist_until_an_officer_opens_it(stranger: TestClient, app: App, cast: Cast) -> None:
    key = sent(app, ("Linsen", EVERYONE), archive=Archive.CLOSED)

    closed = [stranger.get(path) for path in (f"/arkiv/{key}", "/arkiv/nyhetsbrev-1999-1", "/arkiv/x'--")]
    assert {answer.status_code for answer in closed} == {404}
    assert len({answer.text for answer in closed}) == 1
    assert stranger.get("/arkiv").status_code == 404
    assert stranger.get(f"/arkiv/{key}/brev").status_code == 404
    for path in ("/prenumerera", "/om/personuppgifter", "/mina-uppgifter"):
        assert "arkiv" not in stranger.get(path).text


def test_an_open_one_is_led_to_from_sign_up_and_every_public_page(
    stranger: TestClient, app: App, cast: Cast
) -> None:
    sent(app, ("Linsen", EVERYONE))

    assert "Läs först de nummer som har gått ut" in stranger.get("/prenumerera").text
    for path in ("/prenumerera", "/om/personuppgifter", "/mina-uppgifter", "/logga-in", "/ingenting"):
        assert 'arkiv">Arkivet</a>' in stranger.get(path).text, path


def test_an_open_and_empty_one_says_what_comes_and_how_to_get_it(
    stranger: TestClient, app: App, cast: Cast
) -> None:
    with app.sessions.begin() as session:
        newsletter_of(session).archive = Archive.UNLISTED

    page = stranger.get("/arkiv").text
    assert "Inget nummer har gått ut än" in page
    assert 'href="../prenumerera"' in page or 'href="./prenumerera"' in page


def test_a_number_is_read_as_a_page_with_its_headings_and_as_the_letter(
    stranger: TestClient, app: App, cast: Cast
) -> None:
    first, key = sent(app, ("Linsen", EVERYONE)), sent(app, ("Bänken", EVERYONE), ("Katten", EVERYONE))

    register = stranger.get("/arkiv").text
    year = app.now().year
    assert f">{year}</h2>" in register
    assert register.index(f"arkiv/{key}") < register.index(f"arkiv/{first}")

    page = stranger.get(f"/arkiv/{key}").text
    assert "<h1>Nummer 2 om fyrar</h1>" in page
    assert re.findall(r'<h2 class="title"[^>]*>([^<]*)', page) == ["Bänken", "Katten"]
    assert f'rel="next" href="{first}"' in page
    assert "Föreningen Äppelvänner" in page

    letter = stranger.get(f"/arkiv/{key}/brev")
    assert letter.headers["content-security-policy"] == POLICY
    assert "Om Bänken. Slut." in words(letter.text)


@pytest.mark.parametrize(
    ("kind", "told"), [(Archive.UNLISTED, "noindex, nofollow"), (Archive.INDEXED, "all")]
)
def test_search_engines_are_let_in_where_an_officer_has_said_so(
    stranger: TestClient, app: App, cast: Cast, kind: Archive, told: str
) -> None:
    key = sent(app, ("Linsen", EVERYONE), archive=kind)

    for path in ("/arkiv", f"/arkiv/{key}"):
        answer = stranger.get(path)
        assert answer.headers["x-robots-tag"] == told
        assert f'<meta name="robots" content="{told}">' in answer.text
    # The same words twice do nobody good.
    assert stranger.get(f"/arkiv/{key}/brev").headers["x-robots-tag"] == "noindex, nofollow"


class World:
    """Issues of every kind, each article with a word of its own: which may be read, and which may not."""

    def __init__(self, app: App, seed: int) -> None:
        self._app, self._chance, self._number = app, random.Random(seed), 0
        self.public: set[str] = set()
        self.secret: set[str] = set()
        self.keys: list[str] = []
        self.open_keys: set[str] = set()

    def word(self) -> str:
        self._number += 1
        return f"ord{self._number:03}{self._chance.randrange(10**8):08}"

    def audience(self) -> Audience:
        some = self._chance.sample(REGIONS, self._chance.randint(1, 3))
        return self._chance.choice([EVERYONE, Audience.of(some)])

    def fill(self) -> None:
        """Write it all, in one transaction."""
        now, frame, scope = self._app.now(), self._app.frame(), Everything("a test")
        with self._app.sessions.begin() as session:
            newsletter_of(session).archive = Archive.INDEXED
            newsletter_of(session, ListPurpose.INVITATIONS).archive = Archive.INDEXED

            def issue(*, secret: bool, **more: object) -> Issue:
                articles = [(self.word(), self.audience()) for _ in range(3)] + [(self.word(), EVERYONE)]
                for word, audience in articles:
                    (self.secret if secret or audience != EVERYONE else self.public).add(word)
                made = drafted(session, *articles, now=now - AGO, **more)  # type: ignore[arg-type]
                self.keys.append(key_of(made))
                if not secret:
                    self.open_keys.add(key_of(made))
                return made

            for _ in range(3):
                gone(session, issue(secret=False), frame=frame, at=now - AGO)
            issue(secret=True)  # a draft
            planned(session, issue(secret=True), frame=frame, now=now)
            planned(session, issue(secret=True), frame=frame, now=now).status = IssueStatus.CANCELLED
            waits = planned(session, issue(secret=True), frame=frame, now=now)
            waits.grace_minutes = 10
            releases.release(session, scope=scope, issue_id=waits.id, now=now)
            regretted = planned(session, issue(secret=True), frame=frame, now=now)
            releases.release(session, scope=scope, issue_id=regretted.id, now=now)
            sendings.undo(session, issue_id=regretted.id, now=now)
            first = issue(secret=True)
            first.head_start_minutes = 200
            gone(session, first, frame=frame, at=now - AGO)
            for change in ({"in_archive": False}, {"paused_at": now}, {"stopped_at": now}):
                made = gone(session, issue(secret=True), frame=frame, at=now - AGO)
                for name, value in change.items():
                    setattr(made, name, value)
            gone(session, issue(secret=True, audience=Audience.of(["skane"])), frame=frame, at=now - AGO)
            gone(session, issue(secret=True, kind=IssueKind.CORRECTION), frame=frame, at=now - AGO)
            gone(session, issue(secret=True, purpose=ListPurpose.INVITATIONS), frame=frame, at=now - AGO)


@on_sqlite
@pytest.mark.parametrize("seed", [1, 2])
def test_no_word_that_is_not_for_everybody_is_in_any_answer(
    stranger: TestClient, app: App, cast: Cast, seed: int
) -> None:
    world = World(app, seed)
    world.fill()
    guesses = [f"nyhetsbrev-{app.now().year}-{number}" for number in range(30)]
    keys = {*world.keys, *guesses, "nyhetsbrev-2030-01", "../nummer/1", "1", "%00", "nyhetsbrev"}

    answers = {"": stranger.get("/arkiv")}
    for key in keys:
        answers |= {key + end: stranger.get(f"/arkiv/{key}{end}") for end in ("", "/brev")}

    text = "\n".join(answer.text for answer in answers.values())
    assert [word for word in world.secret if word in text] == []
    assert [word for word in world.public if word not in text] == []
    opened = {key for key in keys if answers[key].status_code == 200}
    assert opened == world.open_keys
    assert {key for key in keys if answers[f"{key}/brev"].status_code == 200} == opened
    assert len({answers[key].text for key in keys if key not in opened and "/" not in key}) == 1
    names = ("Anna", "Åkesson", "anna@lund.example", "__", "/u/", "/p/", "Du får det här brevet")
    assert [name for name in names if name in text] == []


def test_an_issue_that_cannot_be_shown_without_a_region_is_answered_as_none(
    stranger: TestClient, app: App, cast: Cast
) -> None:
    key = sent(app, ("Linsen", EVERYONE))
    with app.sessions.begin() as session:
        for variant in session.query(Issue).one().variants:
            variant.html = variant.html.replace('class="kicker"', "").replace(
                'class="body"', 'class="body"><p class="region">Skåne</p><div class="body"', 1
            )
        for version in session.query(WebVersion):
            version.sections = [
                {**part, "articles": [{**one, "regions": "Skåne"} for one in part["articles"]]}
                for part in version.sections
            ]

    assert stranger.get(f"/arkiv/{key}").status_code == 404
    assert stranger.get(f"/arkiv/{key}/brev").status_code == 404
    assert "Linsen" not in stranger.get("/arkiv/flode.xml").text


def test_what_one_reads_is_not_kept_by_browsers(stranger: TestClient, app: App, cast: Cast) -> None:
    """What is kept is asked for anew each time, so that what is taken out is gone at once."""
    key = sent(app, ("Linsen", EVERYONE))
    assert stranger.get(f"/arkiv/{key}").headers["cache-control"] == "no-cache"

    with app.sessions.begin() as session:
        archive.keep_out(session, issue_id=session.query(Issue).one().id, out=True)

    assert stranger.get(f"/arkiv/{key}").status_code == 404
