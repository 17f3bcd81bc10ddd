"""Keep the translation catalogue in step with the texts in app/ and templates/.

    python -m tools.messages extract [--prune]        bring the catalogue up to date
    python -m tools.messages missing [--under PATH …] JSON of what has no translation yet
    python -m tools.messages fill FILE.json           write translations into the catalogue
    python -m tools.messages compile                  make the .mo file that the application reads
    python -m tools.messages check                    exit 1 unless the catalogue is complete

Texts are written in English in the source; the catalogue holds the Chinese. The JSON maps a text
to its translation, or to a list of forms if it has a plural: `missing` prints it with empty values,
`fill` takes it back with the values filled in. A text with a context is keyed `context\\u0004text`.

A text that disappears from the source keeps its translation as an obsolete entry, so that a
template broken for a moment loses nothing; `extract --prune` drops those. The catalogue carries
neither dates nor source lines, which would make every change a conflict. Commands take a lock,
several may run at once.
"""

import argparse
import fcntl
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import (
    DEFAULT_KEYWORDS,
    check_and_call_extract_file,
)
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "tools" / "babel.cfg"
LOCALE = "zh_CN"
CATALOGUE = ROOT / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"
SOURCES = ("app", "templates")

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "DomainError": (1,),
}

HEADER = f"""\
# Chinese texts of Xinyu. Kept by tools/messages.py; edit values by hand or with its `fill`.
msgid ""
msgstr ""
"Project-Id-Version: xinyu\\n"
"Language: {LOCALE}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

NAMED_PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|\{(\w*)(?:[:!][^{}]*)?\}")
NUL_CONTEXT = "\x04"


def ids_of(message: Message) -> list[str]:
    """The text, and its plural if it has one."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def key_of(message: Message) -> str:
    text = ids_of(message)[0]
    return f"{message.context}{NUL_CONTEXT}{text}" if message.context else text


def has_plural(message: Message) -> bool:
    return not isinstance(message.id, str)


def forms_of(message: Message) -> list[str]:
    """The translation as a list: one form, also for a text with a plural (Chinese has none)."""
    strings = message.string
    return list(strings) if isinstance(strings, (list, tuple)) else [strings or ""]


def is_translated(message: Message) -> bool:
    forms = forms_of(message)
    return bool(forms) and all(forms) and not message.fuzzy


def texts_of(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def placeholders(text: str) -> set[str]:
    found = NAMED_PLACEHOLDER.finditer(text)
    return {f"%({a})" if (a := match[1]) else "{" + match[2] + "}" for match in found}


def why_not(message: Message, forms: list[str]) -> str | None:
    """Why these forms cannot stand for the message, or None."""
    ids = ids_of(message)
    if len(forms) != 1:
        return f"Chinese has one form, {len(forms)} were given"
    if not forms[0].strip():
        return "the translation is empty"
    asked, given = placeholders(ids[-1]), placeholders(forms[0])
    allowed = set().union(*(placeholders(text) for text in ids))
    left_out = asked - given
    if has_plural(message):
        left_out -= {"%(num)", "{num}"}  # a plural may leave its count to the words
    if left_out or not given <= allowed:
        return f"placeholders differ: {sorted(asked)} became {sorted(given)}"
    return None


def source_files() -> Iterator[Path]:
    for name in SOURCES:
        yield from sorted(path for path in (ROOT / name).rglob("*") if path.is_file())


def extract_template(paths: Iterable[Path] | None = None) -> tuple[Catalog, list[str]]:
    """Read the texts out of the sources; the second value names files that could not be read."""
    with CONFIG.open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    template = Catalog(charset="utf-8")
    unread: list[str] = []
    for path in paths if paths is not None else source_files():
        name = path.relative_to(ROOT).as_posix()
        try:
            found = list(
                check_and_call_extract_file(
                    path, methods, options, None, KEYWORDS, ("i18n:",), True, dirpath=ROOT
                )
            )
        except Exception as error:  # a file half written by someone must not stop the others
            unread.append(f"{name}: {type(error).__name__}: {error}")
            continue
        for _file, line, message, comments, context in found:
            template.add(
                message, None, [(name, line)], auto_comments=comments, context=context or None
            )
    return template, unread


def read_catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale=LOCALE, charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LOCALE, charset="utf-8")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == content:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


def write_catalogue(catalogue: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=0,
        no_location=True,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=False,
    )
    body = buffer.getvalue().decode("utf-8").strip("\n")
    write_whole(CATALOGUE, (HEADER + body).rstrip("\n").encode("utf-8") + b"\n")


def write_compiled(catalogue: Catalog) -> Path:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    target = CATALOGUE.with_suffix(".mo")
    write_whole(target, buffer.getvalue())
    return target


