"""Settings: the environment first, then ``DIR/.env``, then ``./.env``, then the defaults.

The only module that reads the environment. Every variable stands in ``.env.example``.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from email_validator import EmailNotValidError, validate_email

from newsletter import logs
from newsletter.core import pacing, quiet, relay_addresses, typefaces
from newsletter.core.inbound.failing import Rules
from newsletter.core.pacing import Limits, Rates
from newsletter.core.receivers import receiver_of
from newsletter.core.relay_addresses import RelayAddress
from newsletter.errors import SendingRefused, SettingsError
from newsletter.language import _

#: The association's own words under its letters, in characters.
LONGEST_FOOTER = 500


class _Impossible(Exception):
    """The value may not be; the text says what it may be."""


def _text(value: str) -> str:
    if any(ord(character) < 32 for character in value):
        raise _Impossible(_("en rad text utan styrtecken"))
    return value.strip()


def _name(value: str) -> str:
    name = _text(value)
    if not name:
        raise _Impossible(_("ett namn; det står överst i varje brev och som avsändare"))
    return name


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise _Impossible(_("ett av {choices}").format(choices=", ".join(choices)))
        return value.lower()

    return parse


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            raise _Impossible(_("ett heltal från {least} till {most}").format(least=least, most=most))
        return int(value)

    return parse


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError):  # an unknown key is a KeyError inside ZoneInfoNotFoundError
        raise _Impossible(_("en tidszon som Europe/Stockholm")) from None
    except KeyError:
        raise _Impossible(_("en tidszon som Europe/Stockholm")) from None
    return value


def _mail_address(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise _Impossible(_("en e-postadress som nyhetsbrev@foreningen.se")) from None


def _mail_address_or_empty(value: str) -> str:
    return _mail_address(value) if value else ""


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _Impossible(_("en webbadress som https://brev.foreningen.se"))
    return value.rstrip("/")


def _token_endpoint(value: str) -> str:
    parts = urlsplit(value)
    secret_on_its_way = parts.scheme == "https" or (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    )
    if value and not (secret_on_its_way and parts.hostname):
        raise _Impossible(_("en https-adress, den som mejlvärden ger nycklar på"))
    return value


def _relays(value: str) -> str:
    try:
        relay_addresses.parse(_text(value))
    except ValueError:
        raise _Impossible(
            _(
                "adresser med mellanslag emellan, som smtps://användare:lösenord@smtp.a.se:465?weight=2 "
                "smtp://smtp.b.se:587"
            )
        ) from None
    return value


def _folders(value: str) -> str:
    if not any(each.strip() for each in _text(value).split(",")):
        raise _Impossible(_("minst en mapp, som INBOX eller INBOX, Skräppost"))
    return value


def _name_server(value: str) -> str:
    from newsletter.core.health import names  # light, and only those who set one need it

    if value and not names.is_server(value):
        raise _Impossible(
            _("tom (datorns egen DNS) eller en IP-adress, som 192.0.2.53 eller 192.0.2.53:5353")
        )
    return value


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise _Impossible(_("en färg som #7a2e1f"))
    return value.lower()


def _foot(value: str) -> str:
    text = _text(value)
    if len(text) > LONGEST_FOOTER:
        raise _Impossible(_("högst {most} tecken").format(most=LONGEST_FOOTER))
    return text


def _rates(value: str) -> str:
    try:
        pacing.parse(value)
    except ValueError:
        raise _Impossible(_("tom eller en takt som 30/minute, eller flera som 14/second, 2000/day")) from None
    return value


def _domain_rates(value: str) -> str:
    try:
        _rates_by_receiver(value)
    except ValueError:
        raise _Impossible(
            _("tom eller domäner med takter, som gmail.com=20/second outlook.com=10/second,5000/day")
        ) from None
    return value


def _rates_by_receiver(value: str) -> dict[str, Rates]:
    """Read ``gmail.com=20/second x.se=5/minute,100/day``; raises ``ValueError`` for anything else."""
    found: dict[str, Rates] = {}
    for part in value.split():
        domain, _equals, text = part.partition("=")
        if "." not in domain or not text or receiver_of(domain) in found:
            raise ValueError(f"not a domain's rates: {part!r}")
        found[receiver_of(domain)] = pacing.parse(text)
    return found


def _quiet_hours(value: str) -> str:
    try:
        quiet.parse(value)
    except ValueError:
        raise _Impossible(_("tom eller två hela timmar, som 22-7")) from None
    return value


def _database(value: str) -> str:
    in_a_file = value.startswith("sqlite:///") and value not in ("sqlite:///", "sqlite:///:memory:")
    if value and not in_a_file and not value.startswith(("postgresql://", "postgresql+psycopg://")):
        raise _Impossible(
            _(
                "tom (SQLite i datamappen), sqlite:////mapp/fil.db eller "
                "postgresql://användare:lösenord@värd/databas"
            )
        )
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def _variable(default: str, parse: Callable[[str], Any] = _text, *, secret: bool = False) -> Any:
    return field(metadata={"default": default, "parse": parse, "secret": secret}, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set. Each field is the variable of the same name in capitals.

    ``directory`` is the data directory (``--dir``): database, sink, media, journal and keys lie there.
    """

    directory: Path
    interface_language: str = _variable("sv", _one_of("sv", "en"))
    association_name: str = _variable("Föreningen", _name)
    postal_address: str = _variable("")
    contact_address: str = _variable("kontakt@forening.example", _mail_address)
    accent_color: str = _variable("#8a3324", _colour)
    typeface: str = _variable(typefaces.USUAL, _one_of(*typefaces.CHOICES))
    footer_text: str = _variable("", _foot)
    pictures: str = _variable("hosted", _one_of("hosted", "embedded"))
    from_address: str = _variable("nyhetsbrev@forening.example", _mail_address)
    bounce_address: str = _variable("", _mail_address_or_empty)
    inbound_address: str = _variable("", _mail_address_or_empty)
    answers_to: str = _variable("role", _one_of("role", "inbound"))
    articles_address: str = _variable("", _mail_address_or_empty)
    inbound_host: str = _variable("127.0.0.1")
    inbound_smtp_port: int = _variable("0", _number(0, 65535))
    inbound_lmtp_port: int = _variable("0", _number(0, 65535))
    inbound_tls_cert: str = _variable("")
    inbound_tls_key: str = _variable("")
    inbound_imap_host: str = _variable("")
    inbound_imap_port: int = _variable("993", _number(1, 65535))
    inbound_imap_security: str = _variable("tls", _one_of("tls", "starttls", "none"))
    inbound_imap_user: str = _variable("")
    inbound_imap_password: str = _variable("", secret=True)
    inbound_imap_folders: str = _variable("INBOX", _folders)
    inbound_imap_oauth_url: str = _variable("", _token_endpoint)
    inbound_imap_oauth_client_id: str = _variable("")
    inbound_imap_oauth_client_secret: str = _variable("", secret=True)
    inbound_imap_oauth_refresh_token: str = _variable("", secret=True)
    inbound_imap_oauth_scope: str = _variable("")
    envelope: str = _variable("fixed", _one_of("verp", "plus", "fixed"))
    base_url: str = _variable("http://127.0.0.1:8040", _web_address)
    web_host: str = _variable("127.0.0.1")
    web_port: int = _variable("8040", _number(1, 65535))
    sink_port: int = _variable("2540", _number(1, 65535))
    metrics_host: str = _variable("127.0.0.1")
    metrics_port: int = _variable("0", _number(0, 65535))
    log_format: str = _variable("text", _one_of(*logs.FORMATS))
    log_level: str = _variable("warning", _one_of(*logs.LEVELS))
    smtp_host: str = _variable("")
    smtp_port: int = _variable("587", _number(1, 65535))
    smtp_security: str = _variable("starttls", _one_of("starttls", "tls", "none"))
    smtp_user: str = _variable("")
    smtp_password: str = _variable("", secret=True)
    smtp_relays: str = _variable("", _relays, secret=True)
    smtp_plaintext: str = _variable("refused", _one_of("refused", "allowed"))
    smtp_oauth_url: str = _variable("", _token_endpoint)
    smtp_oauth_client_id: str = _variable("")
    smtp_oauth_client_secret: str = _variable("", secret=True)
    smtp_oauth_refresh_token: str = _variable("", secret=True)
    smtp_oauth_scope: str = _variable("")
    dkim: str = _variable("relay", _one_of("relay", "own"))
    smtp_connections: int = _variable("4", _number(1, 50))
    dns_server: str = _variable("", _name_server)
    database_url: str = _variable("", _database, secret=True)
    time_zone: str = _variable("Europe/Stockholm", _zone)
    release_window_minutes: int = _variable("120", _number(1, 10080))
    send_grace_minutes: int = _variable("10", _number(0, 1440))
    send_head_start_minutes: int = _variable("15", _number(0, 1440))
    send_rate: str = _variable("", _rates)
    relay_rate: str = _variable("", _rates)
    domain_rates: str = _variable("", _domain_rates)
    slow_start: int = _variable("0", _number(0, 100_000))
    quiet_hours: str = _variable("", _quiet_hours)

    block_request_days: int = _variable("14", _number(0, 90))

    soft_bounces: int = _variable("5", _number(1, 100))
    soft_bounce_days: int = _variable("60", _number(1, 365))

    @property
    def effective_database_url(self) -> str:
        """The database: PostgreSQL where one is set, else the SQLite file in the data directory."""
        return self.database_url or f"sqlite:///{self.directory / 'rundbrev.db'}"

    @property
    def relays(self) -> tuple[RelayAddress, ...]:
        """The mail servers that mail is handed to: of SMTP_RELAYS, else of SMTP_HOST; else our own sink."""
        if self.smtp_relays.strip():
            return relay_addresses.parse(self.smtp_relays)
        if not self.smtp_host:
            return (RelayAddress("127.0.0.1", self.sink_port, "none"),)
        only = RelayAddress(
            self.smtp_host,
            self.smtp_port,
            self.smtp_security,
            self.smtp_user,
            self.smtp_password,
            by_token=bool(self.smtp_oauth_url),
        )
        return (only,)

    @property
    def relay(self) -> tuple[str, int]:
        """Host and port of the first of them."""
        return self.relays[0].host, self.relays[0].port

    @property
    def uses_own_sink(self) -> bool:
        """Whether mail goes to the sink that ``serve`` and ``work`` start."""
        return not self.smtp_host and not self.smtp_relays.strip()

    @property
    def hosts(self) -> str:
        """The hosts that mail is handed to, with commas between."""
        return ", ".join(dict.fromkeys(each.host for each in self.relays))

    @property
    def elsewhere(self) -> str:
        """The hosts on other machines that mail is handed to, with commas between; empty for none."""
        hosts = [each.host for each in self.relays if not is_loopback(each.host)]
        return ", ".join(dict.fromkeys(hosts))

    @property
    def stays_here(self) -> bool:
        """Whether mail goes no further than this machine (loopback)."""
        return not self.elsewhere

    @property
    def practice(self) -> bool:
        """Whether no letter is really sent: mail stays here, or the settings do not suffice for more."""
        try:
            check_sending(self)
        except SendingRefused:
            return True
        return self.stays_here

    @property
    def failing(self) -> Rules:
        """When an address that fails is written to no more."""
        return Rules(self.soft_bounces, self.soft_bounce_days)

    @property
    def limits(self) -> Limits:
        """How fast letters may go: over all, by each relay, and to receiving domains."""
        return Limits(
            overall=pacing.parse(self.send_rate),
            each_relay=pacing.parse(self.relay_rate),
            domains=_rates_by_receiver(self.domain_rates),
            slow_start=self.slow_start,
        )

    @property
    def silence(self) -> quiet.Hours | None:
        """When letters that can wait do wait, in the association's zone; None for never."""
        return quiet.parse(self.quiet_hours)

    @property
    def envelope_address(self) -> str:
        """The address that bounces go to."""
        return self.bounce_address or self.from_address

    @property
    def role_addresses(self) -> tuple[str, ...]:
        """The addresses that letters come from and are answered to, once each: roles', not people's."""
        return tuple(dict.fromkeys((self.from_address, self.contact_address)))


