"""Where the pages are reached from outside: for addresses that leave the system on paper."""

from __future__ import annotations

_base: str | None = None


def configure(base_url: str) -> None:
    global _base
    _base = base_url


def base_url() -> str:
    """https://… without a slash at its end."""
    if _base is None:
        raise RuntimeError("addresses.configure() has not been called")
    return _base
