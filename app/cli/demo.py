"""``flask demo``: two invented prefectures, loaded like any other workbooks, and an account for each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select, text

from app.cli.demo_certificates import load_certificates
from app.cli.demo_courses import load_courses
from app.cli.demo_credentials import load_credentials
from app.cli.demo_placements import load_placements
from app.cli.demo_workshops import load_workshops
from app.config import PROJECT_ROOT, Settings
from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts import passwords
from app.domain.accounts.models import Account
from app.domain.accounts.operations import create_account, grant_role
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.exchange.models import ImportKind
from app.domain.exchange.operations import Submission, land_at_once, preview
from app.domain.exchange.reading import message_of
from app.domain.people.models import Person, Posting
from app.domain.units.models import BaseSchoolPeriod, Unit, UnitKind
from app.domain.units.operations import designate_base_school
from app.domain.units.queries import find_unit

PASSWORD = "Xinyu-7tMq-demo"  # of invented people's accounts only; production never has them
DATA = PROJECT_ROOT / "demo" / "data"
CHUXIONG, LINCANG = "532300", "530900"
BASE_SCHOOLS = ("临沧市第一中学", "临沧市民族中学")
BASE_SCHOOLS_SINCE = date(2021, 9, 1)
BASE_SCHOOLS_BASIS = "市级中小学心理健康教师规范化培训基地"
GRANTED_FROM = date(2020, 1, 1)
SHORT = {CHUXIONG: "楚雄州", LINCANG: "临沧市"}
ROLE_WORDS = {
    Role.TEACHER: "教师",
    Role.TRAINER: "讲师",
    Role.MENTOR: "导师",
    Role.SCHOOL: "学校管理员",
    Role.COUNTY: "教育体育局",
    Role.BUREAU: "教育体育局",
    Role.AUDITOR: "审计员",
    Role.SECURITY: "安全管理员",
    Role.ADMIN: "系统管理员",
}


@dataclass(frozen=True)
class Workbook:
    file: str
    kind: ImportKind
    unit: str
    day: date | None = None


# In the order in which one stands on the other; a day where the workbook does not say its own.
BEFORE_BASE_SCHOOLS = (
    Workbook("chuxiong-schools-2023.xlsx", ImportKind.SCHOOLS, CHUXIONG),
    Workbook("lincang-schools-2023.xlsx", ImportKind.SCHOOLS, LINCANG),
)
AFTER_BASE_SCHOOLS = (
    Workbook("chuxiong-counselors-2023.xlsx", ImportKind.COUNSELORS, CHUXIONG),
    Workbook("chuxiong-studio-2022.xlsx", ImportKind.STUDIO, CHUXIONG, date(2022, 3, 1)),
    Workbook("chuxiong-trainings-2023.xlsx", ImportKind.TRAININGS, CHUXIONG, date(2023, 8, 10)),
    Workbook("lincang-counselors-2023.xlsx", ImportKind.COUNSELORS, LINCANG),
    Workbook("lincang-placements-2022.xlsx", ImportKind.PLACEMENTS, LINCANG, date(2023, 1, 6)),
    Workbook("lincang-online-2022.xlsx", ImportKind.ONLINE, LINCANG, date(2023, 1, 3)),
)

group = AppGroup("demo", help="Demonstration data: two prefectures of invented people.")


@contextmanager
def _transaction() -> Iterator[Actor]:
    with atomic():
        yield system_actor(name="demo")


@group.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database has people in it.")
def load(if_empty: bool) -> None:
    """Load the demonstration workbooks and accounts. Refuses a database that has people in it."""
    _refuse_production()
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        if if_empty:
            return
        raise click.ClickException(
            "The database has people in it already; demonstration data go into a new one only."
        )
    click.echo("Loading the demonstration data …")
    try:
        for workbook in BEFORE_BASE_SCHOOLS:
            _import(workbook)
        _designate_base_schools()
        for workbook in AFTER_BASE_SCHOOLS:
            _import(workbook)
        _create_accounts()
        load_workshops()
        click.echo("  workshops: one finished, one running, three open")
        load_placements()
        click.echo("  placements: two past cohorts, one under way, one open for nominations")
        load_courses()
        load_credentials()
        load_certificates()
        click.echo("  certificates: six batches issued, one prepared; credentials in every state")
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    _refresh_planner()
    click.echo("Loaded.")


@group.command("accounts")
def accounts() -> None:
    """Print the demonstration accounts and their password; nothing when they are not loaded."""
    names = db.session.scalars(
        select(Account.username).where(Account.username.in_(_usernames())).order_by(Account.id)
    ).all()
    if not names:
        return
    base_url = _settings().base_url
    click.echo(f"Sign in at {base_url}/login with the password {PASSWORD}")
    for place, what in (("chuxiong", "Chuxiong 楚雄州"), ("lincang", "Lincang 临沧市")):
        of_place = [name for name in names if name.endswith(place)]
        click.echo(f"  {what}: {', '.join(of_place)}")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _refuse_production() -> None:
    if _settings().is_production:
        raise click.ClickException(
            "Demonstration data and accounts never go into production (XINYU_ENV=production)."
        )


def _import(workbook: Workbook) -> None:
    unit = find_unit(workbook.unit)
    if unit is None:
        raise click.ClickException(f"No unit {workbook.unit}: run 'flask db upgrade' first.")
    data = (DATA / workbook.file).read_bytes()
    submission = Submission(workbook.kind, unit.id, workbook.file, data, workbook.day)
    plan = preview(submission, unit, actor=system_actor(name="demo"))
    if plan.is_rejected:
        first = next(problem for problem in plan.problems() if problem.severity == "error")
        raise click.ClickException(f"{workbook.file}: {message_of(first)}")
    land_at_once(submission, plan, _transaction)
    counts = plan.counts()
    click.echo(
        f"  {workbook.file}: {counts['created']} created, {counts['changed']} changed,"
        f" {counts['unresolved']} waiting"
    )


def _designate_base_schools() -> None:
    with _transaction() as actor:
        for school in db.session.scalars(select(Unit).where(Unit.name.in_(BASE_SCHOOLS))):
            designate_base_school(
                school, on=BASE_SCHOOLS_SINCE, basis=BASE_SCHOOLS_BASIS, actor=actor
            )


def _usernames() -> list[str]:
    return [f"{role}-{place}" for place in ("chuxiong", "lincang") for role in Role]


def _create_accounts() -> None:
    """One account for each role in both prefectures, at the first unit that fits; the teacher is a person of it."""
    password_hash = passwords.hash_password(PASSWORD)
    with _transaction() as actor:
        for place, code in (("chuxiong", CHUXIONG), ("lincang", LINCANG)):
            prefecture = db.session.scalars(select(Unit).where(Unit.code == code)).one()
            county = _first_county(prefecture)
            school = _first_school(county)
            teacher = _first_person(school)
            mentor_school = _base_school(prefecture) or school
            units = {Role.COUNTY: county, Role.MENTOR: mentor_school}
            for role in (Role.SCHOOL, Role.TEACHER, Role.TRAINER):
                units[role] = school
            for role in Role:
                unit = units.get(role, prefecture)
                name = (
                    teacher.name
                    if role is Role.TEACHER
                    else f"{SHORT.get(unit.code, unit.name)}{ROLE_WORDS[role]}"
                )
                account = create_account(
                    f"{role}-{place}",
                    actor=actor,
                    now=clock.now(),
                    password_hash=password_hash,
                    display_name=name[:80],
                )
                grant_role(
                    account, role, unit, actor=actor, valid_from=GRANTED_FROM, announce=False
                )
                if role is Role.TEACHER:
                    teacher.account_id = account.id


def _first_county(prefecture: Unit) -> Unit:
    return db.session.scalars(
        select(Unit)
        .where(Unit.parent_id == prefecture.id, Unit.kind == UnitKind.COUNTY)
        .order_by(Unit.code)
        .limit(1)
    ).one()


def _first_school(county: Unit) -> Unit:
    """The first school of the county with a counselor."""
    posted = select(Posting.unit_id).where(Posting.valid_until.is_(None))
    return db.session.scalars(
        select(Unit)
        .where(Unit.parent_id == county.id, Unit.kind == UnitKind.SCHOOL, Unit.id.in_(posted))
        .order_by(Unit.code)
        .limit(1)
    ).one()


def _first_person(school: Unit) -> Person:
    return db.session.scalars(
        select(Person)
        .join(Posting, Posting.person_id == Person.id)
        .where(Posting.unit_id == school.id, Posting.valid_until.is_(None))
        .order_by(Person.id)
        .limit(1)
    ).one()


def _base_school(prefecture: Unit) -> Unit | None:
    return db.session.scalars(
        select(Unit)
        .join(BaseSchoolPeriod, BaseSchoolPeriod.unit_id == Unit.id)
        .where(Unit.path.like(f"{prefecture.path}%"))
        .order_by(func.length(Unit.path), Unit.code)
        .limit(1)
    ).one_or_none()


def _refresh_planner() -> None:
    """Let the database count its new rows, so that the first pages are planned well."""
    with atomic() as session:
        session.execute(text("ANALYZE"))
