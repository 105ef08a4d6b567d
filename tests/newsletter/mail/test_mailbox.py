"""A mailbox is read over IMAP, from a real Dovecot: each mail once, whatever the connection does."""

import base64
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.mail import mailbox, spool
from newsletter.mail.mailbox import Account, Unreadable, Waits, Watcher
from tests.conftest import NOON
from tests.mailhosts import PASSWORD, Dovecot, Person, dovecot, wait_for

WHO = "studs@brevlada.example"
QUICK = Waits(idle=20, poll=0.1, first_pause=0.05)


@pytest.fixture(scope="module")
def host() -> Iterator[Dovecot]:
    with dovecot([Person(WHO)]) as running:
        yield running


@pytest.fixture
def account(host: Dovecot) -> Account:
    """The mailbox, emptied."""
    for folder in ("INBOX", "Junk"):
        host.admin("expunge", "-u", WHO, "mailbox", folder, "all")
    return Account("127.0.0.1", host.imap, "none", WHO, PASSWORD, folders=("INBOX", "Junk"))


def letter(number: int) -> bytes:
    return f"From: a@lund.example\r\nSubject: {number}\r\nMessage-ID: <{number}@x>\r\n\r\nHej\r\n".encode()


def watching(folder: Path, account: Account, told: list[str] | None = None) -> Watcher:
    tell = (told if told is not None else []).append
    return Watcher(folder, account, now=lambda: NOON, tell=tell, waits=QUICK)


def kept(folder: Path) -> int:
    return len(spool.waiting(folder))


def unseen(host: Dovecot, folder: str = "INBOX") -> int:
    with host.signed_in(WHO) as client:
        client.select(folder, readonly=True)
        return len(client.search(None, "UNSEEN")[1][0].split())


def test_what_waits_and_what_comes_is_fetched_from_all_folders_and_stays_there_as_seen(
    host: Dovecot, account: Account, tmp_path: Path
) -> None:
    host.deliver(WHO, letter(1))
    with host.signed_in(WHO) as client:
        client.append("Junk", "", "", letter(2))
    with watching(tmp_path, account):
        wait_for(lambda: kept(tmp_path) == 2)
        # Long before IDLE's own end: the server tells of it.
        host.deliver(WHO, letter(3))
        wait_for(lambda: kept(tmp_path) == 3, seconds=10)
        wait_for(lambda: unseen(host) == 0)

    assert len(host.mails(WHO)) == 2
    assert unseen(host, "Junk") == 0
    envelope = spool.read(tmp_path, spool.waiting(tmp_path)[0].name).envelope
    assert (envelope.sender, envelope.recipients, envelope.way) == (None, (), "mailbox")


