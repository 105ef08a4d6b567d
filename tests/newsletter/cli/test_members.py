"""A treasurer reads the register in and looks after it at the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.app import build
from newsletter.settings import load
from subscribers.core.authority import Everything
from subscribers.models import RoleName, Subscriber, Subscription, Suppression
from subscribers.services import acts, members, roles
from tests.cast import settle_in

EXCEL = "\r\n".join(
    (
        "Medlemsnr;Förnamn;Efternamn;E-post;Kommun;Skostorlek",
        "M001;Anna;Åkesson;anna@lund.example;Luleå kommun;39",
        "M002;Bo;Öberg;bo@lulea.example;;43",
        "9;Åsa;Ås;asa@malmö.example;Malmö stad;",
        "10;Dan;Ås;dan.malmö.example;Norrland;",
        ";Summa;;;;82",
    )
).encode("cp1252")


@pytest.fixture
def cast(tmp_path, monkeypatch, migrated):
    """A data directory with the cast in it."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        return settle_in(session, now=app.now())


@pytest.fixture
def run(run, cast):
    """Type a command after ``rundbrev members``. Gives status, standard output and standard error."""
    return lambda *words: run("members", *words)


@pytest.fixture
def database(cast):
    """Look into the database that the commands have written."""

    def look(model, key):
        with build(load(Path("var"))) as app, app.readers() as session:
            return session.get(model, key)

    return look


def test_the_list_is_in_swedish_order_with_what_a_lead_needs(run, cast):
    status, out, err = run("list")

    assert (status, err) == (0, "")
    head, *rows, count = out.splitlines()
    assert head.split() == ["Id", "Namn", "Medlemsnr", "Kommun", "Region", "E-post", "Medlem", "sedan"]
    assert [row.split()[1].rstrip(",") for row in rows] == [
        "Ek",
        "Haddad",
        "Norén",
        "Virtanen",
        "Åkesson",
        "Ärlig",
        "Ärlig",
        "Öberg",
    ]
    assert count == "8 personer"
    assert "bo@lulea.example +1" in rows[-1]


@pytest.mark.parametrize("region", ["skane", "Skåne", "region skåne"])
def test_the_list_of_a_region_holds_that_region(answer, region):
    listed = answer("list", "--region", region)

    assert listed["count"] == 3
    assert [p["name"] for p in listed["members"]] == ["Anna Åkesson", "Cecilia Ärlig", "David Ärlig"]
    assert {p["region"] for p in listed["members"]} == {"skane"}
    assert listed["members"][0]["addresses"] == [
        {"address": "anna@lund.example", "kind": "work", "preferred": True}
    ]


def test_an_unknown_region_is_told_with_the_known_ones(run):
    status, out, err = run("list", "--region", "Norrland")

    assert (status, out) == (1, "")
    assert err.startswith("Det finns ingen region som heter Norrland. Regionerna är Gävle/Dala, ")


def test_an_empty_answer_says_what_to_do(run):
    status, out, _ = run("list", "--region", "sydost")

    assert (status, out.count("\n")) == (0, 1)
    assert "rundbrev members import" in out


def test_people_are_found(answer, run):
    assert [p["name"] for p in answer("find", "ärlig")["members"]] == ["Cecilia Ärlig", "David Ärlig"]
    assert answer("find", "nobody")["count"] == 0


def test_one_person_is_shown_with_all_that_concerns_letters(run, answer, cast):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        roles.give(
            session,
            scope=Everything("test"),
            subscriber_id=cast.greta,
            role=RoleName.REGIONAL_LEAD,
            region="vast",
        )

    _, out, _ = run("show", cast.greta)

    assert out.splitlines()[0] == "Greta Ek"
    assert "  Kommun: Göteborg" in out
    assert "  E-post: greta@studsar.example (arbete, spärrad)" in out
    assert "  Uppdrag: regionansvarig Väst" in out
    assert "  Nyhetsbrevet: ja, " in out
    assert "  Inbjudningar: aldrig tillfrågad\n" in out
    facts = answer("show", cast.greta)
    assert facts["suppressed"] == ["greta@studsar.example"]
    assert facts["lists"] == {
        "nyhetsbrev": True,
        "regionbrev": None,
        "inbjudningar": None,
        "medlemsmeddelanden": None,
    }
    assert facts["roles"] == [{"role": "regional-lead", "region": "vast"}]


