"""The log: begun, saved, handed in, signed; what is refused; two people at once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, files
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, StaleVersion
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from app.domain.placements.models import LogEntry, Placement, PlacementFile, Presence
from app.domain.placements.operations.entry_facts import ActivityFacts, EntryFacts
from app.domain.placements.operations.log import (
    discard_entry,
    hand_in_entry,
    save_entry,
    start_entry,
)
from app.domain.placements.operations.log_files import (
    StoredFile,
    add_files,
    check_log_file,
    remove_file,
)
from app.domain.placements.operations.signing import (
    reopen_entry,
    send_back_entry,
    sign_entries,
    sign_entry,
)
from app.domain.placements.queries.log import get_entry, list_entries, list_files
from app.domain.placements.queries.progress import read_progress
from app.domain.placements.rules.words import (
    ActivityKind,
    EntryStatus,
    LogRhythm,
    PlacementStatus,
    PresenceState,
)
from tests import factories
from tests.concurrency import at_once
from tests.integration.statistics.helpers import count_queries
from tests.semester_factories import Term, add_trainee, make_term

MONDAY, TODAY, SUNDAY = date(2023, 8, 14), date(2023, 8, 17), date(2023, 8, 20)
FACTS = EntryFacts(
    "听了三节课，和导师一起备课。",
    "提问要留出时间。",
    Decimal("30.5"),
    [
        ActivityFacts(ActivityKind.OBSERVATION, MONDAY, 3, "情绪管理", "七年级"),
        ActivityFacts(ActivityKind.GROUP_SESSION, date(2023, 8, 15), 1, "合作"),
    ],
)


@pytest.fixture
def term(session: Session) -> Term:
    return make_term()


def start(term: Term, day: date = TODAY) -> int:
    with atomic():
        return start_entry(term.id, day, actor=term.trainee).id


def save(term: Term, entry_id: int, facts: EntryFacts = FACTS, **options: object) -> int:
    """The version after it was saved."""
    with atomic():
        entry = save_entry(entry_id, facts, placement_id=term.id, actor=term.trainee, **options)
    return entry.row_version


def hand_in(term: Term, entry_id: int, **options: object) -> None:
    with atomic():
        hand_in_entry(entry_id, placement_id=term.id, actor=term.trainee, **options)


def handed_in(term: Term, day: date = TODAY, facts: EntryFacts = FACTS) -> int:
    entry_id = start(term, day)
    save(term, entry_id, replace(facts, activities=facts.activities if day == TODAY else ()))
    hand_in(term, entry_id)
    return entry_id


def sign(term: Term, entry_id: int, *, actor: Actor | None = None, **options: object) -> None:
    with atomic():
        sign_entry(entry_id, placement_id=term.id, actor=actor or term.guide, **options)


def entry_of(entry_id: int) -> LogEntry:
    db.session.rollback()
    return db.session.get_one(LogEntry, entry_id, populate_existing=True)


def test_an_entry_is_about_the_week_of_the_day_cut_at_the_end_of_the_placement(term):
    entry = entry_of(start(term))
    assert (entry.begins_on, entry.ends_on, entry.status) == (MONDAY, SUNDAY, EntryStatus.DRAFT)
    with clock.frozen(datetime(2023, 9, 29, 2, tzinfo=UTC)):
        last = entry_of(start(term, date(2023, 9, 28)))
    assert (last.begins_on, last.ends_on) == (date(2023, 9, 25), date(2023, 9, 29))


def test_in_a_cohort_of_daily_entries_it_is_about_the_day(session):
    entry = entry_of(start(make_term(log_rhythm=LogRhythm.DAY)))
    assert (entry.begins_on, entry.ends_on) == (TODAY, TODAY)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2023, 7, 2), "before_start"),
        (date(2023, 8, 21), "future"),
        (date(2023, 9, 30), "after_end"),
        (MONDAY, "overlap"),
    ],
)
def test_refuses_days_that_no_entry_can_be_about(term, day, code):
    start(term)
    with pytest.raises(DomainError) as refused, atomic():
        start_entry(term.id, day, actor=term.trainee)
    assert refused.value.code == code


def test_refuses_an_entry_in_a_placement_that_is_over(term):
    with atomic():
        db.session.get_one(Placement, term.id).status = PlacementStatus.WITHDRAWN
    with pytest.raises(DomainError) as refused, atomic():
        start_entry(term.id, TODAY, actor=term.trainee)
    assert refused.value.code == "placement_over"


def test_only_the_trainee_writes(term):
    with pytest.raises(Forbidden) as refused, atomic():
        start_entry(term.id, TODAY, actor=term.guide)
    assert refused.value.code == "not_trainee"


def test_a_draft_is_kept_as_it_is_typed_and_not_audited(term):
    entry_id = start(term)
    version = save(term, entry_id, EntryFacts("听"))
    assert save(term, entry_id, EntryFacts("听"), expected_version=version) == version
    save(term, entry_id, FACTS, expected_version=version)
    entry = entry_of(entry_id)
    assert (entry.content, entry.reflection, entry.hours) == (
        FACTS.content,
        FACTS.reflection,
        Decimal("30.5"),
    )
    assert [(one.kind, one.count, one.topic) for one in entry.activities] == [
        (ActivityKind.OBSERVATION, 3, "情绪管理"),
        (ActivityKind.GROUP_SESSION, 1, "合作"),
    ]
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions == ["placements.start_entry"]


def test_the_version_rises_when_only_an_activity_changed(term):
    entry_id = start(term)
    version = save(term, entry_id)
    changed = replace(FACTS, activities=[replace(FACTS.activities[0], count=4)])
    assert save(term, entry_id, changed) == version + 1
    with pytest.raises(StaleVersion):
        save(term, entry_id, FACTS, expected_version=version)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(FACTS, hours=Decimal("56.5")), "hours_too_many"),
        (replace(FACTS, hours=Decimal(-1)), "hours_negative"),
        (replace(FACTS, hours=Decimal("6.3")), "hours_fraction"),
        (replace(FACTS, content="写" * 8001), "text_too_long"),
        (replace(FACTS, content="家长电话13900001234"), "personal_number"),
        (replace(FACTS, reflection="530998201103120014"), "personal_number"),
        (
            replace(FACTS, activities=[replace(FACTS.activities[0], remarks="电话13900001234")]),
            "personal_number",
        ),
        (
            replace(FACTS, activities=[replace(FACTS.activities[0], held_on=SUNDAY)]),
            "held_in_future",
        ),
        (
            replace(FACTS, activities=[replace(FACTS.activities[0], held_on=date(2023, 8, 13))]),
            "held_outside",
        ),
        (replace(FACTS, activities=[replace(FACTS.activities[0], topic=" ")]), "topic_missing"),
        (replace(FACTS, activities=[replace(FACTS.activities[0], count=41)]), "count"),
    ],
)
def test_refuses_what_an_entry_cannot_say_and_keeps_what_was_there(term, facts, code):
    entry_id = start(term)
    save(term, entry_id)
    with pytest.raises(InvalidInput) as refused:
        save(term, entry_id, facts)
    assert refused.value.code == code
    assert entry_of(entry_id).content == FACTS.content


def test_what_is_handed_in_needs_words_and_hours(term):
    entry_id = start(term)
    for facts, code in [
        (EntryFacts(hours=Decimal(8)), "content_missing"),
        (EntryFacts("听课"), "hours_missing"),
    ]:
        save(term, entry_id, facts)
        with pytest.raises(InvalidInput) as refused:
            hand_in(term, entry_id)
        assert refused.value.code == code


def test_warns_of_a_pupils_name_and_keeps_that_the_trainee_went_on(term):
    entry_id = start(term)
    save(term, entry_id, replace(FACTS, content="学生张某某来访"))
    with pytest.raises(DomainError) as refused:
        hand_in(term, entry_id)
    assert (refused.value.code, refused.value.details) == (
        "looks_personal",
        {"findings": ["张某某"]},
    )
    hand_in(term, entry_id, accept_warning=True)
    entry = entry_of(entry_id)
    assert (entry.status, entry.warned) == (EntryStatus.HANDED_IN, True)


def test_an_entry_is_late_after_the_days_of_grace_and_stays_so(term):
    late = handed_in(term, date(2023, 8, 7))  # was due on the 16th, and today is the 17th
    with clock.frozen(datetime(2023, 8, 23, 2, tzinfo=UTC)):
        in_time = handed_in(term)  # due today
    assert entry_of(late).late
    assert not entry_of(in_time).late


def test_a_signed_entry_counts_and_the_trainee_is_told(term):
    entry_id = handed_in(term)
    assert read_progress([term.id])[term.id].hours == 0
    sign(term, entry_id, comment="很好")
    entry = entry_of(entry_id)
    assert (entry.status, entry.mentor_comment, entry.signed_by_name) == (
        EntryStatus.SIGNED,
        "很好",
        "王导师",
    )
    progress = read_progress([term.id])[term.id]
    assert (progress.hours, progress.observations, progress.group_sessions) == (
        Decimal("30.5"),
        3,
        1,
    )
    told = db.session.scalars(select(Notice).where(Notice.kind == "placements.entries_signed"))
    assert [(notice.account_id, notice.link) for notice in told] == [
        (term.trainee.account_id, f"/placements/{term.id}/log")
    ]


def test_a_signed_entry_is_fixed_until_the_mentor_opens_it_again(term):
    entry_id = handed_in(term)
    sign(term, entry_id)
    with pytest.raises(DomainError) as refused:
        save(term, entry_id, EntryFacts("anders"))
    assert refused.value.code == "signed"
    with pytest.raises(InvalidInput) as missing, atomic():
        reopen_entry(entry_id, " ", placement_id=term.id, actor=term.guide)
    assert missing.value.code == "reason_missing"
    with atomic():
        reopen_entry(entry_id, "学时写错了", placement_id=term.id, actor=term.guide)
    entry = entry_of(entry_id)
    assert (entry.status, entry.mentor_comment, entry.signed_at, entry.signed_by_name) == (
        EntryStatus.SENT_BACK,
        "学时写错了",
        None,
        "",
    )
    assert read_progress([term.id])[term.id].hours == 0
    audited = db.session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "placements.reopen_entry")
    ).all()
    assert audited == ["学时写错了"]


def test_an_entry_sent_back_is_corrected_and_handed_in_again_without_becoming_late(term):
    entry_id = handed_in(term)
    with atomic():
        send_back_entry(entry_id, "补充反思", placement_id=term.id, actor=term.guide)
    with clock.frozen(datetime(2023, 9, 20, 2, tzinfo=UTC)):
        save(term, entry_id, replace(FACTS, reflection="更多反思"))
        hand_in(term, entry_id)
    entry = entry_of(entry_id)
    assert (entry.status, entry.late) == (EntryStatus.HANDED_IN, False)


def test_who_may_not_sign(term):
    entry_id = handed_in(term)
    for actor, code in [
        (term.trainee, "own_entry"),
        (term.host, "not_mentor"),
        (term.bureau, "not_mentor"),
    ]:
        with pytest.raises(Forbidden) as refused:
            sign(term, entry_id, actor=actor)
        assert refused.value.code == code
    stranger = factories.make_actor("mentor", factories.LINXIANG)
    with pytest.raises(NotFound):
        sign(term, entry_id, actor=stranger)


def test_nobody_signs_their_own_entry_in_another_role(term):
    entry_id = handed_in(term)
    both = replace(term.guide, account_id=term.trainee.account_id)
    with atomic():
        term.mentor.person.account_id = None
    with atomic():
        db.session.get_one(Placement, term.id).stays[0].mentor.person_id = term.placement.person_id
    with pytest.raises(Forbidden) as refused:
        sign(term, entry_id, actor=both)
    assert refused.value.code == "own_entry"


def test_a_draft_cannot_be_signed_and_only_the_trainee_reads_it(term):
    entry_id = start(term)
    with pytest.raises(DomainError) as refused:
        sign(term, entry_id)
    assert refused.value.code == "not_handed_in"
    with pytest.raises(NotFound):
        get_entry(entry_id, term.id, actor=term.guide)
    placement = db.session.get_one(Placement, term.id)
    assert list_entries(placement, actor=term.guide).total == 0
    assert list_entries(placement, actor=term.trainee).total == 1


def test_several_are_signed_at_once_and_one_that_changed_holds_up_no_other(term):
    first, second = handed_in(term), handed_in(term, date(2023, 8, 8))
    versions: dict[int, int | None] = {one: entry_of(one).row_version for one in (first, second)}
    save(term, second, EntryFacts("改过", hours=Decimal(8)))
    with atomic():
        outcome = sign_entries(versions, actor=term.guide)
    assert outcome.signed == [first]
    assert [(one, error.code) for one, error in outcome.refused.items()] == [
        (second, "stale_version")
    ]
    assert entry_of(second).status is EntryStatus.HANDED_IN


def test_entries_of_strangers_are_not_signed_at_all(term):
    other, trainee = add_trainee(term.cohort, term.seats, None, "张山", "teacher-zhang")
    with atomic():
        foreign = start_entry(other.id, TODAY, actor=trainee).id
    entry_id = handed_in(term)
    with pytest.raises(NotFound), atomic():
        sign_entries({entry_id: None, foreign: None}, actor=term.guide)
    assert entry_of(entry_id).status is EntryStatus.HANDED_IN


def test_the_mentor_signs_while_the_trainee_saves_and_exactly_one_of_them_is_told(app: Flask, term):
    entry_id = handed_in(term)
    version = entry_of(entry_id).row_version
    changed = replace(FACTS, content="同时改的")
    outcomes = at_once(
        app,
        lambda: sign_entry(
            entry_id, placement_id=term.id, actor=term.guide, expected_version=version
        ),
        lambda: save_entry(
            entry_id, changed, placement_id=term.id, actor=term.trainee, expected_version=version
        ),
    )
    entry = entry_of(entry_id)
    if entry.status is EntryStatus.SIGNED:
        assert (outcomes, entry.content) == (["done", "signed"], FACTS.content)
    else:
        assert (outcomes, entry.content) == (["done", "stale_version"], "同时改的")


def test_the_same_week_begun_on_two_phones_is_begun_once(app: Flask, term):
    outcomes = at_once(
        app,
        *[lambda: start_entry(term.id, TODAY, actor=term.trainee)] * 3,
    )
    assert outcomes == ["done", "overlap", "overlap"]


def test_a_draft_can_be_thrown_away_and_nothing_else(term):
    entry_id = start(term)
    with atomic():
        discard_entry(entry_id, placement_id=term.id, actor=term.trainee)
    assert db.session.get(LogEntry, entry_id) is None
    handed = handed_in(term)
    with pytest.raises(DomainError) as refused, atomic():
        discard_entry(handed, placement_id=term.id, actor=term.trainee)
    assert refused.value.code == "not_draft"


def photo(place: bool = True) -> bytes:
    picture, out = Image.new("RGB", (3000, 1500), "white"), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # taken upright, kept lying
    if place:
        exif[0x8825] = {1: "N", 2: (23.0, 53.0, 0.0)}
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_photos_are_made_anew_without_the_place_upright_and_smaller(app):
    assert b"Exif" in photo()
    checked = check_log_file(photo(), "课堂.jpg")
    with Image.open(io.BytesIO(checked.data)) as made:
        assert (made.size, dict(made.getexif()), "exif" in made.info) == ((1000, 2000), {}, False)
    assert b"Exif" not in checked.data


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "leer.jpg", "empty_file"),
        (b"MZ\x90\x00", "x.exe", "file_type"),
        (b"%PDF-1.7", "x.jpg", "file_type"),
        (b"ID3 sound", "x.mp3", "file_type"),
        (b"\xff\xd8\xff broken", "x.jpg", "photo_broken"),
        (b"%PDF-" + b"0" * (20 * 1024 * 1024), "x.pdf", "file_too_large"),
    ],
)
def test_refuses_files_that_a_log_does_not_take(app, data, name, code):
    with app.app_context(), pytest.raises(InvalidInput) as refused:
        check_log_file(data, name)
    assert refused.value.code == code


def stored(name: str = "课堂.jpg") -> StoredFile:
    checked = check_log_file(photo(), name)
    return StoredFile(checked.name, checked.kind, len(checked.data), files.store(checked.data))


def test_files_are_added_and_taken_away_until_the_entry_is_signed(term):
    entry_id = handed_in(term)
    with atomic():
        [file] = add_files(entry_id, [stored()], placement_id=term.id, actor=term.trainee)
    assert [one.file_name for one in list_files(term.id, entry_id)] == ["课堂.jpg"]
    with atomic():
        remove_file(file.id, placement_id=term.id, actor=term.trainee)
    assert list_files(term.id, entry_id) == []
    assert files.load(db.session.get_one(PlacementFile, file.id).file_key)
    sign(term, entry_id)
    with pytest.raises(DomainError) as refused, atomic():
        add_files(entry_id, [stored()], placement_id=term.id, actor=term.trainee)
    assert refused.value.code == "signed"


def test_an_entry_takes_twelve_files(term):
    entry_id, one = start(term), stored()
    with pytest.raises(DomainError) as refused, atomic():
        add_files(entry_id, [one] * 13, placement_id=term.id, actor=term.trainee)
    assert refused.value.code == "too_many_files"


def test_progress_of_many_placements_takes_one_query(term):
    other, _account = add_trainee(term.cohort, term.seats, None, "张山", "teacher-zhang")
    factories.save(
        *[
            Presence(
                placement_id=term.id,
                day=date(2023, 8, day),
                state=state,
                recorded_at=clock.now(),
            )
            for day, state in [
                (14, PresenceState.PRESENT),
                (15, PresenceState.LATE),
                (16, PresenceState.LEAVE),
                (17, PresenceState.ABSENT),
            ]
        ]
    )
    sign(term, handed_in(term))
    first, second = term.id, other.id
    with count_queries() as statements:
        found = read_progress([first, second])
    assert len(statements) == 1
    assert found[first].attendance == Decimal("66.6")
    assert found[second].hours == 0
