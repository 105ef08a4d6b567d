"""A person's rights, carried out wherever something of them lies: the database, the sink, the file beside it.

erase   services.erasure | erased.txt | commit | the sink's mails
lift    services.sign_ups | erased.txt | commit
"""

from newsletter import erased
from newsletter.app import App
from newsletter.mail import folder
from newsletter.services import erasure
from subscribers.services.erasures import Forgotten


def erase(app: App, *, subscriber_id: int, actor: str) -> tuple[Forgotten, int]:
    """Erase a person for good, and return what is known of them still and how many mails went.

    Raises as ``services.erasure.erase`` does, and ``OSError`` when the file beside the database cannot be
    written; then nothing has changed.
    """
    now = app.now()
    scope = app.everything("a person asked to be erased, and whoever does it owns the database file")
    with app.sessions.begin() as session:
        forgotten = erasure.erase(session, scope=scope, subscriber_id=subscriber_id, actor=actor, now=now)
        erased.note(app.paths.root, forgotten.hashes, now=now)
    return forgotten, folder.forget(app.paths.sink, forgotten.addresses)
