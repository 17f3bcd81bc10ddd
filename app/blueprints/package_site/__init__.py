"""Where packages run: a host of its own with nothing but their files, and no session (decisions: packages)."""

from app.blueprints.package_site.addresses import PackageAddresses
from app.blueprints.package_site.site import PackageSite

__all__ = ["PackageAddresses", "PackageSite"]
