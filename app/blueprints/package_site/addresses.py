"""Which host shows pages and which one packages, and the tokens that open a package's files for a while."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from itsdangerous import BadSignature, URLSafeSerializer

from app.config import Settings
from app.core import clock

FRAME, FILES, RUN_TIME = "/packages/frame/", "/packages/files/", "/packages/run-time/"
# A token is good until the end of the next stretch: one address for everybody in between, so that it can be cached.
STRETCH = 6 * 3600
_TWINS = {"127.0.0.1": "localhost", "::1": "localhost", "localhost": "127.0.0.1"}
_PORTS = {"http": "80", "https": "443"}


class PackageAddresses:
    """The packages' host: XINYU_PACKAGES_URL, else (on one machine) the other name of the same machine.

    A browser holds http://127.0.0.1:8000 and http://localhost:8000 apart: another origin, other cookies.
    """

    def __init__(self, settings: Settings) -> None:
        self._pages = urlsplit(settings.base_url)
        self._given = urlsplit(settings.packages_url) if settings.packages_url else None
        twin = _TWINS.get(self._pages.hostname or "")
        self._twin = None if self._given or settings.is_production else twin
        self._tokens = URLSafeSerializer(settings.secret_key, salt="package-files")

    @property
    def available(self) -> bool:
        return self._given is not None or self._twin is not None

    @property
    def is_twin(self) -> bool:
        """Whether the host is the other name of this machine, where somebody may also look for the pages."""
        return self._twin is not None

    @property
    def frame_source(self) -> str:
        """What pages may show in a frame, as their content policy says it; empty for nothing."""
        if self._given is not None:
            return f"{self._given.scheme}://{self._given.netloc}"
        return f"http://{self._twin}:*" if self._twin else ""

    def is_here(self, host: str) -> bool:
        """Whether a request for this host (with or without a port) is for packages."""
        if self._given is not None:
            return _same(host, self._given.netloc, self._given.scheme)
        return self._twin is not None and _name_and_port(host)[0] == self._twin

    def origin(self, host: str) -> str:
        """The origin of packages for pages that were asked for under ``host``."""
        if self._given is not None:
            return f"{self._given.scheme}://{self._given.netloc}"
        return _origin("http", self._twin or "", host)

    def pages_origin(self, host: str) -> str:
        """The origin of the pages for a request for packages under ``host``."""
        if self._given is not None:
            return f"{self._pages.scheme}://{self._pages.netloc}"
        return _origin("http", self._pages.hostname or "", host)

    def token(self, folder_key: str) -> str:
        """Opens the files of one package; not tied to a person, and to nothing else."""
        stretch = int(clock.now().timestamp()) // STRETCH
        return str(self._tokens.dumps([folder_key, (stretch + 2) * STRETCH]))

    def folder_of(self, token: str) -> str | None:
        """The package that a token opens; None for a forged and an expired one."""
        try:
            folder_key, until = self._tokens.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        return str(folder_key) if clock.now().timestamp() < until else None

    def frame_path(self, token: str, standard: str) -> str:
        """The address of the frame with the run-time of a standard, below the packages' origin."""
        return f"{FRAME}{quote(token)}?standard={standard}"

    def file_path(self, token: str, href: str) -> str:
        """The address of a file below the packages' origin; ``href`` is escaped already."""
        return f"{FILES}{quote(token)}/{href}"


def _origin(scheme: str, name: str, host: str) -> str:
    port = _name_and_port(host)[1]
    shown = f"[{name}]" if ":" in name else name
    return f"{scheme}://{shown}:{port}" if port else f"{scheme}://{shown}"


def _name_and_port(host: str) -> tuple[str, str]:
    """``[::1]:8000`` and ``localhost:8000`` in their parts."""
    if host.startswith("["):
        name, _bracket, rest = host[1:].partition("]")
        return name.lower(), rest.lstrip(":")
    name, _colon, port = host.partition(":")
    return name.lower(), port


def _same(host: str, given: str, scheme: str) -> bool:
    """The same host and port; a proxy may leave out the port that the scheme means anyway."""
    name, port = _name_and_port(host)
    wanted, wanted_port = _name_and_port(given)
    usual = _PORTS.get(scheme, "")
    return name == wanted and (port or usual) == (wanted_port or usual)
