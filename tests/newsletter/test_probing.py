"""Asking real servers on this machine, which only the seam of these tests lets through."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from newsletter import probing
from newsletter.core.preflight.answers import Answer, Outcome
from newsletter.probing import Reach

AGENT = "Rundbrev (link check; +https://brev.eken.example; hej@eken.example)"
Talk = Callable[[socket.socket, str], None]


def says(status: str, **headers: str) -> Talk:
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    def talk(sock: socket.socket, _asked: str) -> None:
        sock.sendall(f"HTTP/1.1 {status}\r\n{head}Content-Length: 0\r\n\r\n".encode())

    return talk


@dataclass
class Server:
    """A server that does as it is told for each path, and remembers what it was asked."""

    port: int
    talks: dict[str, Talk] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "a.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def handle(self, sock: socket.socket) -> None:
        with sock:
            asked = sock.recv(65536).decode()
            self.asked.append(asked)
            method, path = asked.split(" ")[:2]
            talk = self.talks.get(f"{method} {path}") or self.talks.get(path) or says("404 Not Found")
            try:
                talk(sock, asked)
            except OSError:
                return  # hung up on


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = Server(listening.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    sock, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=running.handle, args=(sock,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield running
        listening.shutdown(socket.SHUT_RDWR)


def reach(names: Mapping[str, str] = {"a.example": "127.0.0.1"}) -> Reach:
    """Let some names, and no others, lead to this machine."""

    def look_up(host: str, _port: int) -> list[str]:
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return names[host].split()

    return Reach(
        look_up=look_up, may_connect=lambda ip: ip == "127.0.0.1", may_ask=lambda _url: True, longest=1
    )


def ask(url: str, where: Reach | None = None) -> Answer:
    return probing.ask(url, agent=AGENT, reach=where or reach())


def test_a_page_that_is_there_is_asked_once_and_told_who_asks(server: Server) -> None:
    server.talks["/sida?a=%C3%A5"] = says("200 OK", Set_Cookie="spår=1")

    assert ask(server.url("/sida?a=å")) == Answer(Outcome.WELL, 200)

    (asked,) = server.asked
    assert asked.startswith("HEAD /sida?a=%C3%A5 HTTP/1.1\r\n")
    assert f"Host: a.example:{server.port}\r\n" in asked
    assert f"User-Agent: {AGENT}\r\n" in asked
    assert "cookie" not in asked.lower()
    assert "referer" not in asked.lower()


@pytest.mark.parametrize(
    "status", ["405 Method Not Allowed", "403 Forbidden", "501 Not Implemented", "404 No"]
)
def test_who_does_not_do_head_is_asked_with_get(server: Server, status: str) -> None:
    server.talks |= {"HEAD /": says(status), "GET /": says("200 OK")}

    assert ask(server.url("/")).outcome is Outcome.WELL
    assert [asked.split()[0] for asked in server.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("404 Not Found", Outcome.GONE), ("410 Gone", Outcome.GONE), ("429 Slow Down", Outcome.UNKNOWN)],
)
def test_what_is_gone_is_gone_and_what_is_refused_is_not_known(
    server: Server, status: str, outcome: Outcome
) -> None:
    server.talks["/"] = says(status)

    assert ask(server.url("/")).outcome is outcome


def test_a_page_that_has_moved_for_good_gives_its_new_address(server: Server) -> None:
    server.talks |= {"/1": says("301 Moved", Location="/2"), "/2": says("308 Moved", Location="/3#del")}
    server.talks["/3"] = says("200 OK")

    assert ask(server.url("/1")) == Answer(Outcome.MOVED, 200, server.url("/3"))


def test_a_page_that_is_elsewhere_today_has_not_moved(server: Server) -> None:
    server.talks |= {"/1": says("302 Found", Location="/2"), "/2": says("200 OK")}

    assert ask(server.url("/1")) == Answer(Outcome.WELL, 200)


def test_a_ring_of_redirects_is_left(server: Server) -> None:
    server.talks["/"] = says("302 Found", Location="/")

    assert ask(server.url("/")).outcome is Outcome.LOOPS
    assert len(server.asked) == probing.MOST_REDIRECTS + 1


@pytest.mark.parametrize("inwards", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "b.example"])
def test_a_redirect_does_not_lead_inwards(server: Server, inwards: str) -> None:
    server.talks["/"] = says("302 Found", Location=f"http://{inwards}:{server.port}/hemligt")
    outwards = reach({"a.example": "127.0.0.1", "b.example": "10.0.0.1"})
    literal = inwards.strip("[]")
    looked_up = replace(
        outwards,
        look_up=lambda host, port: (
            [literal] if host == literal != "b.example" else outwards.look_up(host, port)
        ),
        may_connect=lambda ip: ip == "127.0.0.1" and len(server.asked) == 0,
    )

    assert ask(server.url("/"), looked_up) == Answer(Outcome.UNKNOWN)
    assert len(server.asked) == 1


def test_a_redirect_to_what_is_not_asked_is_not_followed(server: Server) -> None:
    server.talks["/"] = says("302 Found", Location="/hemligt?token=abc")
    once = replace(reach(), may_ask=lambda url: "token" not in url)

    assert ask(server.url("/"), once) == Answer(Outcome.UNKNOWN)
    assert len(server.asked) == 1


def test_without_the_seam_of_these_tests_nothing_on_this_machine_is_asked(server: Server) -> None:
    inner = Reach(look_up=lambda _host, _port: ["127.0.0.1"], may_ask=lambda _url: True)

    assert ask(server.url("/"), inner) == Answer(Outcome.UNKNOWN)
    assert ask(server.url("/"), Reach()) == Answer(Outcome.UNKNOWN)  # a port that is not the web's
    assert ask("http://127.0.0.1/", Reach()) == Answer(Outcome.UNKNOWN)
    assert ask("http://localhost/", Reach()) == Answer(Outcome.UNKNOWN)
    assert server.asked == []


def test_one_address_inwards_among_others_is_one_too_many(server: Server) -> None:
    mixed = reach({"a.example": "127.0.0.1 10.0.0.1"})

    assert ask(server.url("/"), mixed) == Answer(Outcome.UNKNOWN)
    assert server.asked == []


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere_else(server: Server) -> None:
    server.talks["/"] = says("200 OK")
    given = iter(["127.0.0.1", "10.0.0.1"])
    looked_at: list[str] = []
    turning = Reach(
        look_up=lambda _host, _port: [next(given)],
        may_connect=lambda ip: looked_at.append(ip) or ip == "127.0.0.1",
        may_ask=lambda _url: True,
    )

    assert ask(server.url("/"), turning).outcome is Outcome.WELL
    assert looked_at == ["127.0.0.1"]  # looked up once, and connected to what was looked at


def test_an_endless_body_is_not_read(server: Server) -> None:
    sent: list[int] = []

    def pour(sock: socket.socket, _asked: str) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent.append(sock.send(b"x" * 65536))

    server.talks |= {"HEAD /": says("405 No"), "GET /": pour}

    assert ask(server.url("/")).outcome is Outcome.WELL
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize("drop", [b"H", b"HTTP/1.1 200 OK\r\nX-A: "])
def test_a_server_that_dribbles_is_left_when_time_is_up(server: Server, drop: bytes) -> None:
    def dribble(sock: socket.socket, _asked: str) -> None:
        sock.sendall(drop)
        while True:
            time.sleep(0.05)
            sock.sendall(b"x")

    server.talks["/"] = dribble
    begun = time.monotonic()

    assert ask(server.url("/"), replace(reach(), longest=0.4)).outcome is Outcome.SLOW
    assert time.monotonic() - begun < 2


def test_what_is_no_http_is_not_known(server: Server) -> None:
    server.talks["/"] = lambda sock, _asked: sock.sendall(b"220 smtp.example\r\n" * 9)

    assert ask(server.url("/")).outcome is Outcome.UNKNOWN


def test_a_name_that_does_not_exist_is_told() -> None:
    assert ask("http://borta.example/").outcome is Outcome.NO_HOST


@pytest.mark.parametrize(
    "url", ["http://a.example:0/", "http://exa mple/", "http://\ud800.example/", "http://" + "å" * 70]
)
def test_addresses_that_cannot_be_asked_are_no_reason_to_fall(url: str) -> None:
    assert ask(url).outcome in (Outcome.UNKNOWN, Outcome.NO_HOST)


def test_a_certificate_that_nobody_has_signed_is_told_and_one_that_holds_is_not(tmp_path: Path) -> None:
    pem, key = tmp_path / "a.pem", tmp_path / "a.key"
    named = ("-subj", "/CN=a.example", "-addext", "subjectAltName=DNS:a.example", "-days", "2", "-nodes")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    command = ["openssl", "req", "-x509", *curve, *named, "-keyout", str(key), "-out", str(pem)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    asked_for: list[str | None] = []
    context.sni_callback = lambda _sock, name, _context: asked_for.append(name)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://a.example:{listening.getsockname()[1]}/"

        def serve() -> None:
            for _ in range(2):
                sock, _address = listening.accept()
                try:
                    with context.wrap_socket(sock, server_side=True) as talk:
                        talk.recv(65536)
                        talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                except OSError:
                    continue

        threading.Thread(target=serve, daemon=True).start()

        assert ask(url).outcome is Outcome.BAD_CERTIFICATE
        trusting = replace(reach(), context=ssl.create_default_context(cafile=str(pem)))
        assert ask(url, trusting).outcome is Outcome.WELL
    assert asked_for == ["a.example", "a.example"]


def test_many_are_asked_at_once_and_each_only_once(server: Server) -> None:
    server.talks["/"] = lambda sock, asked: (time.sleep(0.2), says("200 OK")(sock, asked))
    urls = [server.url("/", f"h{number}.example") for number in range(probing.AT_ONCE)]
    names = reach({f"h{number}.example": "127.0.0.1" for number in range(probing.AT_ONCE)})
    begun = time.monotonic()

    got = probing.ask_all([*urls, *urls], agent=AGENT, reach=names)

    assert {answer.outcome for answer in got.values()} == {Outcome.WELL}
    assert list(got) == urls
    assert len(server.asked) == len(urls)
    assert time.monotonic() - begun < 0.2 * len(urls)
