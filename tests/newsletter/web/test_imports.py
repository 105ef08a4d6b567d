"""The register is read in on pages: looked at first, decided about, applied as a whole, and undone."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from newsletter import staged
from newsletter.app import App
from newsletter.staged import Run
from subscribers.models import ImportRun, RoleName, SetBy, Subscriber, Suppression
from subscribers.services import changes
from subscribers.services.changes import Author
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor, appoint, signed_in

HERE = "/personer/importera"
HEAD = "Medlemsnr;Förnamn;Efternamn;E-post;Kommun;Skostorlek"
REGISTER = "\r\n".join(
    (
        HEAD,
        "M001;Anna;Åkesson;anna@lund.example;Luleå kommun;39",
        "M002;Bo;Öberg;bo@lulea.example;;43",
        "M901;Åsa;Ås;asa@vaxjo.example;Växjö;38",
        "M902;Dan;Ås;dan.malmö.example;Norrland;40",
    )
).encode("cp1252")


@pytest.fixture
def treasurer(app: App, cast: Cast) -> Iterator[Visitor]:
    """Cecilia, who keeps the register and nothing else, signed in."""
    appoint(app, cast.cecilia, RoleName.TREASURER)
    with signed_in(app, cast.cecilia) as visitor:
        yield visitor


def upload(visitor: Visitor, content: bytes, name: str = "medlemmar.csv") -> str:
    """Upload a file and return the path of its pages."""
    answer = visitor.post_form(HERE, files={"file": (name, content, "text/csv")})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def say_columns(visitor: Visitor, path: str, **fields: str) -> None:
    answer = visitor.post_form(path, {"do": "columns", **fields})
    assert answer.headers["location"] == f"{path}/skillnad"


def read_in(visitor: Visitor, path: str, **fields: object) -> str:
    """Agree to the plan that the page shows, and return the page that tells what was done."""
    page = visitor.get(f"{path}/beslut").text
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    answer = visitor.post_form(f"{path}/beslut", {"do": "import", "seen": seen, **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def person(app: App, **known: object) -> Subscriber | None:
    with app.readers() as session:
        return session.scalars(select(Subscriber).filter_by(**known)).one_or_none()


def test_a_register_is_looked_at_read_in_and_undone(app: App, treasurer: Visitor, cast: Cast) -> None:
    path = upload(treasurer, REGISTER)
    columns = treasurer.get(path).text
    assert "Till exempel anna@lund.example · bo@lulea.example" in columns
    assert re.search(r'<option value="municipality" selected>Kommun', columns)
    say_columns(treasurer, path)

    shown = treasurer.get(f"{path}/skillnad").text
    assert "Windows-1252, semikolon mellan kolumnerna" in shown
    assert re.search(r"Lund</td><td><b>Luleå</b>", shown)
    assert "asa@vaxjo.example" in shown
    assert "Kolumner som inte läses" in shown
    assert "Skostorlek" in shown
    assert "Det finns ingen kommun som heter Norrland." in shown
    assert person(app, member_number="M901") is None, "nothing has changed yet"

    done = read_in(treasurer, path)
    assert "2</td>" in treasurer.get(done).text
    assert (asa := person(app, member_number="M901"))
    assert asa.family_name == "Ås"
    with app.readers() as session:
        assert session.get_one(Subscriber, cast.anna).region_slug == "norra"

    undone = treasurer.post_form(done, {"do": "undo"})
    assert undone.status_code == 303
    assert "Registret är som det var." in treasurer.get(undone.headers["location"]).text
    assert person(app, member_number="M901") is None
    with app.readers() as session:
        assert session.get_one(Subscriber, cast.anna).region_slug == "skane"


def test_the_file_is_gone_when_it_has_been_read_in_and_stands_in_no_log(app: App, treasurer: Visitor) -> None:
    path = upload(treasurer, REGISTER)
    [file] = app.paths.staged.glob("*/file")
    assert file.read_bytes() == REGISTER
    assert file.stat().st_mode & 0o077 == 0
    say_columns(treasurer, path)
    read_in(treasurer, path)

    assert list(app.paths.staged.glob("*/file")) == []
    assert treasurer.get(f"{path}/skillnad").status_code == 404


def test_a_column_that_nobody_knows_is_said_by_hand(app: App, treasurer: Visitor) -> None:
    path = upload(treasurer, b"Kol A;Kol B\r\nNy Person;ny@lund.example\r\n")
    assert "Kol A" in treasurer.get(path).text

    without = treasurer.post_form(path, {"do": "columns"})
    assert without.status_code == 422
    assert "ser inte ut som ett medlemsregister" in without.text

    say_columns(treasurer, path, c0="name", c1="email")
    read_in(treasurer, path)
    assert person(app, family_name="Person") is not None


def test_a_workbook_of_several_sheets_is_asked_about(app: App, treasurer: Visitor) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Register"
    for row in (["Medlemmar 2030"], ["Medlemsnr", "Namn", "E-post"], ["M901", "Åsa Ås", "asa@vaxjo.example"]):
        first.append(row)
    other = book.create_sheet("Styrelsen")
    for row in (["Namn", "E-post"], ["Siv Styrelse", "siv@vaxjo.example"]):
        other.append(row)
    file = io.BytesIO()
    book.save(file)

    path = upload(treasurer, file.getvalue(), "register.xlsx")
    page = treasurer.get(path).text
    assert "Rubrikerna står på rad 2." in page
    assert "Bladet Register läses." in page

    assert "siv@vaxjo.example" in treasurer.get(path, params={"blad": "Styrelsen"}).text
    say_columns(treasurer, path, sheet="Styrelsen")
    read_in(treasurer, path)
    assert person(app, family_name="Styrelse") is not None
    assert person(app, member_number="M901") is None


@pytest.fixture
def said_here(app: App, cast: Cast) -> None:
    """Anna and Bo have changed their family names here, after any file."""
    with app.sessions.begin() as session:
        for who, number in ((cast.anna, "M001"), (cast.bo, "M002")):
            whom = session.get_one(Subscriber, who)
            whom.member_number = number
            old, whom.family_name = whom.family_name, f"{whom.family_name}-Ny"
            changes.record(
                session,
                scope=app.everything("a test"),
                changed=[changes.Changed(who, "family_name", old, whom.family_name)],
                author=Author(SetBy.MEMBER),
                now=app.now(),
            )


@pytest.mark.parametrize(
    ("decided", "anna", "bo"),
    [
        ({}, "Åkesson-Ny", "Öberg-Ny"),
        ({"take": "2:family_name"}, "Åkesson", "Öberg-Ny"),
        ({"take-all": "family_name"}, "Åkesson", "Öberg"),
    ],
)
@pytest.mark.usefixtures("said_here")
def test_what_was_said_here_stays_unless_the_file_is_chosen(
    app: App, treasurer: Visitor, cast: Cast, decided: dict[str, str], anna: str, bo: str
) -> None:
    path = upload(treasurer, REGISTER)
    say_columns(treasurer, path)
    page = treasurer.get(f"{path}/beslut").text
    assert "Åkesson-Ny" in page
    assert "medlemmen, " in page

    read_in(treasurer, path, **decided)

    with app.readers() as session:
        assert session.get_one(Subscriber, cast.anna).family_name == anna
        assert session.get_one(Subscriber, cast.bo).family_name == bo


def test_members_that_a_whole_register_lacks_are_named_and_stay_until_decided(
    app: App, treasurer: Visitor, cast: Cast
) -> None:
    path = upload(treasurer, REGISTER.replace(b"dan.malm\xf6.example", b"dan@malmo.example"))
    say_columns(treasurer, path, complete="yes")
    page = treasurer.get(f"{path}/beslut").text
    assert "Elsa Norén" in page
    assert "Anna Åkesson" not in page

    read_in(treasurer, path, gone="end")

    with app.readers() as session:
        assert session.get_one(Subscriber, cast.elsa).member_until is not None
        assert session.get_one(Subscriber, cast.anna).member_until is None


def test_a_part_of_the_register_ends_nobody_whatever_the_form_says(
    app: App, treasurer: Visitor, cast: Cast
) -> None:
    path = upload(treasurer, REGISTER)
    say_columns(treasurer, path)
    read_in(treasurer, path, gone="end")

    with app.readers() as session:
        assert session.get_one(Subscriber, cast.elsa).member_until is None


def test_many_members_are_ended_only_when_their_number_is_written(app: App, treasurer: Visitor) -> None:
    many = "\r\n".join([HEAD, *(f"N{n};Nils;Ny {n};n{n}@ny.example;Lund;" for n in range(20))]).encode()
    path = upload(treasurer, many)
    say_columns(treasurer, path)
    read_in(treasurer, path)
    with app.readers() as session:
        members = session.scalar(
            select(func.count()).where(
                Subscriber.member_since.is_not(None), Subscriber.member_until.is_(None)
            )
        )

    path = upload(treasurer, "\r\n".join([HEAD, "N0;Nils;Ny 0;n0@ny.example;Lund;"]).encode())
    say_columns(treasurer, path, complete="yes")
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', treasurer.get(f"{path}/beslut").text)
    wish = {"do": "import", "seen": seen, "gone": "end"}
    for unsure in ({}, {"how-many": "alla"}, {"how-many": "3"}):
        answer = treasurer.post_form(f"{path}/beslut", {**wish, **unsure})
        assert answer.status_code == 422
        assert "Skriv hur många medlemskap som ska avslutas" in answer.text

    answer = treasurer.post_form(f"{path}/beslut", {**wish, "how-many": str(members - 1)})
    assert answer.status_code == 303
    with app.readers() as session:
        run = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert run is not None
    assert run.counts["ended"] == members - 1


def test_a_register_that_changed_meanwhile_is_looked_at_again(app: App, treasurer: Visitor) -> None:
    path = upload(treasurer, REGISTER)
    say_columns(treasurer, path)
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', treasurer.get(f"{path}/beslut").text)
    other = upload(treasurer, "\r\n".join([HEAD, "M901;Åsa;Ås;asa@vaxjo.example;Lund;"]).encode())
    say_columns(treasurer, other)
    read_in(treasurer, other)

    answer = treasurer.post_form(f"{path}/beslut", {"do": "import", "seen": seen})
    page = treasurer.get(answer.headers["location"]).text
    assert "Registret har ändrats sedan du såg" in page
    assert person(app, member_number="M902") is None

    read_in(treasurer, path)
    assert person(app, member_number="M902") is not None


def test_pressing_twice_reads_in_once(app: App, treasurer: Visitor) -> None:
    path = upload(treasurer, REGISTER)
    say_columns(treasurer, path)
    done = read_in(treasurer, path)
    again = treasurer.post_form(f"{path}/beslut", {"do": "import", "seen": "x"})

    assert again.status_code == 404
    with app.readers() as session:
        assert len(session.scalars(select(ImportRun)).all()) == 1
    assert done.startswith("/personer/inlasningar/")


def test_while_it_is_read_in_the_page_tells_how_far_it_has_come(
    app: App, treasurer: Visitor, cast: Cast
) -> None:
    path = upload(treasurer, REGISTER)
    key = path.rsplit("/", 1)[-1]
    file = staged.get(app.paths.staged, key, person_id=cast.cecilia, now=app.now())
    assert staged.begin(app.paths.staged, file, now=app.now())
    staged.tell(app.paths.staged, key, Run(at=app.now(), what="Skriver", done=5000, of=10_000))

    answer = treasurer.get(f"{path}/gang")
    assert "Skriver: 5\xa0000 av 10\xa0000" in answer.text
    assert answer.headers["refresh"] == "2"

    staged.tell(app.paths.staged, key, Run(at=app.now() - timedelta(hours=1), what="Skriver"))
    assert "Inläsningen avbröts. Registret är som det var." in treasurer.get(f"{path}/gang").text


def test_an_import_that_has_been_used_since_is_not_undone(app: App, treasurer: Visitor, cast: Cast) -> None:
    path = upload(treasurer, REGISTER)
    say_columns(treasurer, path)
    done = read_in(treasurer, path)
    with app.sessions.begin() as session:
        anna = session.get_one(Subscriber, cast.anna)
        old, anna.municipality_code = anna.municipality_code, "1281"
        changed = changes.Changed(cast.anna, "municipality_code", old, "1281")
        changes.record(
            session,
            scope=app.everything("a test"),
            changed=[changed],
            author=Author(SetBy.MEMBER),
            now=app.now(),
        )

    answer = treasurer.post_form(done, {"do": "undo"})
    assert answer.status_code == 409
    assert "Inläsningen ångras inte" in answer.text
    assert "Anna Åkesson" in answer.text


def test_a_list_of_those_who_left_is_suppressed_and_enrols_nobody(app: App, treasurer: Visitor) -> None:
    path = upload(treasurer, b"Email Address,UNSUB_TIME\r\nborta@lund.example,2029-01-01 10:00:00\r\n")
    say_columns(treasurer, path)
    assert "De här har lämnat" in treasurer.get(f"{path}/skillnad").text

    assert treasurer.post_form(f"{path}/beslut", {"do": "suppress"}).status_code == 303
    with app.readers() as session:
        assert session.get(Suppression, "borta@lund.example") is not None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tom.csv", b" ", "tom"),
        ("bild.csv", b"\x89PNG\r\n\x1a\n", "är ingen text utan PNG"),
        ("ark.xlsx", b"PK\x03\x04 broken", "går inte att läsa som kalkylark"),
    ],
)
def test_what_is_no_register_is_told_at_once(
    app: App, treasurer: Visitor, name: str, content: bytes, said: str
) -> None:
    answer = treasurer.post_form(HERE, files={"file": (name, content, "text/csv")})

    assert answer.status_code == 422
    assert said in answer.text
    assert list(app.paths.staged.iterdir()) == []


def test_names_of_files_and_cells_are_text_and_nothing_else(treasurer: Visitor) -> None:
    content = b"Namn;E-post;<script>alert(1)</script>\r\n<b>Eva</b>;eva@lund.example;=1+1\r\n"
    path = upload(treasurer, content, "../../etc/<img src=x>.csv")
    say_columns(treasurer, path)

    for page in (HERE, path, f"{path}/skillnad", f"{path}/beslut"):
        text = treasurer.get(page).text
        assert "<script>alert" not in text
        assert "<b>Eva" not in text
        assert "<img" not in text
        assert "etc/" not in text


def test_a_file_is_its_owners_alone_and_its_key_cannot_be_a_path(
    app: App, treasurer: Visitor, officer: Visitor, lead: Visitor
) -> None:
    path = upload(treasurer, REGISTER)

    for other in (officer, lead):
        for page in (path, f"{path}/skillnad", f"{path}/beslut", f"{path}/gang"):
            assert other.get(page).status_code == 404
    assert lead.get(HERE).status_code == 404
    for key in ("%2e%2e%2f", "a" * 31, "A" * 32, "0" * 32):
        assert treasurer.get(f"{HERE}/{key}/skillnad").status_code == 404


def test_a_file_that_nobody_reads_in_is_gone_after_a_day(app: App, treasurer: Visitor, cast: Cast) -> None:
    key = upload(treasurer, REGISTER).rsplit("/", 1)[-1]
    assert "medlemmar.csv" in treasurer.get(HERE).text
    tomorrow = app.now() + staged.KEPT + timedelta(minutes=1)

    assert staged.of_person(app.paths.staged, person_id=cast.cecilia, now=tomorrow) == []
    assert staged.prune(app.paths.staged, now=tomorrow) == 1
    assert not (app.paths.staged / key).exists()


def test_a_file_can_be_thrown_away(app: App, treasurer: Visitor) -> None:
    path = upload(treasurer, REGISTER)
    answer = treasurer.post_form(path, {"do": "discard"})

    assert "Filen är bortkastad." in treasurer.get(answer.headers["location"]).text
    assert list(app.paths.staged.iterdir()) == []


def test_without_a_file_the_page_asks_for_one(treasurer: Visitor, here: TestClient, tmp_path: Path) -> None:
    assert "Välj filen med registret först." in treasurer.post_form(HERE, {}).text