def check_inbound(settings: Settings) -> None:
    """Raise ``SettingsError`` where a mailbox would be signed in to in the clear, or cannot be at all."""
    if not settings.inbound_imap_host:
        return
    if settings.inbound_imap_security == "none" and not is_loopback(settings.inbound_imap_host):
        raise SettingsError(
            "Brevlådan på {host} läses inte okrypterat: sätt INBOUND_IMAP_SECURITY till tls eller starttls.",
            host=settings.inbound_imap_host,
        )
    if settings.inbound_imap_oauth_url and not settings.inbound_imap_oauth_refresh_token:
        raise SettingsError(
            "Inställningen INBOUND_IMAP_OAUTH_REFRESH_TOKEN saknas: utan den ger {url} ingen nyckel till "
            "brevlådan.",
            url=settings.inbound_imap_oauth_url,
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine. Names other than localhost are not looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_sending(settings: Settings) -> None:
    """Raise ``SendingRefused`` unless mail stays on this machine or real sending is set up.

    Real sending needs unsubscribe links that work (https, RFC 8058 3.1) and a postal address (rule L3).
    """
    _check_tokens(settings)
    if settings.stays_here:
        return
    if not settings.base_url.startswith("https://"):
        raise SendingRefused(
            "Inga brev skickas till {host}: BASE_URL måste vara en https-adress, "
            "så att avregistreringen fungerar.",
            host=settings.elsewhere,
        )
    if not settings.postal_address:
        raise SendingRefused(
            "Inga brev skickas till {host}: ange föreningens postadress i POSTAL_ADDRESS.",
            host=settings.elsewhere,
        )


def _check_tokens(settings: Settings) -> None:
    by_token = [each for each in settings.relays if each.by_token]
    if by_token and not (settings.smtp_oauth_url and settings.smtp_oauth_refresh_token):
        raise SendingRefused(
            "Inga brev skickas till {host}: ange SMTP_OAUTH_URL och SMTP_OAUTH_REFRESH_TOKEN, "
            "som ger nyckeln till servern.",
            host=by_token[0].host,
        )
    if any(not each.user for each in by_token):
        raise SendingRefused(
            "Inga brev skickas till {host}: ange användaren i SMTP_USER eller i SMTP_RELAYS.",
            host=by_token[0].host,
        )


def load(directory: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings for a data directory.

    ``environment`` replaces the process's own (for tests). Raises ``SettingsError``, which names the
    variable and says what it may be.
    """
    merged = _merged(directory, environment)
    values = {f.name: _parse(f.name.upper(), f.metadata, merged) for f in fields(Settings) if f.metadata}
    return Settings(directory=directory, **values)


def interface_language(directory: Path, environment: Mapping[str, str] | None = None) -> str:
    """Return the language to speak before, or in spite of, everything else: ``sv`` where it is not known.

    Never raises: the sentence about an impossible setting needs a language too.
    """
    try:
        chosen = _merged(directory, environment).get("INTERFACE_LANGUAGE", "sv").lower()
    except SettingsError:
        return "sv"
    return chosen if chosen in ("sv", "en") else "sv"


def child_environment(settings: Settings) -> dict[str, str]:
    """Return this process's environment with exactly these settings in it, for a child process."""
    ours = {f.name.upper(): str(getattr(settings, f.name)) for f in fields(Settings) if f.metadata}
    return {**os.environ, **ours}  # noqa: TID251 - the one place


def variables() -> dict[str, str]:
    """Return every variable's name and default, in order (``.env.example`` must agree)."""
    return {f.name.upper(): f.metadata["default"] for f in fields(Settings) if f.metadata}


def _merged(directory: Path, environment: Mapping[str, str] | None) -> dict[str, str]:
    given = os.environ if environment is None else environment  # noqa: TID251 - the one place
    layers = [_file(Path(".env")), _file(directory / ".env"), dict(given)]
    return {name: value for layer in layers for name, value in layer.items()}


def _file(path: Path) -> dict[str, str]:
    try:
        found = dotenv_values(path, encoding="utf-8-sig", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "Inställningsfilen {path} går inte att läsa. Spara den som vanlig text (UTF-8).", path=path
        ) from error
    return {name: value for name, value in found.items() if value is not None}


def _parse(name: str, metadata: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    value = given.get(name, metadata["default"])
    try:
        return metadata["parse"](value)
    except _Impossible as wrong:
        raise SettingsError(
            "Inställningen {name} är ”{value}”, men ska vara {allowed}.",
            name=name,
            value="…" if metadata["secret"] else _printable(value),
            allowed=str(wrong),
        ) from None


def _printable(value: str) -> str:
    return "".join(character if character.isprintable() else " " for character in value)