def test_somebody_who_is_not_there_is_told(run):
    status, out, err = run("show", 999)

    assert (status, out) == (1, "")
    assert err.startswith("Det finns ingen sådan person i registret.")


def test_a_register_from_excel_is_read_in(run, answer, tmp_path):
    (tmp_path / "medlemmar.csv").write_bytes(EXCEL)

    promised = answer("import", "medlemmar.csv", "--dry-run")
    assert answer("list")["count"] == 8
    done = answer("import", "medlemmar.csv")

    assert promised | {"dry_run": False, "import": 1} == done
    assert {k: done[k] for k in ("rows", "new", "changed", "unchanged", "skipped", "kept_silent")} == {
        "rows": 5,
        "new": 2,
        "changed": 1,
        "unchanged": 1,
        "skipped": 1,
        "kept_silent": 0,
    }
    assert (done["encoding"], done["delimiter"], done["ignored_columns"]) == ("cp1252", ";", ["Skostorlek"])
    assert [(p["row"], p["column"], p["weight"]) for p in done["problems"]] == [
        (5, "E-post", "value-skipped"),
        (5, "Kommun", "value-skipped"),
        (6, "", "row-skipped"),
    ]
    assert "Norrland" in done["problems"][1]["why"]
    assert done["problems"][1]["mend"].startswith("Skriv en av de 290 kommunerna")

    _, out, _ = run("import", "medlemmar.csv")
    assert "        4  oförändrade\n" in out
    assert "Kolumner som inte lästes: Skostorlek\n" in out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("  6 ")] == [["6", "raden"]]


def test_a_dry_run_is_told_to_be_one(run, tmp_path):
    (tmp_path / "medlemmar.csv").write_bytes(EXCEL)

    assert "Detta var ett prov: inget är ändrat." in run("import", "medlemmar.csv", "--dry-run")[1]
    assert "Detta var ett prov" not in run("import", "medlemmar.csv")[1]


