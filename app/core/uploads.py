"""Whether a file that somebody brings is taken: before it is stored, and outside any transaction."""

from __future__ import annotations

from app.core.errors import InvalidInput
from app.core.file_types import ALLOWED, LARGEST, FileType, clean_name, detect
from app.core.i18n import gettext as _


def check_file(data: bytes, name: str) -> FileType:
    """What the file is. Raises ``empty_file``, ``file_too_large`` (above 50 MB), ``file_type``."""
    if not data:
        raise InvalidInput(_("The file is empty."), "empty_file", "file")
    if len(data) > LARGEST:
        raise InvalidInput(_("A file has at most 50 MB."), "file_too_large", "file")
    kind = detect(data, clean_name(name))
    if kind is None:
        raise InvalidInput(
            _(
                "This kind of file is not taken, or its content does not fit its name. Taken: %(kinds)s.",
                kinds=", ".join(ALLOWED),
            ),
            "file_type",
            "file",
        )
    return kind
