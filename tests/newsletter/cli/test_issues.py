"""A volunteer puts an issue together at the command line."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import cli, probing
from newsletter.app import build
from newsletter.cli.issue_status import bar
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.preflight.answers import Answer, Outcome
from newsletter.models import Article, Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import releases
from newsletter.settings import load
from subscribers.services import departures
from tests.cast import settle_in

SKANE = Audience.of(["skane"])


@pytest.fixture
def association(tmp_path, monkeypatch, migrated):
    """A data directory with the cast in it and three articles (the last for Skåne)."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        settle_in(session, now=app.now())
        session.add_all(
            Article(title=title, body="Text.", audience=audience, created_at=app.now(), updated_at=app.now())
            for title, audience in [("Ett [nytt] år", EVERYONE), ("Två", EVERYONE), ("Skånskt", SKANE)]
        )


@pytest.fixture
def issues(capsys, association):
    """Type a command after ``rundbrev issues``. Gives status, standard output and standard error."""

    def run(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(("issues", *map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err.removeprefix("Övningsläge – inga brev skickas på riktigt\n")

    return run


@pytest.fixture
def answer(issues):
    """The JSON object that a command answers with."""

    def run(*words):
        status, out, err = issues(*words, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return run


@pytest.fixture
def draft(answer):
    """An issue with all three articles."""
    issue = answer("create", "--title", "Mars", "--subject", "Vårens träffar")["id"]
    answer("add", issue, 1, 2, "--section", "Reportage")
    answer("add", issue, 3, "--section", "Från din region", "--teaser")
    return issue


def change_status(status):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        session.get(Issue, 1).status = status


def test_an_issue_is_made_filled_and_shown(issues):
    assert issues("create", "--title", "Mars", "--subject", "Vårens träffar")[1].startswith(
        "Skapade Nyhetsbrevet 1/"
    )
    assert "Ett [nytt] år" in issues("add", 1, 1, 3)[1]

    _, out, _ = issues("show", 1)

    for words in ("Vårens träffar", "utkast", "Ett [nytt] år", "Skånskt", "Gemensam", "Skåne"):
        assert words in out


def test_an_issue_can_be_named_by_its_number_and_year(answer, draft):
    name = answer("show", draft)["name"].removeprefix("Nyhetsbrevet ")

    assert answer("show", name)["id"] == draft


def test_show_tells_scripts_everything(answer, draft):
    shown = answer("show", draft)

    assert shown["status"] == "draft"
    assert shown["audience"] is None
    assert [item["article"] for item in shown["items"]] == [1, 2, 3]
    assert shown["items"][2] == {
        "position": 3,
        "article": 3,
        "title": "Skånskt",
        "section": "Från din region",
        "form": "teaser",
        "audience": ["skane"],
    }
    assert {v["name"]: v["articles"] for v in shown["variants"]} == {"Gemensam": [1, 2], "Skåne": [1, 2, 3]}
    assert shown["variants"][1]["regions"] == ["skane"]
    assert shown["changed_since_frozen"] == []


def test_articles_are_moved_taken_out_and_put_in_place(answer, draft):
    def order(issue):
        return [item["article"] for item in issue["items"]]

    assert order(answer("move", draft, 3, 1)) == [3, 1, 2]
    assert order(answer("remove", draft, 1)) == [3, 2]
    assert order(answer("add", draft, 1, "--position", 2)) == [3, 1, 2]


def test_several_articles_are_put_in_place_in_the_order_given(answer):
    answer("create", "--title", "Mars", "--subject", "Hej")
    answer("add", 1, 3)

    issue = answer("add", 1, 2, 1, "--position", 1)

    assert [item["article"] for item in issue["items"]] == [2, 1, 3]


def test_one_article_that_will_not_do_leaves_the_issue_as_it_was(issues, answer, draft):
    answer("remove", draft, 1)

    status, _, err = issues("add", draft, 1, 99)

    assert (status, err) == (1, "Det finns ingen artikel 99.\n")
    assert [item["article"] for item in answer("show", draft)["items"]] == [2, 3]


def test_regions_are_given_by_slug_or_name_one_by_one_or_with_commas(answer):
    given = ["--audience", "skane,norra", "--audience", "Väst"]
    issue = answer("create", "--title", "Mars", "--subject", "Hej", "--list", "regionbrev", *given)

    assert issue["audience"] == ["norra", "skane", "vast"]


def test_words_can_be_changed_while_it_is_a_draft(issues, answer, draft):
    assert answer("change", draft, "--subject", "Alla träffar")["subject"] == "Alla träffar"

    answer("schedule", draft, "+1d")

    assert issues("change", draft, "--subject", "Nej")[0] == 1


def test_a_schedule_is_told_with_its_zone_and_kept_with_its_instant(issues, answer, draft):
    _, out, _ = issues("schedule", draft, "2099-12-01 09:00")

    assert "är schemalagt till 2099-12-01 09:00 (Europe/Stockholm)" in out
    assert "rundbrev serve" in out, "without it nothing would ever go"
    shown = answer("show", draft)
    assert shown["send_wall_time"] == "2099-12-01 09:00"
    assert shown["send_at"] == "2099-12-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2099-03-29 02:30", "klockorna ställs fram till sommartid. Numret går 2099-03-29 03:30."),
        ("2099-10-25 02:30", "kommer två gånger"),
    ],
)
def test_the_turning_of_the_clocks_is_explained(issues, draft, at, says):
    assert says in issues("schedule", draft, at)[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("schedule", 1, "2020-01-01 09:00"), "redan passerat"),
        (("schedule", 1, "i morgon"), "2026-12-01 09:00"),
        (("schedule", 1, "2099-02-30 09:00"), "finns inte i kalendern"),
        (("schedule", 99, "nu"), "inget nummer 99"),
        (("show", "13/2026"), "inget nummer 13/2026"),
        (("unschedule", 1), "utkast"),
        (("create", "--title", "x", "--subject", " "), "saknar ämnesrad"),
        (("create", "--title", "x", "--subject", "a\nb"), "radbrytning"),
        (("create", "--title", "x", "--subject", "y", "--list", "brev"), "Listorna heter nyhetsbrev"),
        (("create", "--title", "x", "--subject", "y", "--audience", "smaland"), "ingen region"),
        (("add", 1, 3, "--audience", "norra"), "redan"),
        (("move", 1, 1, 0), "1 är först"),
        (("preview", 1, "--variant", "smaland", "--out", "ut"), "ingen region"),
        (("preview", 1, "--person", 99, "--out", "ut"), "ingen sådan person"),
        (("preview", 1, "--out", "/proc/ut"), "--out"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(issues, draft, words, says):
    status, out, err = issues(*words)

    assert (status, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1


def test_an_issue_is_taken_back_cancelled_and_regretted(issues, answer, draft):
    answer("schedule", draft, "+1d")
    assert answer("unschedule", draft)["status"] == "draft"
    assert answer("cancel", draft)["status"] == "cancelled"
    assert "inställt" in issues("schedule", draft, "+1d")[2]
    assert answer("unschedule", draft)["status"] == "draft"
    assert answer("send", draft)["practice"] is True


def test_a_released_issue_is_out_of_reach(issues, draft):
    issues("schedule", draft, "+1d")
    change_status(IssueStatus.RELEASED)

    assert "redan på väg ut" in issues("unschedule", draft)[2]
    assert "Det finns inget kvar att stoppa" in issues("cancel", draft)[2]


def test_mail_to_the_world_is_not_scheduled_before_it_may_leave(issues, draft, monkeypatch):
    """Rules U1 and L3."""
    monkeypatch.setenv("SMTP_HOST", "smtp.forening.example")

    status, _, err = issues("schedule", draft, "+1d")

    assert status == 1
    assert "BASE_URL måste vara en https-adress" in err


def test_the_first_mail_to_the_world_waits_until_those_who_have_left_are_known(issues, draft, monkeypatch):
    monkeypatch.setenv("SMTP_HOST", "smtp.forening.example")
    monkeypatch.setenv("BASE_URL", "https://brev.forening.example")
    monkeypatch.setenv("POSTAL_ADDRESS", "Gatan 1, 111 11 Orten")

    for words in (("schedule", draft, "+1d"), ("send", draft)):
        status, _, err = issues(*words)
        assert status == 1
        assert "rundbrev members import FIL --unsubscribed" in err
        assert "rundbrev members no-unsubscribed --by NAMN" in err

    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        departures.state_none(session, scope=app.everything("a test"), actor="Kim", now=app.now())
    assert issues("schedule", draft, "+1d")[0] == 0


def test_a_change_that_came_too_late_is_told(issues, draft):
    issues("schedule", draft, "+1d")
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        article = session.get(Article, 2)
        article.title, article.updated_at = "Rättat", app.now()

    assert "artikel 2 (”Rättat”) har ändrats efter schemaläggningen" in issues("show", draft)[1]


def test_the_list_shows_where_every_issue_stands(issues, answer, draft):
    assert "schemalagt" in (issues("schedule", draft, "2099-12-01 09:00") and issues("list")[1])
    assert "2099-12-01 09:00" in issues("list")[1]
    assert [issue["id"] for issue in answer("list")["issues"]] == [draft]


def test_an_empty_list_says_what_to_do_first(issues):
    assert issues("list")[1] == "Det finns inga nummer än. Skapa det första med rundbrev issues create.\n"


def test_an_empty_issue_says_what_to_do_first(issues, answer):
    answer("create", "--title", "x", "--subject", "y")

    for words in (("show", 1), ("preview", 1, "--out", "ut")):
        assert "Lägg till artiklar med rundbrev issues add 1" in issues(*words)[1]


def test_every_variant_is_written_as_three_files(answer, draft):
    files = answer("preview", draft, "--out", "ut/djupt")["files"]

    assert [Path(each["html"]).stem.rpartition("-")[2] for each in files] == ["gemensam", "skane"]
    common, skane = files
    assert "Skånskt" not in Path(common["html"]).read_text(encoding="utf-8")
    assert "Skånskt" in Path(skane["txt"]).read_text(encoding="utf-8")
    message = message_from_bytes(Path(skane["eml"]).read_bytes(), policy=policy.default)
    assert message["Subject"] == "Vårens träffar"
    html = message.get_body(("html",)).get_content()
    assert html.replace("\r\n", "\n").encode() == Path(skane["html"]).read_bytes()


@pytest.mark.parametrize(
    ("region", "has_it"), [("skane", True), ("Skåne", True), ("norra", False), ("ingen", False)]
)
def test_one_variant_is_written_as_its_region_gets_it(answer, draft, region, has_it):
    (written,) = answer("preview", draft, "--variant", region, "--out", "ut")["files"]

    assert ("Skånskt" in Path(written["html"]).read_text(encoding="utf-8")) is has_it


def test_a_letter_is_written_as_a_named_person_gets_it(answer, draft):
    (written,) = answer("preview", draft, "--person", 1, "--out", "ut")["files"]

    assert "Hej Anna!" in Path(written["txt"]).read_text(encoding="utf-8")
    assert "Skånskt" in Path(written["html"]).read_text(encoding="utf-8")


def test_an_english_reader_is_met_in_english(answer, draft):
    (written,) = answer("preview", draft, "--variant", "ingen", "--english", "--out", "ut")["files"]

    assert "Hello," in Path(written["txt"]).read_text(encoding="utf-8")


def test_only_one_way_to_choose_a_preview_at_a_time(issues, draft):
    status, _, err = issues("preview", draft, "--variant", "skane", "--all", "--out", "ut")

    assert status == 2
    assert "Ange bara en av --variant, --person och --all." in err


def release():
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        for due in releases.due(session, now=app.now()):
            releases.release(session, scope=app.everything("a test"), issue_id=due.issue_id, now=app.now())


def test_before_the_issue_goes_there_is_nothing_to_count(issues, answer, draft):
    assert "Inga brev än" in issues("status", draft)[1]
    assert answer("status", draft)["people"] == 0


def test_the_status_counts_everyone_and_says_why_some_are_left_out(issues, answer, draft):
    answer("send", draft)
    release()

    counted = answer("status", draft)
    assert (counted["people"], counted["open"]) == (8, 4)
    assert counted["states"]["queued"] == 4
    assert counted["left_out"] == {
        "deceased": 0,
        "no-address": 1,
        "not-subscribed": 0,
        "unsubscribed": 1,
        "suppressed": 1,
        "paused": 0,
        "shared-address": 1,
        "no-content": 0,
    }
    assert counted["by_region"]["skane"]["queued"] == 2
    assert {variant["name"] for variant in counted["by_variant"]} == {"Gemensam", "Skåne"}
    assert counted["practice"] is True

    _, shown, _ = issues("status", draft)
    for words in (
        "I kö",
        "████████████",
        "saknar e-postadress",
        "har en spärrad adress",
        "Norra",
        "ingen region",
    ):
        assert words in shown


def test_the_status_names_whom_the_letter_was_refused_and_says_why(issues, answer, draft):
    """What the officer's guide promises of a refused letter: the reason stands there."""
    answer("send", draft)
    release()
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        for delivery in session.scalars(select(Delivery).where(Delivery.state == DeliveryState.QUEUED)):
            delivery.state, delivery.reply = DeliveryState.REFUSED, "550 5.1.1 No such user"
            refused = delivery.address

    told = answer("status", draft)["troubles"]
    assert len(told) == 4
    assert told[-1]["address"] == refused
    assert {(one["state"], one["reply"]) for one in told} == {("refused", "550 5.1.1 No such user")}

    _, shown, _ = issues("status", draft)
    assert any(
        refused in line and "Avvisat" in line and "No such user" in line for line in shown.splitlines()
    )


def test_an_issue_cannot_be_taken_back_once_it_is_released(issues, answer, draft):
    answer("send", draft)
    release()

    assert "redan på väg ut" in issues("unschedule", draft)[2]


@pytest.mark.parametrize(
    ("count", "of", "drawn"),
    [(0, 400, ""), (1, 400, "▏"), (200, 400, "█" * 12), (400, 400, "█" * 24), (25, 400, "█▌")],
)
def test_a_bar_shows_a_share_and_nothing_only_for_nothing(count, of, drawn):
    assert bar(count, of) == drawn


def test_who_scheduled_and_cancelled_an_issue_stands_in_the_log(issues, answer, draft, capsys) -> None:
    issues("schedule", draft, "2999-12-01 09:00", "--as", "Olle")
    issues("cancel", draft)

    with pytest.raises(SystemExit):
        cli.main(("log", "--json"))
    logged = json.loads(capsys.readouterr().out)["acts"]
    assert [act["act"] for act in logged] == ["cancel", "schedule"]
    assert logged[1]["actor"] == "Olle"
    assert logged[1]["details"] == {"at": "2999-12-01T08:00:00+00:00", "grace": 10, "head start": 15}


def test_a_teaser_that_leads_nowhere_is_warned_about_and_one_that_leads_somewhere_is_not(issues, answer):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        session.get(Article, 2).body = "Läs [mer](https://forening.example/mer)."
    answer("create", "--title", "Mars", "--subject", "Vårens träffar")

    status, out, err = issues("add", 1, 1, 2, "--teaser")
    told = answer("add", 1, 3, "--teaser")["warnings"]

    assert status == 0
    assert "Två" in out
    assert "Artikel 1 (”Ett [nytt] år”) har ingen webblänk" in err
    assert "Två" not in err
    assert len(told) == 1
    assert "Artikel 3" in told[0]


def test_a_whole_article_needs_no_link(issues, answer):
    answer("create", "--title", "Mars", "--subject", "Vårens träffar")

    assert issues("add", 1, 1)[2] == ""


def test_an_officer_sees_by_name_who_lacks_an_address(issues, answer, draft):
    assert "Inga brev än" in issues("status", draft, "--left-out")[1]
    assert answer("status", draft, "--left-out")["left_out_people"] == []
    answer("send", draft)
    release()

    _, shown, _ = issues("status", draft, "--left-out")
    (elsa,) = [line for line in shown.splitlines() if "Elsa Norén" in line]
    assert elsa.rstrip().endswith("saknar e-postadress")
    assert "Norra" in elsa
    assert "Anna" not in shown
    people = answer("status", draft, "--left-out")["left_out_people"]
    assert {"person": 5, "name": "Elsa Norén", "region": "norra", "reason": "no-address"} in people
    assert len(people) == 4
    assert "left_out_people" not in answer("status", draft)


def test_check_says_what_to_mend_and_ends_well_unless_something_stops(issues, answer, draft_with_fault):
    status, out, err = issues("check", draft_with_fault)

    assert (status, err) == (0, "")
    assert "Se över (" in out
    assert "[link] ”Ett [nytt] år” säger ”Klicka här nu.”" in out

    told = answer("check", draft_with_fault)
    assert told["stops"] == 0
    assert {"rule": "link", "place": "body"}.items() <= next(
        each.items() for each in told["findings"] if each["rule"] == "link"
    )


def test_check_ends_with_1_when_the_issue_cannot_go(issues, draft_with_fault):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        article = session.scalars(select(Article).where(Article.title.startswith("Ett"))).one()
        article.body = "Hej {{ namn }}."

    status, out, _ = issues("check", draft_with_fault)

    assert status == 1
    assert out.startswith("Hindrar att numret skickas (1)")


def test_check_asks_the_pages_that_are_linked_to_only_when_told_to(
    issues, answer, draft_with_fault, monkeypatch
):
    page, asked = "https://borta.example/sida", []

    def ask_all(urls, *, agent, own, reach):
        asked.append((list(urls), own))
        assert agent.startswith("Rundbrev (link check; +http")
        return {url: Answer(Outcome.GONE, 404) for url in urls}

    monkeypatch.setattr(probing, "ask_all", ask_all)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        article = session.scalars(select(Article).where(Article.title.startswith("Ett"))).one()
        article.body = f"Se [trädgården]({page})."
        own = app.frame().base_url
    assert "[answer]" not in issues("check", draft_with_fault)[1]
    assert asked == []

    _, out, _ = issues("check", draft_with_fault, "--links")

    assert f"[answer] Länken ”trädgården” till {page} leder till en sida som inte finns." in out
    assert "[answer]" in issues("check", draft_with_fault)[1]  # known for a day, without asking
    issues("check", draft_with_fault, "--links")
    assert asked == [([page], own), ([], own)]


def test_a_send_with_remarks_lists_them_and_wants_a_reason(issues, answer, draft_with_fault):
    status, _, err = issues("schedule", draft_with_fault, "2031-12-01 09:00")
    assert status == 1
    assert "[link] ”Ett [nytt] år” säger ”Klicka här nu.”" in err
    assert "skriv varför det ska gå ändå" in err

    status, out, _ = issues("schedule", draft_with_fault, "2031-12-01 09:00", "--json")
    told = json.loads(out)
    assert (status, [each["rule"] for each in told["needs_reason"]]) == (1, ["link"])
    assert answer("check", draft_with_fault)["needs_reason"] == 1

    done = answer("schedule", draft_with_fault, "2031-12-01 09:00", "--reason", "det är som det ska")
    assert done["passed"]["reason"] == "det är som det ska"
    assert [each["rule"] for each in done["passed"]["findings"]] == ["link"]


@pytest.fixture
def draft_with_fault(answer):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        article = session.scalars(select(Article).where(Article.title.startswith("Ett"))).one()
        article.body = "Klicka här nu."
        article_id = article.id
    issue = answer("create", "--title", "Mars", "--subject", "Hej")["id"]
    answer("add", issue, article_id)
    return issue
