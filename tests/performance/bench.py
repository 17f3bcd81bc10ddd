"""``make bench``: the speeds that were promised, measured on this machine and printed as a table."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import create_app
from app.config import read_settings
from app.core.db import atomic, db
from app.core.versions import raise_version
from app.domain.units.models import Unit, UnitKind
from tests.databases import postgresql_server
from tests.performance import (
    completions,
    issuing,
    learning,
    matching,
    rush,
    seeding,
    servers,
    sheets,
    verifying,
)

PEOPLE = 20_000
COMPLETIONS = 5_000
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
LEDGER = "/counties/?unit=532300&as_of=2023-08-17&since=2020-01-01"


@dataclass(frozen=True)
class Result:
    what: str
    database: str
    measured: str
    wanted: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="length of one load run")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database only")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("make bench needs wrk: apt-get install wrk")
    results: list[Result] = [_measure_matching()]
    with tempfile.TemporaryDirectory(prefix="xinyu-bench-") as folder:
        for database in ("sqlite", "postgresql"):
            if options.only in (None, database):
                results += measure(database, Path(folder) / database, options.seconds)
    print_table(results)


def measure(database: str, folder: Path, seconds: int) -> list[Result]:
    """Every figure on one database."""
    folder.mkdir()
    with database_url(database, folder) as url:
        settings = servers.environment(url, folder)
        servers.flask(settings, "db", "upgrade")
        servers.flask(settings, "demo", "load")
        results = _measure_ledger(database, settings, seconds)
        results += _measure_rush(database, settings)
        results += _measure_workshops(database, settings, seconds)
        results += _measure_learning(database, settings, seconds)
        results += _measure_verifying(database, settings, seconds)
        results += _measure_issuing(database, settings, seconds)
        results += _measure_import(database, settings, folder)
        results += _measure_completions(database, settings, folder)
        return results + _measure_people(database, settings, seconds)


@contextmanager
def database_url(database: str, folder: Path) -> Iterator[str]:
    """An empty database: a file, or one on the bundled PostgreSQL server."""
    if database == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with postgresql_server(folder) as server_url:
        plain = server_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("CREATE DATABASE xinyu_bench")
        head, _, query = server_url.partition("?")
        yield head.rpartition("/")[0] + "/xinyu_bench" + (f"?{query}" if query else "")


def _measure_people(database: str, settings: dict[str, str], seconds: int) -> list[Result]:
    cookie = seeding.session_cookie(settings, "bureau-chuxiong")
    wanted = {"sqlite": "≥ 600/s", "postgresql": "≥ 400/s"}[database]
    with servers.server(settings) as address:
        servers.load(address, "/people/", cookie, seconds=2)
        measured = servers.load(address, "/people/", cookie, seconds=seconds)
    return [_rate("people list, 25 of 20,000+, 8 connections", database, measured, wanted)]


def _measure_issuing(database: str, settings: dict[str, str], seconds: int) -> list[Result]:
    cookie = seeding.session_cookie(settings, "bureau-chuxiong")
    came = issuing.run(settings, cookie, seconds)
    measured = f"{came.rate:.0f}/s, {came.verdict}"
    beside = f"p95 {came.meanwhile:.0f} ms, quiet {came.quiet:.0f} ms"
    return [
        Result(
            f"batch of {issuing.PEOPLE} certificates, sealed and signed, end to end",
            database,
            measured,
            "≥ 50/s",
        ),
        Result("people list while certificates are made", database, beside, "< 2 × quiet"),
    ]


def _rate(what: str, database: str, measured: servers.Load, wanted: str) -> Result:
    failures = f", {measured.failures} failures" if measured.failures else ""
    text = f"{measured.rate:.0f}/s, p95 {measured.p95:.0f} ms{failures}"
    return Result(what, database, text, wanted)


def _measure_ledger(database: str, settings: dict[str, str], seconds: int) -> list[Result]:
    cookie = seeding.session_cookie(settings, "bureau-chuxiong")
    with servers.server(settings) as address:
        _, first = servers.fetch(address, LEDGER, cookie)
        servers.load(address, LEDGER, cookie, seconds=2)
        measured = servers.load(address, LEDGER, cookie, seconds=seconds)
        after_change = max(_after_change(settings, address, cookie) for _ in range(3))
    return [
        _rate(
            "ledger of Chuxiong (2,232 counselors), 8 connections",
            database,
            measured,
            "p95 < 60 ms",
        ),
        Result("ledger, first view after a change", database, f"{after_change:.0f} ms", "< 150 ms"),
        Result("ledger, first view of a new process", database, f"{first:.0f} ms", "–"),
    ]


def _after_change(settings: dict[str, str], address: str, cookie: str) -> float:
    """Change a counted fact, then the time of the next view."""
    app = create_app(read_settings(settings))
    with app.app_context(), atomic() as session:
        raise_version(session)
    return servers.fetch(address, LEDGER, cookie)[1]


def _measure_import(database: str, settings: dict[str, str], folder: Path) -> list[Result]:
    path = folder / "roster.xlsx"
    seeding.write_roster(path, _schools(settings), PEOPLE)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", "counselors", str(path)]
    command += ["--unit", "532300"]
    said = folder / "import.log"
    begun = time.perf_counter()
    with said.open("wb") as log:
        process = subprocess.Popen(command, cwd=servers.ROOT, env=settings, stdout=log)
        peak = _peak_until_the_end(process)
    took = time.perf_counter() - begun
    if process.returncode != 0:
        raise RuntimeError(f"the import failed: {said.read_text()}")
    text = f"{took:.1f} s, {peak / 1024:.0f} MB"
    wanted = "< 10 s, < 400 MB" if database == "sqlite" else "–"
    return [Result(f"import of a roster of {PEOPLE:,} rows", database, text, wanted)]


def _measure_completions(database: str, settings: dict[str, str], folder: Path) -> list[Result]:
    """A platform's export read by a mapping: its hours count at once, or wait to be recognised."""
    results = []
    for recognised, what in ((False, "to be recognised"), (True, "that count at once")):
        path = folder / f"export-{recognised}.xlsx"
        completions.write_export(settings, path, COMPLETIONS)
        completions.make_mapping(settings, what, recognised=recognised)
        came = completions.bring(settings, path, what)
        text = f"{came.seconds:.1f} s, {came.created:,} made"
        results.append(
            Result(f"import of {COMPLETIONS:,} completions {what}", database, text, "< 5 s")
        )
    return results