@contextmanager
def locked() -> Iterator[None]:
    """Wait until no other process works on the catalogue."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(CATALOGUE.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def updated_catalogue(template: Catalog, *, prune: bool = False) -> Catalog:
    """The stored catalogue with the template's texts; a text that came back keeps its words."""
    catalogue = read_catalogue()
    for message in list(catalogue.obsolete.values()):
        catalogue[message.id] = message
    catalogue.obsolete.clear()
    catalogue.update(template, no_fuzzy_matching=True)
    # update() stamps dates and keeps empty entries that nobody ever translated.
    kept = {k: m for k, m in catalogue.obsolete.items() if not prune and is_translated(m)}
    catalogue.obsolete.clear()
    catalogue.obsolete.update(kept)
    for message in texts_of(catalogue):
        message.previous_id = []
        message.flags.discard("fuzzy")
    return catalogue


def report_unread(unread: list[str]) -> None:
    for line in unread:
        print(f"not read: {line}", file=sys.stderr)


def extract(*, prune: bool) -> int:
    with locked():
        template, unread = extract_template()
        catalogue = updated_catalogue(template, prune=prune and not unread)
        write_catalogue(catalogue)
        write_compiled(catalogue)
    texts = texts_of(catalogue)
    empty = sum(not is_translated(message) for message in texts)
    print(f"{len(texts)} texts, {empty} without a translation, {len(catalogue.obsolete)} obsolete")
    report_unread(unread)
    return 1 if unread else 0


def is_under(message: Message, paths: list[str]) -> bool:
    return any(
        name == path or name.startswith(f"{path}/")
        for name, _line in message.locations
        for path in paths
    )


def missing_of(template: Catalog, catalogue: Catalog, under: list[str]) -> dict[str, object]:
    wanted: dict[str, object] = {}
    for message in texts_of(template):
        known = catalogue.get(ids_of(message)[0], message.context)
        if known is not None and is_translated(known):
            continue
        if not under or is_under(message, under):
            wanted[key_of(message)] = [""] if has_plural(message) else ""
    return dict(sorted(wanted.items()))


def missing(under: list[str]) -> int:
    paths = [Path(path).resolve().relative_to(ROOT).as_posix() for path in under]
    template, unread = extract_template()
    with locked():
        catalogue = updated_catalogue(template)
    print(json.dumps(missing_of(template, catalogue, paths), ensure_ascii=False, indent=1))
    report_unread(unread)
    return 0


def fill(file: str) -> int:
    source = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    given: dict[str, str | list[str]] = json.loads(source)
    refused: list[str] = []
    filled = 0
    with locked():
        template, unread = extract_template()
        catalogue = updated_catalogue(template)
        by_key = {key_of(message): message for message in texts_of(catalogue)}
        for key, value in given.items():
            forms = [value] if isinstance(value, str) else list(value)
            if not any(forms):
                continue
            message = by_key.get(key)
            reason = "no such text in the sources" if message is None else why_not(message, forms)
            if message is None or reason:
                refused.append(f"{key!r}: {reason}")
                continue
            message.string = tuple(forms) if has_plural(message) else forms[0]
            filled += 1
        write_catalogue(catalogue)
        write_compiled(catalogue)
    print(f"{filled} filled, {len(refused)} refused")
    for line in refused:
        print(f"refused: {line}", file=sys.stderr)
    report_unread(unread)
    return 1 if refused else 0


def compile_catalogue() -> int:
    with locked():
        target = write_compiled(read_catalogue())
    print(f"wrote {target.relative_to(ROOT)}")
    return 0


def faults() -> list[str]:
    """What keeps the catalogue from being complete, one line each."""
    template, unread = extract_template()
    with locked():
        stored = read_catalogue()
    found = [f"cannot be read: {line}" for line in unread]
    for message in texts_of(template):
        known = stored.get(ids_of(message)[0], message.context)
        place = f"{message.locations[0][0]}:{message.locations[0][1]}"
        if known is None or not is_translated(known):
            found.append(f"{place}: no Chinese for {key_of(message)!r}")
        elif reason := why_not(message, forms_of(known)):
            found.append(f"{place}: {key_of(message)!r}: {reason}")
    return found


def check() -> int:
    found = faults()
    for line in found:
        print(line)
    print(f"translations: {len(found)} faults" if found else "translations: complete")
    return 1 if found else 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.messages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    part = commands.add_parser("extract", help="bring the catalogue up to date")
    part.add_argument("--prune", action="store_true", help="drop what no source uses any more")
    part = commands.add_parser("missing", help="print what has no translation, as JSON")
    part.add_argument("--under", nargs="+", default=[], help="only texts of these files, folders")
    part = commands.add_parser("fill", help="write translations from a JSON file (- reads stdin)")
    part.add_argument("file")
    commands.add_parser("compile", help="make the .mo file")
    commands.add_parser("check", help="fail unless every text has its translation")
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "extract":
            return extract(prune=chosen.prune)
        case "missing":
            return missing(chosen.under)
        case "fill":
            return fill(chosen.file)
        case "compile":
            return compile_catalogue()
        case _:
            return check()


if __name__ == "__main__":
    sys.exit(main())
