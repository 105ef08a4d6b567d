"""Settings: where they come from, and what is said of an impossible one."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from newsletter import language
from newsletter.core.pacing import Limits, parse
from newsletter.core.quiet import Hours
from newsletter.errors import SendingRefused, SettingsError
from newsletter.settings import check_inbound, check_sending, interface_language, is_loopback, load, variables

HERE = Path(__file__).parents[2]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A data directory, and another directory that the person stands in."""
    standing = tmp_path / "standing"
    data = tmp_path / "data"
    standing.mkdir()
    data.mkdir()
    monkeypatch.chdir(standing)
    return standing, data


def name_in(data, environment=None):
    return load(data, environment or {}).association_name


def test_with_nothing_set_the_defaults_hold(places):
    _, data = places
    settings = load(data, {})

    assert settings.association_name == "Föreningen"
    assert settings.web_port == 8040
    assert settings.stays_here
    assert settings.uses_own_sink
    assert settings.relay == ("127.0.0.1", 2540)
    assert settings.effective_database_url == f"sqlite:///{data / 'rundbrev.db'}"


def test_the_environment_goes_before_the_data_directory_before_the_current_directory(places):
    standing, data = places

    (standing / ".env").write_text("ASSOCIATION_NAME=Här\n", encoding="utf-8")
    assert name_in(data) == "Här"

    (data / ".env").write_text("ASSOCIATION_NAME=Där\n", encoding="utf-8")
    assert name_in(data) == "Där"

    assert name_in(data, {"ASSOCIATION_NAME": "Överallt"}) == "Överallt"


def test_each_variable_is_looked_for_on_its_own(places):
    standing, data = places
    (standing / ".env").write_text("ASSOCIATION_NAME=Här\nWEB_PORT=8001\n", encoding="utf-8")
    (data / ".env").write_text("WEB_PORT=8002\n", encoding="utf-8")

    settings = load(data, {"SINK_PORT": "2600"})

    assert (settings.association_name, settings.web_port, settings.sink_port) == ("Här", 8002, 2600)


def test_the_process_environment_is_read_where_no_other_is_given(places, monkeypatch):
    monkeypatch.setenv("ASSOCIATION_NAME", "Från skalet")

    assert load(places[1]).association_name == "Från skalet"


def test_a_file_from_windows_is_read_with_its_byte_order_mark(places):
    _, data = places
    (data / ".env").write_bytes("\ufeffASSOCIATION_NAME=Åkarföreningen\r\nWEB_PORT=8003\r\n".encode())

    settings = load(data, {})

    assert (settings.association_name, settings.web_port) == ("Åkarföreningen", 8003)


def test_a_dollar_in_a_password_is_a_dollar(places):
    _, data = places
    (data / ".env").write_text("SMTP_PASSWORD='pa$$HOME${x}'\n", encoding="utf-8")

    assert load(data, {}).smtp_password == "pa$$HOME${x}"


def test_a_file_that_is_no_text_is_named_in_a_sentence(places):
    _, data = places
    (data / ".env").write_bytes(b"ASSOCIATION_NAME=F\xf6reningen\n")

    with pytest.raises(SettingsError) as refused:
        load(data, {})

    assert str(data / ".env") in str(refused.value)
    assert "UTF-8" in str(refused.value)


