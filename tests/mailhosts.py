"""Real mail servers for tests: Postfix and Dovecot of Debian, on loopback, in folders of their own.

They are started by root, as in CI, and drop to users of their own; nothing of the machine's is touched.
"""

import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "hemligt"
_PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Person:
    """A mailbox: how many octets it holds (0: enough), and its Sieve script."""

    address: str
    octets: int = 0
    sieve: str = ""


@dataclass
class Dovecot:
    """A running Dovecot. ``log`` is what it has written."""

    folder: Path
    imap: int
    lmtp: int

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def deliver(self, address: str, raw: bytes, sender: str = "x@annan.example") -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail(sender, [address], raw)

    @contextmanager
    def signed_in(self, address: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=_PATIENCE_SECONDS) as client:
            client.login(address, PASSWORD)
            yield client

    def mails(self, address: str, folder: str = "INBOX") -> list[bytes]:
        with self.signed_in(address) as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            numbers = client.search(None, "ALL")[1][0].split()
            return [client.fetch(each.decode(), "(BODY.PEEK[])")[1][0][1] for each in numbers]  # type: ignore[index,misc]

    def admin(self, *words: str) -> None:
        subprocess.run(
            ["doveadm", "-c", str(self.folder / "dovecot.conf"), *words], check=True, capture_output=True
        )


@dataclass
class Postfix:
    """A running Postfix, and the folder with its log."""

    folder: Path
    port: int

    @property
    def log(self) -> str:
        return (self.folder / "maillog").read_text(errors="replace")

    def queue_is_empty(self) -> bool:
        done = subprocess.run(
            ["postqueue", "-c", str(self.folder / "etc"), "-j"], check=False, capture_output=True, text=True
        )
        return done.returncode == 0 and not done.stdout.strip()


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found


def wait_for(condition: Callable[[], object], what: str = "", seconds: float = _PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain {what}"
        time.sleep(0.05)


@contextmanager
def dovecot(people: Sequence[Person], *, relay: int = 0) -> Iterator[Dovecot]:
    """Run Dovecot with these mailboxes; Sieve scripts send by the mail server at port ``relay``."""
    with _folder("dovecot") as folder:
        imap, lmtp = free_ports(2)
        owner = pwd.getpwnam("mail")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        _write_people(folder, people, owner)
        (folder / "dovecot.conf").write_text(_dovecot_conf(folder, imap, lmtp, relay), encoding="utf-8")
        config = ["dovecot", "-c", str(folder / "dovecot.conf")]
        _run(*config)
        try:
            wait_for(lambda: _answers(imap) and _answers(lmtp), "for Dovecot")
            yield Dovecot(folder, imap, lmtp)
        finally:
            with suppress(subprocess.CalledProcessError):
                _run(*config, "stop")
            wait_for(lambda: not (folder / "run" / "master.pid").exists(), "for Dovecot to end")


@contextmanager
def postfix(transports: Mapping[str, str], *, port: int) -> Iterator[Postfix]:
    """Run Postfix, which hands each domain over as its transport says, and takes mail for no other."""
    with _folder("postfix") as folder:
        etc = folder / "etc"
        for name in ("etc", "spool", "data"):
            (folder / name).mkdir()
        owner = pwd.getpwnam("postfix")
        os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
        (etc / "main.cf").write_text(_main_cf(folder, transports), encoding="utf-8")
        (etc / "master.cf").write_text(_master_cf(port), encoding="utf-8")
        _run("postfix", "-c", str(etc), "start")
        try:
            wait_for(lambda: _answers(port), "for Postfix")
            yield Postfix(folder, port)
        finally:
            with suppress(subprocess.CalledProcessError):
                _run("postfix", "-c", str(etc), "stop")


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    # Not in pytest's own folder: the servers' users may not look into it. Short, for the names of sockets.
    folder = Path(tempfile.mkdtemp(prefix=f"rb-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str) -> None:
    """Run a command whose children stay: they would hold the end of a pipe for ever."""
    subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_people(folder: Path, people: Sequence[Person], owner: pwd.struct_passwd) -> None:
    lines = []
    for each in people:
        home = folder / "mail" / each.address
        home.mkdir()
        if each.sieve:
            (home / "script.sieve").write_text(each.sieve, encoding="utf-8")
            os.chown(home / "script.sieve", owner.pw_uid, owner.pw_gid)
        os.chown(home, owner.pw_uid, owner.pw_gid)
        rule = f" userdb_quota_rule=*:bytes={each.octets}" if each.octets else ""
        line = f"{each.address}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{home}::{rule.strip()}"
        lines.append(line)
    (folder / "users").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "users").chmod(0o644)


def _dovecot_conf(folder: Path, imap: int, lmtp: int, relay: int) -> str:
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_username_format = %Lu
first_valid_uid = 1
mail_location = maildir:~/Maildir
recipient_delimiter = +
hostname = mx.medlem.example
postmaster_address = postmaster@medlem.example
submission_host = 127.0.0.1:{relay}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
  }}
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol lmtp {{
  mail_plugins = quota sieve
}}
plugin {{
  quota = count:User quota
  quota_rule = *:storage=100M
  quota_vsizes = yes
  sieve = file:~/script.sieve
  sieve_extensions = +editheader
}}
"""


def _main_cf(folder: Path, transports: Mapping[str, str]) -> str:
    maps = " ".join(f"{{ {domain} = {where} }}" for domain, where in transports.items())
    return f"""
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.eken.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {" ".join(transports)}
transport_maps = inline:{{ {maps} }}
default_transport = error:no mail leaves this machine
recipient_delimiter = +
smtpd_peername_lookup = no
smtp_host_lookup = native
disable_dns_lookups = yes
lmtp_destination_concurrency_limit = 5
minimal_backoff_time = 5s
queue_run_delay = 5s
smtputf8_enable = yes
"""


def _master_cf(port: int) -> str:
    services = {
        "pickup unix n - n 60 1": "pickup", "cleanup unix n - n - 0": "cleanup",
        "qmgr unix n - n 5 1": "qmgr", "rewrite unix - - n - -": "trivial-rewrite",
        "bounce unix - - n - 0": "bounce", "defer unix - - n - 0": "bounce",
        "trace unix - - n - 0": "bounce", "verify unix - - n - 1": "verify",
        "flush unix n - n 1000? 0": "flush", "proxymap unix - - n - -": "proxymap",
        "smtp unix - - n - -": "smtp", "relay unix - - n - -": "smtp",
        "showq unix n - n - -": "showq", "error unix - - n - -": "error",
        "retry unix - - n - -": "error", "discard unix - - n - -": "discard",
        "lmtp unix - - n - -": "lmtp", "anvil unix - - n - 1": "anvil",
        "scache unix - - n - 1": "scache", "postlog unix-dgram n - n - 1": "postlogd",
    }  # fmt: skip
    lines = [f"127.0.0.1:{port} inet n - n - - smtpd", *(f"{how} {what}" for how, what in services.items())]
    return "\n".join(lines) + "\n"
