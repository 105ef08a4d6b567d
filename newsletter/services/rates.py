"""How often something may be tried: counted in the database, so that a restart forgets nothing.

A window begins with the first try and ends ``period`` later; within it so many tries are let through.
"""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.orm import Session

from newsletter.models import RateWindow
from subscribers.services import erasures
from subscribers.services.dialects import insert_into


def allow(session: Session, *, what: str, whose: str, most: int, period: timedelta, now: datetime) -> bool:
    """Count one more try, and tell whether it is within ``most`` for the ``period``.

    ``what`` is the kind of try, ``whose`` the address, network or person that it is counted for; of both only
    a keyed digest is kept, and only until the window ends: without the key, the few networks that there are
    could all be tried.
    """
    key = erasures.keyed(session, f"rate\0{what}\0{whose}")
    new = insert_into(session, RateWindow).values(key=key, began_at=now, ends_at=now + period, count=1)
    over = RateWindow.ends_at <= now
    counted = new.on_conflict_do_update(
        index_elements=[RateWindow.key],
        set_={
            "began_at": case((over, now), else_=RateWindow.began_at),
            "ends_at": case((over, now + period), else_=RateWindow.ends_at),
            "count": case((over, 1), else_=RateWindow.count + 1),
        },
    ).returning(RateWindow.count)
    return session.execute(counted).scalar_one() <= most


def forget(session: Session, *, now: datetime) -> int:
    """Take away the windows that have ended, and return how many."""
    return len(
        session.execute(delete(RateWindow).where(RateWindow.ends_at <= now).returning(RateWindow.key)).all()
    )