IMPOSSIBLE = {
    "INTERFACE_LANGUAGE": ["", "fi", "svenska"],
    "ASSOCIATION_NAME": ["", "  ", "En\nannan rad", "\x00"],
    "POSTAL_ADDRESS": ["Gatan 1\n111 11 Orten"],
    "CONTACT_ADDRESS": ["", "kontakt", "a@b@c.example", "Namn <a@b.example>"],
    "ACCENT_COLOR": ["", "red", "#fff", "#gggggg", "#8a3324;"],
    "TYPEFACE": ["", "comic", "Georgia"],
    "FOOTER_TEXT": ["En rad\noch en till", "x" * 501],
    "PICTURES": ["", "cid"],
    "FROM_ADDRESS": ["", "nyhetsbrev", "nyhetsbrev@", "a b@forening.example"],
    "BOUNCE_ADDRESS": ["studsar"],
    "INBOUND_ADDRESS": ["in@"],
    "ANSWERS_TO": ["", "me"],
    "ARTICLES_ADDRESS": ["artiklar"],
    "INBOUND_HOST": ["127.0.0.1\n"],
    "INBOUND_SMTP_PORT": ["", "-1", "65536", "smtp"],
    "INBOUND_LMTP_PORT": ["", "65536", "lmtp"],
    "INBOUND_TLS_CERT": ["cert\n"],
    "INBOUND_TLS_KEY": ["key\x00"],
    "INBOUND_IMAP_HOST": ["\x07"],
    "INBOUND_IMAP_PORT": ["0", "imap"],
    "INBOUND_IMAP_SECURITY": ["", "ssl"],
    "INBOUND_IMAP_USER": ["a\nb"],
    "INBOUND_IMAP_PASSWORD": ["hemligt\x01"],
    "INBOUND_IMAP_FOLDERS": ["", " , ", "INBOX\n"],
    "INBOUND_IMAP_OAUTH_URL": ["http://login.example/token", "login.example", "ftp://127.0.0.1/", "https://"],
    "INBOUND_IMAP_OAUTH_CLIENT_ID": ["a\nb"],
    "INBOUND_IMAP_OAUTH_CLIENT_SECRET": ["hemligt\x01"],
    "INBOUND_IMAP_OAUTH_REFRESH_TOKEN": ["hemligt\x01"],
    "INBOUND_IMAP_OAUTH_SCOPE": ["a\nb"],
    "ENVELOPE": ["", "verb"],
    "BASE_URL": [
        "",
        "brev.forening.example",
        "ftp://brev.forening.example",
        "https://",
        "https://a.example/?x=1",
    ],
    "WEB_HOST": ["127.0.0.1\n"],
    "WEB_PORT": ["", "0", "65536", "-1", "80.5", "åtta", "８０４０"],
    "SINK_PORT": ["0", "x"],
    "METRICS_HOST": ["127.0.0.1\n"],
    "METRICS_PORT": ["", "-1", "65536", "prom"],
    "LOG_FORMAT": ["", "xml"],
    "LOG_LEVEL": ["", "loud"],
    "SMTP_HOST": ["\x07"],
    "SMTP_PORT": ["0", "smtp"],
    "SMTP_SECURITY": ["", "ssl"],
    "SMTP_RELAYS": [
        "smtp.a.example",
        "https://a.example",
        "smtp://",
        "smtp://a.example/x",
        "smtp://a.example:0",
        "smtp://a.example?weight=0",
        "smtp://a.example?weight=1&weight=2",
        "smtp://a.example?speed=9",
        "smtps://a.example?security=starttls",
        "smtp://a.example?auth=plain",
        "smtp://a.example?weight",
        "smtp://a.example smtp://a.example:587",
        "smtp://a.example:x",
        "smtp://a%ff@a.example",
        "smtp://a\x00b",
    ],
    "SMTP_PLAINTEXT": ["", "yes"],
    "SMTP_OAUTH_URL": ["http://login.example/token", "login.example", "https://"],
    "SMTP_OAUTH_CLIENT_ID": ["a\nb"],
    "SMTP_OAUTH_CLIENT_SECRET": ["hemligt\x01"],
    "SMTP_OAUTH_REFRESH_TOKEN": ["hemligt\x01"],
    "SMTP_OAUTH_SCOPE": ["a\nb"],
    "DKIM": ["", "both"],
    "SMTP_USER": ["a\nb"],
    "SMTP_PASSWORD": ["hemligt\x01"],
    "SMTP_CONNECTIONS": ["0", "51"],
    "DNS_SERVER": ["dns.forening.example", "192.0.2.53:0", "192.0.2.53:x", "192.0.2.300", "[2001:db8::53"],
    "DATABASE_URL": ["mysql://a/b", "rundbrev.db", "sqlite://", "sqlite:///", "sqlite:///:memory:"],
    "TIME_ZONE": ["", "Stockholm", "Europe/Stokholm", "/etc/passwd", "../UTC"],
    "RELEASE_WINDOW_MINUTES": ["0", "10081", "2h"],
    "SEND_GRACE_MINUTES": ["-1", "1441"],
    "SEND_HEAD_START_MINUTES": ["-1", "en kvart"],
    "SEND_RATE": ["30", "0/minute", "30/week"],
    "RELAY_RATE": ["fort", "5/hour, 6/hour"],
    "DOMAIN_RATES": [
        "gmail.com",
        "gmail.com=",
        "=5/hour",
        "gmail.com=5/year",
        "outlook.com=1/day live.se=1/day",
    ],
    "SLOW_START": ["", "-1", "100001"],
    "QUIET_HOURS": ["22", "22-22", "natten"],
    "BLOCK_REQUEST_DAYS": ["-1", "91", "två veckor"],
    "SOFT_BOUNCES": ["0", "101", "fem"],
    "SOFT_BOUNCE_DAYS": ["0", "366", "två månader"],
}


def test_every_variable_has_a_value_that_it_may_not_have():
    assert IMPOSSIBLE.keys() == variables().keys()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in IMPOSSIBLE.items() for value in values]
)
def test_an_impossible_value_gets_a_sentence_that_names_the_variable(places, name, value):
    with pytest.raises(SettingsError) as refused:
        load(places[1], {name: value})

    said = str(refused.value)
    assert name in said
    assert "men ska vara" in said
    assert said.isprintable()


def test_rates_and_quiet_hours_are_read(places):
    given = {
        "SEND_RATE": "2000/day",
        "RELAY_RATE": "14/second, 500/hour",
        "DOMAIN_RATES": "gmail.com=20/second  hotmail.se=10/second,5000/day",
        "SLOW_START": "200",
        "QUIET_HOURS": "22-7",
    }
    settings = load(places[1], given)

    assert settings.limits == Limits(
        overall=parse("2000/day"),
        each_relay=parse("14/second, 500/hour"),
        domains={"gmail.com": parse("20/second"), "outlook.com": parse("10/second, 5000/day")},
        slow_start=200,
    )
    assert settings.silence == Hours(22, 7)
    assert load(places[1], {}).limits == Limits()
    assert load(places[1], {}).silence is None


