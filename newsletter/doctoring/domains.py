"""What the DNS says of our domains, each question a task of its own (rules P1-P4, P11, P12)."""

from collections.abc import Callable, Iterable
from functools import partial

from newsletter.app import App
from newsletter.core.headers import wire_address
from newsletter.core.health import dkim_records, domains
from newsletter.core.health.checks import Check, Group
from newsletter.core.health.domains import Host
from newsletter.core.health.names import Names, domain_of, version_of
from newsletter.doctoring.at_once import Task
from newsletter.doctoring.relays import all_of
from newsletter.settings import Settings, is_loopback

#: Seconds for one task: SPF asks several times, five seconds each at most (``resolving.LONGEST``).
_SECONDS = 20.0


def tasks(app: App) -> list[Task]:
    """Return what is looked at here."""
    settings = app.current()
    sender = domain_of(wire_address(settings.from_address))
    spoken = domain_of(settings.from_address)
    plain = [_task("idn", sender, lambda: domains.confusable(spoken))]
    if not domains.is_asked_about(sender, named_server=bool(settings.dns_server)):
        return [*plain, _task("domain", sender, lambda: [domains.made_up(sender)])]
    return [*plain, *_asking(app, settings, sender)]


def _asking(app: App, settings: Settings, sender: str) -> Iterable[Task]:
    from newsletter.resolving import Resolver  # here, so that commands that ask no DNS do not load it

    names: Names = Resolver(settings.dns_server)
    envelope = domain_of(wire_address(settings.envelope_address))
    signs = settings.dkim == "own"
    yield _asked("spf", envelope, lambda: domains.sender_policy(envelope, _hosts(settings, names), names))
    yield _asked("dmarc", sender, lambda: domains.asked_of_receivers(sender, names))
    yield _asked("dkim", sender, lambda: _keys(app, settings, sender, names))
    yield _asked(
        "alignment", sender, lambda: domains.vouched_for(sender, envelope, names, signs=signs)
    )  # fmt: skip
    for domain, addresses in _answered(settings).items():
        if domains.is_asked_about(domain, named_server=bool(settings.dns_server)):
            yield _asked("mx", domain, partial(domains.takes_mail, domain, names, addresses=addresses))
    for relay in all_of(settings):
        if not is_loopback(relay.host):
            yield _asked("ptr", relay.host, partial(_reverse, relay.host, names))


def _answered(settings: Settings) -> dict[str, list[str]]:
    """Return the domains that answers, bounces and articles come to, with the addresses in each."""
    found: dict[str, list[str]] = {}
    ours = (
        settings.from_address,
        settings.contact_address,
        settings.envelope_address,
        settings.inbound_address,
        settings.articles_address,
    )
    for address in dict.fromkeys(filter(None, ours)):
        found.setdefault(domain_of(wire_address(address)), []).append(address)
    return found


def _keys(app: App, settings: Settings, sender: str, names: Names) -> list[Check]:
    if settings.dkim == "relay":
        return [dkim_records.signed_by_relay(sender)]
    from newsletter.mail import signing  # the library behind it takes its time

    keys = signing.keys_of(app.paths.dkim, settings.from_address)
    return dkim_records.published(sender, [(key.name, key.record) for key in keys], names)


def _hosts(settings: Settings, names: Names) -> list[Host]:
    return [_host(relay.host, names) for relay in all_of(settings) if not is_loopback(relay.host)]


def _host(name: str, names: Names) -> Host:
    return Host(name, (name,) if version_of(name) else tuple(names.addresses(name)))


def _reverse(relay: str, names: Names) -> list[Check]:
    return domains.reverse(_host(relay, names), names)


def _asked(name: str, about: str, ask: Callable[[], Iterable[Check]]) -> Task:
    return _task(name, about, lambda: domains.guarded(name, about, ask))


def _task(name: str, about: str, work: Callable[[], Iterable[Check]]) -> Task:
    return Task(Group.DOMAIN, name, about, _SECONDS, work)
