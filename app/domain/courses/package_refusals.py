"""Why a package is refused, in words: what is wrong, where, and what to do."""

from __future__ import annotations

from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.courses.rules.packages import LONGEST_PATH, MOST_FILES, Fault

MEGABYTE = 1024 * 1024


def archive_refusal(fault: Fault, *, largest: int) -> InvalidInput:
    """A refused archive. ``largest``: bytes that a package may hold when unpacked."""
    words = {
        "package_not_zip": _(
            "This file is not a ZIP archive. Choose the ZIP that the authoring program published as SCORM."
        ),
        "package_broken": _(
            "The archive is damaged or names a file twice (%(name)s). Publish the package again.",
            name=fault.name,
        ),
        "package_encrypted": _(
            "The archive is locked with a password (%(name)s). Make one without a password.",
            name=fault.name,
        ),
        "package_path_outside": _(
            "The archive holds a file that leads outside the package: %(name)s. It is not unpacked.",
            name=fault.name,
        ),
        "package_symlink": _(
            "The archive holds a link or a device instead of a file: %(name)s. It is not unpacked.",
            name=fault.name,
        ),
        "package_long_name": _(
            "A name in the archive is too long (at most %(most)s characters): %(name)s",
            most=LONGEST_PATH,
            name=fault.name,
        ),
        "package_too_many_files": _(
            "The package has more than %(most)s files. Divide it into several packages.",
            most=MOST_FILES,
        ),
        "package_too_large": _(
            "Unpacked the package would have more than %(most)s MB. Make its videos and pictures smaller.",
            most=largest // MEGABYTE,
        ),
        "package_bomb": _(
            "Unpacked the archive would grow more than a hundred times: it is made to fill the disk, and refused."
        ),
    }
    return InvalidInput(words.get(fault.code) or manifest_words(fault), fault.code, "file")


def manifest_words(fault: Fault) -> str:
    """What is wrong with the manifest of a package."""
    words: dict[str, str] = {
        "package_without_manifest": _(
            "There is no imsmanifest.xml in the archive, so it is no SCORM package. Publish as SCORM 1.2 or 2004."
        ),
        "package_manifest_deeper": _(
            "imsmanifest.xml lies in the folder %(name)s. Pack what is inside that folder, not the folder itself.",
            name=fault.name,
        ),
        "package_manifest_unreadable": _(
            "imsmanifest.xml cannot be read. Publish the package again."
        ),
        "package_standard_unknown": _(
            "The package is of another kind (%(name)s). Publish as SCORM 1.2 or SCORM 2004.",
            name=fault.name or _("not stated"),
        ),
        "package_without_items": _(
            "imsmanifest.xml names nothing that can be started. Publish the package again."
        ),
        "package_missing_file": _(
            "imsmanifest.xml starts a file that is not in the archive: %(name)s", name=fault.name
        ),
        "package_external": _(
            "imsmanifest.xml starts an address outside the package: %(name)s. Make a lesson of kind link of it.",
            name=fault.name,
        ),
    }
    return words[fault.code]


def state_refusal(code: str) -> DomainError:
    """Why what a package saves is not kept."""
    words = {
        "package_state": _("This is not what a package saves."),
        "package_state_too_large": _("The package saves more than there is room for."),
        "package_item": _("There is no such part in this package."),
    }
    return InvalidInput(words[code], code)


def gone_on_elsewhere() -> DomainError:
    return DomainError(
        _(
            "It has gone on in another window or on another device. Load the page anew to go on here."
        ),
        "package_elsewhere",
    )
