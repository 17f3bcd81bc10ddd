"""Check what no other tool does: locks without addresses, no machine's paths, small files, known
icons and complete translations.

    python -m tools.check_repository
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.build_assets import icon_names
from tools.messages import faults as translation_faults

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 350
LARGEST_TEXT = 4_000_000

ADDRESS = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|--trusted-host|^-[if] ")
RESOLVED = re.compile(r'"resolved"\s*:')
PINNED = re.compile(r"^([a-z0-9._-]+)==([^\s;]+)", re.MULTILINE)
HOME_PATH = re.compile(r"(?<![\w.~}/-])/(?:root|home/[a-z][\w-]*|Users/\w+)/")
ICON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
BUILT = re.compile(r"^(instance/|static/vendor/|node_modules/|\.venv/)|\.(mo|pyc|db|sqlite3?)$")


def repository_files() -> list[str]:
    """Names of the files that are committed or would be."""
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if answer.returncode:
        raise SystemExit(f"git cannot list the files: {answer.stderr.decode().strip()}")
    names = answer.stdout.decode().split("\0")
    return sorted(name for name in set(names) if name and (ROOT / name).is_file())


def text_of(name: str) -> str | None:
    """The file's text, or None for what is not text."""
    path = ROOT / name
    if path.stat().st_size > LARGEST_TEXT:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def lock_faults() -> Iterator[str]:
    for path in sorted(ROOT.glob("requirements*.lock")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if ADDRESS.search(line):
                yield f"{path.name}:{number}: a lock names no address: {line.strip()}"
    package_lock = ROOT / "package-lock.json"
    for number, line in enumerate(package_lock.read_text(encoding="utf-8").splitlines(), 1):
        if RESOLVED.search(line):
            yield f"{package_lock.name}:{number}: a lock names no address: {line.strip()}"
    runtime, dev = (
        dict(PINNED.findall((ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    for package, version in runtime.items():
        if dev.get(package) != version:
            yield f"requirements.lock: {package} {version}, but {dev.get(package)} for tests"


def path_faults() -> Iterator[str]:
    here = f"{ROOT}/" if len(ROOT.parts) > 2 else None
    for name in repository_files():
        if BUILT.search(name):
            yield f"{name}: is built or belongs to one machine, do not commit it"
        text = text_of(name)
        if text is None:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if HOME_PATH.search(line) or (here and here in line):
                yield f"{name}:{number}: a path of one machine: {line.strip()[:100]}"


def size_faults() -> Iterator[str]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_MODULE:
            name = path.relative_to(ROOT)
            yield f"{name}: {lines} lines; over {LONGEST_MODULE} it becomes a package by topic"


def icon_faults() -> Iterator[str]:
    """An icon that is not in the list would be an empty space on the page."""
    known = set(icon_names())
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for name in sorted(set(ICON.findall(path.read_text(encoding="utf-8"))) - known):
            yield f"{path.relative_to(ROOT)}: icon {name!r} is not in tools/icons.txt"


CHECKS: list[Callable[[], Iterator[str] | list[str]]] = [
    lock_faults,
    path_faults,
    size_faults,
    icon_faults,
    translation_faults,
]


def main() -> int:
    found = [fault for check in CHECKS for fault in check()]
    for fault in found:
        print(fault)
    print(f"repository: {len(found)} faults" if found else "repository: sound")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
