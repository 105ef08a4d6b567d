"""One transaction's worth of work each: (session, *, scope, ..., now) -> value. None commits."""
