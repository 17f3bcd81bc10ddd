"""The main menu as data: which pages it leads to, and for whom.

An area gets its entry by adding one `Entry` here. An entry shows when its endpoint is registered
and the active role holds one of its permissions, so an area that is not built, or that the role may
not see, leaves no trace in the menu.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the main menu, for who holds any of its permissions (none named: for everybody).

    The order of `ENTRIES` is the order on the screen.
    """

    endpoint: str
    label: LazyString
    icon: str
    permissions: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def lit_in(self, blueprint: str | None) -> bool:
        """Whether a page of the blueprint lies under this entry: its own area, or one in `also`."""
        return blueprint == self.endpoint.partition(".")[0] or blueprint in self.also


ENTRIES: tuple[Entry, ...] = (
    Entry("home.index", lazy_gettext("Home"), "home"),
    Entry("counties.index", lazy_gettext("County ledger"), "table", ("ledger.rows",)),
    Entry(
        "people.index",
        lazy_gettext("People"),
        "users",
        ("people.read",),
        also=("trainings", "designations", "studios", "duties", "gaps"),
    ),
    Entry(
        "posting_changes.index",
        lazy_gettext("Changes"),
        "checklist",
        ("people.confirm", "people.propose"),
    ),
    Entry(
        "workshops.open_to_me",
        lazy_gettext("Workshops"),
        "school",
        ("workshops.enrol",),
        also=("calendar",),
    ),
    Entry(
        "workshops.index",
        lazy_gettext("Workshops"),
        "school",
        ("workshops.nominate", "workshops.grade"),
        also=("calendar",),
    ),
    Entry("courses.index", lazy_gettext("Online courses"), "book", ("courses.read",)),
    Entry(
        "certificates.wallet",
        lazy_gettext("My certificates"),
        "certificate",
        ("certificates.hold",),
        also=("credentials",),
    ),
    Entry("placements.index", lazy_gettext("Placements"), "building", ("placements.see",)),
    # Last for a teacher, whose phone shows the first four at the bottom.
    Entry("counties.index", lazy_gettext("County ledger"), "table", ("workshops.enrol",)),
    Entry(
        "certificates.index",
        lazy_gettext("Certificates"),
        "certificate",
        ("certificates.read",),
        also=("credentials",),
    ),
    Entry("units.index", lazy_gettext("Units"), "sitemap", ("units.read",)),
    Entry(
        "imports.index",
        lazy_gettext("Imports"),
        "table-import",
        ("imports.use", "imports.units"),
    ),
    Entry("slips.index", lazy_gettext("Activation slips"), "qrcode", ("slips.print",)),
    Entry("users.index", lazy_gettext("Accounts"), "user-check", ("accounts.manage",)),
    Entry("jobs.index", lazy_gettext("Background work"), "clock", ("jobs.read",)),
    Entry("audit.index", lazy_gettext("Audit log"), "shield-check", ("audit.read",)),
)


def visible_entries(endpoints: Mapping[str, object], may: Callable[[str], bool]) -> list[Entry]:
    """The entries whose endpoint exists and one of whose permissions is held, in menu order."""
    return [
        entry
        for entry in ENTRIES
        if entry.endpoint in endpoints
        and (not entry.permissions or any(may(permission) for permission in entry.permissions))
    ]