def test_a_thousand_problems_do_not_fill_the_screen(run, answer, tmp_path):
    rows = "".join(f"Namn {at};fel\n" for at in range(1_000))
    (tmp_path / "medlemmar.csv").write_text("Namn;E-post\n" + rows)

    _, out, _ = run("import", "medlemmar.csv", "--dry-run")

    assert len(out.splitlines()) < 70
    assert "… och 975 till." in out
    assert len(answer("import", "medlemmar.csv", "--dry-run")["problems"]) == 1_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Det finns ingen fil"),
        (b"", "är tom"),
        (b"%PDF-1.7", "är ingen text utan PDF"),
        (b"x" * (21 * 1024 * 1024), "är större än 20 MB"),
    ],
)
def test_a_file_that_is_no_register_gets_a_sentence_and_changes_nothing(run, answer, tmp_path, content, says):
    if content is not None:
        (tmp_path / "register.csv").write_bytes(content)

    status, out, err = run("import", "register.csv")

    assert (status, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1
    assert answer("list")["count"] == 8


def test_a_folder_is_no_register(run, tmp_path):
    assert run("import", tmp_path)[0] == 1


def test_an_address_is_suppressed_with_a_reason_and_released(run, answer, database):
    assert answer("suppress", "Anna@lund.example", "--reason", "har slutat")["changed"]
    assert database(Suppression, "anna@lund.example").note == "har slutat"
    assert "redan spärrad" in run("suppress", "anna@lund.example", "--reason", "igen")[1]
    assert answer("release", "anna@lund.example", "--reason", "Ny brevlåda")["changed"]
    assert database(Suppression, "anna@lund.example") is None
    assert "var inte spärrad" in run("release", "anna@lund.example", "--reason", "Ny brevlåda")[1]


def test_the_log_tells_who_heeded_them_and_nobody_by_name(answer, cast, capsys):
    answer("suppress", "Anna@lund.example", "--reason", "Anna har slutat", "--as", "Kim")
    answer("suppress", "anna@lund.example", "--reason", "igen", "--as", "Bo")
    answer("suppress", "okand@lund.example", "--reason", "studsar", "--as", "Kim")
    answer("unsubscribe", cast.anna, "--as", "Kim")
    answer("unsubscribe", cast.anna, "--as", "Bo")
    answer("release", "anna@lund.example", "--reason", "Ny brevlåda", "--as", "Kim")

    with build(load(Path("var"))) as app, app.readers() as session:
        whom = f"person {session.get_one(Subscriber, cast.anna).pseudonym}"
        logged = [(act.act, act.subject) for act in reversed(acts.latest(session))]
        assert {act.actor for act in acts.latest(session)} == {"Kim"}, "what changed nothing is not told"
        told = str([(act.subject, act.details) for act in acts.latest(session)])
    assert logged[0] == ("suppress address", whom)
    assert logged[2] == ("unsubscribe", whom)
    assert [act for act, _ in logged] == ["suppress address"] * 2 + ["unsubscribe", "release address"]
    assert not any(word in told for word in ("Anna", "anna@", "okand@"))


def test_the_log_tells_who_read_a_file_in_took_it_back_and_wrote_one(answer):
    Path("register.csv").write_bytes(EXCEL)
    run_id = answer("import", "register.csv", "--as", "Kim")["import"]
    answer("import-undo", run_id, "--as", "Kim")
    answer("export", "ut.csv", "--as", "Kim")

    with build(load(Path("var"))) as app, app.readers() as session:
        logged = {act.act: act.actor for act in acts.latest(session)}
    assert logged == {"import": "Kim", "import undone": "Kim", "export": "Kim"}


def test_no_reason_no_suppression(run):
    status, out, err = run("suppress", "anna@lund.example")

    assert (status, out) == (2, "")
    assert "--reason" in err


def test_an_impossible_address_is_told(run):
    status, _, err = run("suppress", "anna", "--reason", "x")

    assert status == 1
    assert "saknas ett @" in err


def test_somebody_who_rings_is_unsubscribed(run, answer, database, cast):
    assert answer("unsubscribe", cast.anna) == {
        "id": cast.anna,
        "list": "nyhetsbrev",
        "changed": True,
        "withdrawn": 0,
    }
    assert not database(Subscription, (cast.anna, cast.newsletter)).active
    assert "stod redan utanför" in run("unsubscribe", cast.anna)[1]
    assert (
        "Anna Åkesson står inte längre på inbjudningar."
        in run("unsubscribe", cast.anna, "--list", "inbjudningar")[1]
    )


def test_member_notices_cannot_be_left(run, cast):
    status, _, err = run("unsubscribe", cast.anna, "--list", "medlemsmeddelanden")

    assert status == 1
    assert "hör till medlemskapet" in err


def test_nothing_is_unsubscribed_when_the_list_is_unknown(run, database, cast):
    assert run("unsubscribe", cast.anna, "--list", "hemliga")[0] == 1
    assert database(Subscription, (cast.anna, cast.newsletter)).active


def test_the_commands_speak_english_where_english_is_spoken(run, monkeypatch, cast):
    monkeypatch.setenv("INTERFACE_LANGUAGE", "en")

    _, out, _ = run("show", cast.hilma)

    assert "The newsletter: " in out


def test_the_day_of_a_choice_is_the_day_where_the_association_is(run, cast, monkeypatch):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        for said in session.query(Subscription).filter_by(subscriber_id=cast.hilma):
            said.changed_at = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # half past midnight in Sweden

    _, out, _ = run("show", cast.hilma)

    assert "2026-11-22" in out
    assert "2026-11-21" not in out


def test_the_register_shows_everyone_that_the_services_know(answer):
    with build(load(Path("var"))) as app, app.readers() as session:
        assert answer("list")["count"] == members.count_members(session, scope=Everything("test"))
