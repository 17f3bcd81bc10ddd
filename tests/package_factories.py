"""Packages of a course for tests: really unpacked, straight through the models."""

from __future__ import annotations

from pathlib import Path

from app.core import clock, media
from app.domain.courses.models import Course, CoursePackage
from app.domain.courses.operations.packages import kept_facts, kept_items
from app.domain.courses.unpacking import unpacked
from tests import factories
from tests.packages import archive_at


def make_package(course: Course, files: dict[str, str], folder: Path) -> CoursePackage:
    """A package with these files; ``folder`` takes the archive, and the media where none are configured there."""
    archive = archive_at(folder, files)
    with unpacked(archive, largest_archive=10 * 1024 * 1024) as found:
        return factories.save(
            CoursePackage(
                course_id=course.id,
                title=found.manifest.title,
                standard=found.manifest.standard,
                folder_key=media.keep_folder(found.folder),
                file_name=archive.name,
                files=found.files,
                size=found.size,
                digest=found.digest,
                items=kept_items(found.manifest),
                manifest=kept_facts(found.manifest),
                uploaded_at=clock.now(),
            )
        )
