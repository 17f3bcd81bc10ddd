"""What belongs to HTTP. The domain never imports this module, nor does what a command loads."""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, g, request
from flask_compress import Compress
from flask_limiter import Limiter, RateLimitExceeded
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from app.core import limit_counts as _limit_counts  # noqa: F401  counts of machine://


def client_place() -> str:
    """Where a request comes from, for limits: the address, of IPv6 its /64, as each computer may use all of that."""
    try:
        address = ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return request.remote_addr or "127.0.0.1"  # a socket's name
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))


class DeclaredLimiter(Limiter):
    """Asks only where a view declares a limit: its decorator does. No limit holds for every page, and looking for one
    before, after and at the end of each costs a tenth of it.
    """

    def init_app(self, app: Flask) -> None:
        before: list[Any] = app.before_request_funcs.setdefault(None, [])
        after: list[Any] = app.after_request_funcs.setdefault(None, [])
        teardown: list[Any] = app.teardown_request_funcs.setdefault(None, [])
        others = len(before), len(after), len(teardown)
        super().init_app(app)
        del before[others[0] :]
        notes, releases = after[others[1] :], teardown[others[2] :]
        del after[others[1] :], teardown[others[2] :]
        if not notes:
            return

        @app.after_request
        def _note(response: Response) -> Response:
            if "limited" in g:
                for note in notes:
                    response = note(response)
            return response

        @app.teardown_request
        def _release(error: BaseException | None) -> None:
            if "limited" in g:
                for release in releases:
                    release(error)

    def _check_request_limit(self, *args: Any, **kwargs: Any) -> None:
        g.limited = True
        try:
            super()._check_request_limit(*args, **kwargs)
        except RateLimitExceeded as error:
            if self.current_limit is not None:
                error.retry_after = max(1, self.current_limit.reset_at - int(time.time()))
            raise


compress = Compress()
csrf = CSRFProtect()
limiter = DeclaredLimiter(key_func=client_place, default_limits=[])
login_manager = LoginManager()
