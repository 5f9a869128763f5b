"""A token bucket as one number: the time at which it would be full again (GCRA)."""


def reserve(full_at: float, now: float, *, rate: float, burst: float) -> tuple[float, float]:
    """Take one token of a bucket of `burst`, refilled at `rate` per second.

    Returns the bucket's new `full_at`, and how many seconds to wait for the token.
    """
    full_at = max(full_at, now) + 1 / rate
    return full_at, max(0.0, full_at - now - burst / rate)
