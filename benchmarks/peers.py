"""What a letter takes from the first claim to the last acceptance, beside two Django packages.

    python benchmarks/peers.py [--recipients N] [--rounds N]

django-newsletter and django-post-office are installed from the package index into a virtual environment in a
temporary directory, each with a project of as few lines as its documents ask for, on SQLite. All send as many
personal letters of about 66 KB into a fresh ``smtp-sink`` on this machine; each round begins with another.
What is measured of the others is the one call that sends what is queued, and not the queueing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks import sending, wire

PACKAGES = ("django-newsletter", "sorl-thumbnail", "django-post-office")

SETTINGS = """
SECRET_KEY = "for one run"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER + "/db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sites", *APPS]
SITE_ID, USE_TZ, ROOT_URLCONF = 1, True, "project"
EMAIL_BACKEND, EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
LOGGING_CONFIG = None
"""

START = """
import sys, time, types
FOLDER, PORT, PEOPLE, PARAGRAPH = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path
scope = {"FOLDER": FOLDER, "APPS": APPS}
exec(SETTINGS, scope)
MORE.update({name: value for name, value in scope.items() if name.isupper()})
settings.configure(EMAIL_PORT=PORT, **MORE)
django.setup()
project = types.ModuleType("project")
project.urlpatterns = [path("", include(URLS))] if URLS else []
sys.modules["project"] = project
call_command("migrate", verbosity=0)
"""

NEWSLETTER = """
APPS, URLS = ["sorl.thumbnail", "newsletter"], "newsletter.urls"
MORE = {"NEWSLETTER_THUMBNAIL": "sorl-thumbnail"}
#START
from django.utils import timezone
from newsletter.models import Article, Message, Newsletter, Submission, Subscription
one = Newsletter.objects.create(title="Eken", slug="eken", email="brev@eken.example", sender="Eken")
one.site.set([1])
Subscription.objects.bulk_create([
    Subscription(newsletter=one, name_field=f"Asa {n}", email_field=f"p{n}@d{n % 200}.example",
                 subscribed=True, activation_code=f"{n:040}") for n in range(PEOPLE)
])
message = Message.objects.create(newsletter=one, title="Mars", slug="mars")
Article.objects.create(post=message, title="Skorden", text=f"<p>{PARAGRAPH}</p>" * 78, sortorder=1)
submission = Submission.from_message(message)
submission.prepared, submission.publish_date = True, timezone.now()
submission.save()
time.sleep(0.1)
size = len(submission.get_message(Subscription.objects.first()).message().as_bytes())
begun = time.monotonic()
Submission.submit_queue()
print(time.monotonic() - begun, size)
"""

POST_OFFICE = """
APPS, URLS = ["post_office"], ""
BACKENDS = {"default": "django.core.mail.backends.smtp.EmailBackend"}
MORE = {"POST_OFFICE": {"BATCH_SIZE": 1_000, "BACKENDS": BACKENDS, "LOG_LEVEL": 0}}
#START
from post_office import mail
from post_office.models import Email
text, html = PARAGRAPH * 78, f"<p>{PARAGRAPH}</p>" * 78
mail.send_many([
    dict(recipients=[f"p{n}@d{n % 200}.example"], sender="brev@eken.example", subject="Mars",
         message=f"Hej Asa {n}!\\n\\n{text}", html_message=f"<p>Hej Asa {n}!</p>{html}")
    for n in range(PEOPLE)
])
size = len(Email.objects.first().prepare_email_message().message().as_bytes())
begun = time.monotonic()
mail.send_queued_mail_until_done()
print(time.monotonic() - begun, size)
"""


def environment(folder: Path) -> Path:
    """Make a virtual environment with the packages, and return its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PACKAGES], check=True
    )
    return python


def peer(python: Path, program: str, people: int) -> tuple[float, int]:
    """Send by a package. Returns microseconds a letter, and the octets of one."""
    start = f"SETTINGS = {SETTINGS!r}\n{START}"
    with wire.sink() as port, tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                python,
                "-c",
                program.replace("#START", start),
                folder,
                str(port),
                str(people),
                sending.PARAGRAPH,
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,  # where no other package is called newsletter
            env={"PATH": os.defpath},
        )
    seconds, size = done.stdout.split()[-2:]
    return float(seconds) / people * 1e6, int(size)


def ours(people: int) -> tuple[float, int]:
    """Send by a sender process of ours. Returns microseconds a letter, and the octets of one."""
    with wire.sink() as port, sending.association(sending.WAYS[0], port, people) as app:
        with app.readers() as session:
            size = sending.letter_size(session)
        return 1e6 / sending.send(app, people).rate, size


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print medians and ranges."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recipients", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    if not Path(wire.tool("smtp-sink")).exists():
        print("smtp-sink is missing: install Debian's package postfix.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder))
        senders = {
            "ours": lambda: ours(given.recipients),
            "django-newsletter": lambda: peer(python, NEWSLETTER, given.recipients),
            "django-post-office": lambda: peer(python, POST_OFFICE, given.recipients),
        }
        found: dict[str, list[float]] = {name: [] for name in senders}
        names = list(senders)
        for number in range(given.rounds):
            for name in (*names[number % 3 :], *names[: number % 3]):
                cost, size = senders[name]()
                found[name].append(cost)
                print(f"round {number + 1}, {name}: {cost:,.0f} µs a letter of {size:,} octets", flush=True)
    print(f"\n{given.recipients:,} letters; medians (ranges)\n")
    print("| sender | µs a letter | times ours |\n|---|---|---|")
    for name, costs in found.items():
        ratios = [each / mine for each, mine in zip(costs, found["ours"], strict=True)]
        print(f"| {name} | {sending.spread(costs, 0)} | {sending.spread(ratios, 1)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
