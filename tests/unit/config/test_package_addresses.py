"""Which host shows pages and which one packages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.blueprints.package_site import PackageAddresses
from app.config import Settings
from tests.databases import test_settings as settings_of_tests


def addresses(**changes: object) -> PackageAddresses:
    base: Settings = settings_of_tests("sqlite://", Path("/nowhere"))
    return PackageAddresses(replace(base, **changes))  # type: ignore[arg-type]


def test_takes_the_other_name_of_one_machine() -> None:
    found = addresses(environment="single", base_url="http://127.0.0.1:8000")
    assert found.is_here("localhost:8000")
    assert found.is_here("LOCALHOST")
    assert not found.is_here("127.0.0.1:8000")
    assert found.origin("127.0.0.1:8001") == "http://localhost:8001"
    assert found.pages_origin("localhost:8001") == "http://127.0.0.1:8001"
    assert found.frame_source == "http://localhost:*"


def test_knows_the_loopback_of_ipv6_too() -> None:
    found = addresses(environment="single", base_url="http://[::1]:8000")
    assert found.is_here("localhost:8000")
    assert not found.is_here("[::1]:8000")
    assert found.pages_origin("localhost:8000") == "http://[::1]:8000"
    assert found.origin("[::1]:8000") == "http://localhost:8000"


def test_has_no_host_for_packages_where_none_is_set() -> None:
    for base, environment in (("https://xinyu.cn", "production"), ("http://10.0.0.5", "single")):
        found = addresses(environment=environment, base_url=base)
        assert not found.available
        assert not found.is_here("localhost")
        assert found.frame_source == ""
    assert not addresses(environment="production", base_url="https://localhost").available


def test_takes_the_host_that_is_set_with_or_without_its_usual_port() -> None:
    found = addresses(
        environment="production", base_url="https://xinyu.cn", packages_url="https://packages.cn"
    )
    assert found.is_here("packages.cn")
    assert found.is_here("Packages.cn:443")
    assert not found.is_here("packages.cn:8443")
    assert not found.is_here("xinyu.cn")
    assert not found.is_here("evil.packages.cn")
    assert found.origin("xinyu.cn") == "https://packages.cn"
    assert found.pages_origin("packages.cn") == "https://xinyu.cn"
    assert found.frame_source == "https://packages.cn"
    assert not found.is_twin