def test_a_host_without_idle_is_asked_now_and_then(
    host: Dovecot, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = mailbox.connect

    def plain(account: Account) -> mailbox.BaseMailBox:
        box = opened(account)
        box.client.capabilities = tuple(each for each in box.client.capabilities if each != "IDLE")
        return box

    monkeypatch.setattr(mailbox, "connect", plain)
    with watching(tmp_path, account):
        host.deliver(WHO, letter(1))
        wait_for(lambda: kept(tmp_path) == 1)


def test_a_connection_that_is_cut_is_opened_again(host: Dovecot, account: Account, tmp_path: Path) -> None:
    with watching(tmp_path, account):
        host.deliver(WHO, letter(1))
        wait_for(lambda: unseen(host) == 0 and kept(tmp_path) == 1)
        host.admin("kick", WHO)
        host.deliver(WHO, letter(2))
        wait_for(lambda: kept(tmp_path) == 2, seconds=15)


def test_a_mail_whose_disk_fails_stays_unseen_and_comes_again(
    host: Dovecot, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.deliver(WHO, letter(1))
    told: list[str] = []
    put = spool.put
    full = threading.Event()

    def failing(*given: object) -> str:
        if not full.is_set():
            raise OSError(28, "No space left on device")
        return put(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(spool, "put", failing)
    with watching(tmp_path, account, told):
        wait_for(lambda: told)
        assert unseen(host) == 1
        full.set()
        wait_for(lambda: kept(tmp_path) == 1)

    assert "No space left" in told[0]
    assert len(told) == 1, "the same trouble is told once"


def test_a_mailbox_that_was_made_anew_gives_nothing_twice(
    host: Dovecot, account: Account, tmp_path: Path
) -> None:
    """Another UIDVALIDITY (RFC 3501 2.3.1.1), and all mails unseen."""
    with host.signed_in(WHO) as client:
        client.create("Studsar")
        client.append("Studsar", "", "", letter(1))
    moved = Account(account.host, account.port, "none", WHO, PASSWORD, folders=("Studsar",))
    with watching(tmp_path, moved):
        wait_for(lambda: unseen(host, "Studsar") == 0 and kept(tmp_path) == 1)
    with host.signed_in(WHO) as client:
        client.delete("Studsar")
        client.create("Studsar")
        for number in (1, 2):
            client.append("Studsar", "", "", letter(number))
    with watching(tmp_path, moved):
        wait_for(lambda: unseen(host, "Studsar") == 0 and kept(tmp_path) == 2)


def test_a_mail_that_is_too_large_is_left_to_a_person(
    host: Dovecot, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LARGEST_MAIL", 1_000)
    host.deliver(WHO, letter(1) + b"x" * 2_000)
    host.deliver(WHO, letter(2))
    with watching(tmp_path, account):
        wait_for(lambda: kept(tmp_path) == 1 and unseen(host) == 1)


def test_what_others_have_marked_as_deleted_is_theirs(
    host: Dovecot, account: Account, tmp_path: Path
) -> None:
    host.deliver(WHO, letter(1))
    with host.signed_in(WHO) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.unselect()  # without expunging
    host.deliver(WHO, letter(2))
    with watching(tmp_path, account):
        wait_for(lambda: kept(tmp_path) == 2 and unseen(host) == 0)
    assert len(host.mails(WHO)) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Account("127.0.0.1", 1, "none", WHO, PASSWORD), "Connection refused"),
        (Account("127.0.0.1", 0, "none", WHO, "fel"), "Authentication failed"),
        (Account("127.0.0.1", 0, "tls", WHO, PASSWORD), "SSL"),
        (Account("127.0.0.1", 0, "starttls", WHO, PASSWORD), "TLS"),
    ],
)
def test_why_a_mailbox_cannot_be_read_is_told_in_the_servers_words(
    host: Dovecot, wrong: Account, said: str
) -> None:
    account = Account(wrong.host, wrong.port or host.imap, wrong.security, wrong.user, wrong.password)
    with pytest.raises(Unreadable, match=said) as refused:
        mailbox.connect(account)
    assert account.password not in str(refused.value)


class OneToken:
    """A host that signs in with XOAUTH2 only, and takes one token only; it has no mail."""

    def __init__(self, good: str) -> None:
        self._good = f"user=a@b.example\1auth=Bearer {good}\1\1"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.tried: list[bool] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        conversation, _ = self._listening.accept()
        with conversation, conversation.makefile("rwb", buffering=0) as lines:
            lines.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready\r\n")
            while line := lines.readline():
                tag, _, command = line.strip().partition(b" ")
                if command.startswith(b"AUTHENTICATE"):
                    lines.write(b"+ \r\n")
                    self.tried.append(base64.b64decode(lines.readline()).decode() == self._good)
                    lines.write(tag + (b" OK in\r\n" if self.tried[-1] else b" NO it has ended\r\n"))
                elif command == b"CAPABILITY":
                    lines.write(b"* CAPABILITY IMAP4rev1 IDLE AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")
                else:
                    lines.write(b"* BYE\r\n" + tag + b" OK done\r\n")


def test_a_token_that_ended_before_its_time_is_asked_for_anew() -> None:
    class Tokens:
        def access(self, *, anew: bool = False) -> str:
            return "new" if anew else "old"

    host = OneToken("new")
    try:
        account = Account("127.0.0.1", host.port, "none", "a@b.example", tokens=Tokens())  # type: ignore[arg-type]
        box = mailbox.connect(account)
        assert "IDLE" in box.client.capabilities
        box.logout()
        assert host.tried == [False, True]
    finally:
        host.close()