def _peak_until_the_end(process: subprocess.Popen[bytes]) -> int:
    """The most memory that a process used, in KiB. Not from its resource usage: that begins with what its parent used."""
    status = Path(f"/proc/{process.pid}/status")
    peak = 0
    while process.poll() is None:
        found = _PEAK.search(status.read_text())
        peak = int(found[1]) if found else peak
        time.sleep(0.02)
    return peak


def _measure_rush(database: str, settings: dict[str, str]) -> list[Result]:
    tokens = rush.teacher_tokens(settings)
    results = []
    for workers in (2, 8):
        came = rush.run(settings, tokens, workers)
        what = f"300 teachers, 50 at once, for 50 seats, {workers} workers"
        text = f"{came.rate:.0f} enrolments/s, p95 {came.p95:.0f} ms; {came.verdict}"
        results.append(
            Result(what, database, text, "≥ 300/s, p95 < 400 ms (peer: 65–97/s, 1,200 ms)")
        )
    return results


def _measure_workshops(database: str, settings: dict[str, str], seconds: int) -> list[Result]:
    cookie = seeding.session_cookie(settings, "bureau-chuxiong")
    small = sheets.running_workshop(settings, 30)
    large = sheets.running_workshop(settings, 200)
    with servers.server(settings) as address:
        servers.load(address, f"/workshops/{small}", cookie, seconds=2)
        page = servers.load(address, f"/workshops/{small}", cookie, seconds=seconds)
        servers.load(address, f"/workshops/{large}/roster", cookie, seconds=2)
        roster = servers.load(address, f"/workshops/{large}/roster", cookie, seconds=seconds)
    times = sheets.measure(settings, 500)
    back = times.preview + times.save
    return [
        _rate("workshop page, 30 enrolled, 8 connections", database, page, "≥ 300/s"),
        _rate("roster of 200, 50 a page, 8 connections", database, roster, "≥ 200/s"),
        Result("grade sheet of 500 rows, out", database, f"{times.out:.2f} s", "< 1 s"),
        Result(
            "grade sheet of 500 rows, in (preview and save)", database, f"{back:.2f} s", "< 2 s"
        ),
    ]


def _measure_learning(database: str, settings: dict[str, str], seconds: int) -> list[Result]:
    given = learning.make_class(settings)
    told = learning.report_all(settings, given, 3 * seconds)
    text = f"{told.rate:.0f}/s, p95 {told.p95:.0f} ms; {told.verdict}"
    path = f"/courses/{given.course_id}/lessons/{given.lesson_id}"
    with servers.server(settings) as address:
        servers.load(address, path, given.learners[0].cookie, seconds=2)
        page = servers.load(address, path, given.learners[0].cookie, seconds=seconds)
    return [
        Result("progress of 1,000 learners, every 10 s", database, text, "100/s, p95 < 100 ms"),
        _rate("lesson page, 12 lessons, 8 connections", database, page, "≥ 300/s"),
    ]


def _measure_verifying(database: str, settings: dict[str, str], seconds: int) -> list[Result]:
    path = verifying.certificate_address(settings)
    with servers.server(settings) as address:
        servers.load(address, path, "", seconds=2)
        page = servers.load(address, path, "", seconds=seconds)
    return [_rate("verification page of a certificate, 8 connections", database, page, "≥ 500/s")]


def _schools(settings: dict[str, str]) -> list[tuple[str, str]]:
    app = create_app(read_settings(settings))
    county = aliased(Unit)
    with app.app_context():
        rows = db.session.execute(
            select(county.name, Unit.name)
            .join(county, county.id == Unit.parent_id)
            .where(Unit.kind == UnitKind.SCHOOL, county.code.startswith("5323"))
            .where(county.kind == UnitKind.COUNTY)
            .order_by(Unit.id)
        ).all()
        return [(row[0], row[1]) for row in rows]


def _measure_matching() -> Result:
    matched = matching.measure()
    text = f"{matched.seconds:.2f} s of CPU, {matched.placed} placed"
    return Result("matching of 500 nominees and 60 base schools", "–", text, "< 5 s")


def print_table(results: list[Result]) -> None:
    print(
        f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; 2 workers\n"
    )
    print("| measured | database | result | wanted |")
    print("|---|---|---|---|")
    for result in results:
        print(f"| {result.what} | {result.database} | {result.measured} | {result.wanted} |")


if __name__ == "__main__":
    main()