def test_the_sentence_says_what_the_value_may_be_in_the_persons_language(places):
    with language.using("en"), pytest.raises(SettingsError) as refused:
        load(places[1], {"WEB_PORT": "åtta"})

    with language.using("en"):
        said = language.sentence(refused.value)
    assert "WEB_PORT" in said
    assert "1" in said
    assert "65535" in said
    assert "heltal" not in said


SECRETS = [
    "SMTP_PASSWORD", "DATABASE_URL", "INBOUND_IMAP_PASSWORD", "INBOUND_IMAP_OAUTH_CLIENT_SECRET",
    "INBOUND_IMAP_OAUTH_REFRESH_TOKEN", "SMTP_OAUTH_CLIENT_SECRET", "SMTP_OAUTH_REFRESH_TOKEN", "SMTP_RELAYS",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_shown_neither_in_the_error_nor_in_the_settings(places, name):
    with pytest.raises(SettingsError) as refused:
        load(places[1], {name: "hemligt\x01"})
    assert "hemligt" not in str(refused.value)

    given = dict.fromkeys(SECRETS, "hemligt") | {
        "DATABASE_URL": "postgresql://a:hemligt@b/c",
        "SMTP_RELAYS": "smtps://a:hemligt@b.example",
    }
    assert "hemligt" not in repr(load(places[1], given))


def test_a_mailbox_elsewhere_is_not_signed_in_to_in_the_clear(places):
    elsewhere = {"INBOUND_IMAP_HOST": "imap.forening.example"}
    check_inbound(load(places[1], elsewhere))
    check_inbound(load(places[1], {"INBOUND_IMAP_HOST": "127.0.0.1", "INBOUND_IMAP_SECURITY": "none"}))
    with pytest.raises(SettingsError, match="INBOUND_IMAP_SECURITY"):
        check_inbound(load(places[1], elsewhere | {"INBOUND_IMAP_SECURITY": "none"}))
    with pytest.raises(SettingsError, match="INBOUND_IMAP_OAUTH_REFRESH_TOKEN"):
        check_inbound(load(places[1], elsewhere | {"INBOUND_IMAP_OAUTH_URL": "https://login.example/token"}))


def test_every_variable_stands_in_the_example_with_its_default_and_a_sentence():
    example = HERE / ".env.example"
    assert dotenv_values(example, interpolate=False) == variables()

    lines = example.read_text(encoding="utf-8").splitlines()
    for name in variables():
        at = next(index for index, line in enumerate(lines) if line.startswith(f"{name}="))
        assert lines[at - 1].startswith("# "), f"{name} has no sentence above it"


def test_postgresql_is_one_setting(places):
    settings = load(places[1], {"DATABASE_URL": "postgresql://rundbrev@db.example/brev"})

    assert settings.effective_database_url == "postgresql+psycopg://rundbrev@db.example/brev"


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LocalHost", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("smtp.forening.example", False),
        ("0.0.0.0", False),
    ],
)
def test_only_this_machine_is_this_machine(host, here):
    assert is_loopback(host) is here


def test_mail_to_the_world_needs_https_and_a_postal_address(places):
    """Rules U1 and L3."""
    _, data = places
    relay = {"SMTP_HOST": "smtp.forening.example"}
    https = {"BASE_URL": "https://brev.forening.example/"}

    with pytest.raises(SendingRefused, match="BASE_URL"):
        check_sending(load(data, relay))
    with pytest.raises(SendingRefused, match="POSTAL_ADDRESS"):
        check_sending(load(data, relay | https))

    settings = load(data, relay | https | {"POSTAL_ADDRESS": "Gatan 1, 111 11 Orten"})
    check_sending(settings)
    assert settings.base_url == "https://brev.forening.example"
    assert not settings.stays_here


def test_practice_needs_nothing(places):
    check_sending(load(places[1], {}))
    check_sending(load(places[1], {"SMTP_HOST": "localhost", "SMTP_PORT": "25"}))


def test_the_language_is_known_even_when_other_settings_are_broken(places):
    _, data = places
    (data / ".env").write_text("INTERFACE_LANGUAGE=EN\nWEB_PORT=åtta\n", encoding="utf-8")

    assert interface_language(data, {}) == "en"
    assert interface_language(data, {"INTERFACE_LANGUAGE": "klingonska"}) == "sv"


def test_an_unreadable_file_is_spoken_of_in_swedish(places):
    _, data = places
    (data / ".env").write_bytes(b"INTERFACE_LANGUAGE=en\xff\n")

    assert interface_language(data, {}) == "sv"


def test_a_sqlite_file_elsewhere_may_be_named(places):
    address = "sqlite:////srv/brev/rundbrev.db"

    assert load(places[1], {"DATABASE_URL": address}).effective_database_url == address
