"""Copy the pinned front-end assets that pages need from node_modules/ into static/vendor/.

    python -m tools.build_assets

static/vendor/ is built anew each time and never committed; the versions and hashes are those of
package-lock.json. The icons named in tools/icons.txt become one file of symbols.
"""

import difflib
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
ICON_NAMES = ROOT / "tools" / "icons.txt"

# folder in static/vendor/ → package and the files to take, as they are
FILES = {
    "tabler": ("@tabler/core", ["dist/css/tabler.min.css", "dist/js/tabler.min.js"]),
    "htmx": ("htmx.org", ["dist/htmx.min.js"]),
    "fflate": ("fflate", ["umd/index.js", "LICENSE"]),
    "scorm-again": (
        "scorm-again",
        ["dist/scorm12.min.js", "dist/scorm2004.min.js", "LICENSE"],
    ),
    "swagger-ui": (
        "swagger-ui-dist",
        ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"],
    ),
    "tweetnacl": ("tweetnacl", ["nacl-fast.min.js", "LICENSE"]),
    "tus": ("tus-js-client", ["dist/tus.min.js", "LICENSE"]),
}

SVG = re.compile(r"<svg\b[^>]*>(.*?)</svg>", re.DOTALL)
BOUNDS = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
OUTLINE = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
FILLED = 'fill="currentColor" stroke="none"'


class BuildError(Exception):
    """Something that a page needs is not there."""


def copy_files(target: Path) -> int:
    count = 0
    for folder, (package, names) in FILES.items():
        (target / folder).mkdir(parents=True)
        for name in names:
            source = PACKAGES / package / name
            if not source.is_file():
                raise BuildError(f"{package} has no {name}; did its layout change?")
            shutil.copyfile(source, target / folder / source.name)
            count += 1
    return count


def icon_names() -> list[str]:
    lines = (line.strip() for line in ICON_NAMES.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def icon_file(name: str) -> Path:
    icons = PACKAGES / "@tabler" / "icons" / "icons"
    outline = icons / "outline" / f"{name}.svg"
    if outline.is_file():
        return outline
    filled = icons / "filled" / f"{name.removesuffix('-filled')}.svg"
    if name.endswith("-filled") and filled.is_file():
        return filled
    known = [path.stem for path in (icons / "outline").glob("*.svg")]
    nearest = ", ".join(difflib.get_close_matches(name, known, n=3)) or "nothing like it"
    raise BuildError(f"{ICON_NAMES.name}: no icon {name!r}; there is: {nearest}")


def symbol(name: str) -> str:
    source = icon_file(name)
    match = SVG.search(source.read_text(encoding="utf-8"))
    if match is None:
        raise BuildError(f"{source.name} is not an SVG as expected")
    shapes = " ".join(match[1].replace(BOUNDS, "").split())
    looks = FILLED if source.parent.name == "filled" else OUTLINE
    return f'<symbol id="{name}" viewBox="0 0 24 24" {looks}>{shapes}</symbol>'


def icon_sheet(names: list[str]) -> str:
    symbols = "\n".join(symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def main() -> int:
    building = TARGET.with_name(".vendor-building")
    shutil.rmtree(building, ignore_errors=True)
    try:
        count = copy_files(building)
        names = icon_names()
        (building / "icons.svg").write_text(icon_sheet(names), encoding="utf-8")
    except BuildError as error:
        shutil.rmtree(building, ignore_errors=True)
        print(f"build_assets: {error}", file=sys.stderr)
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    building.rename(TARGET)
    print(f"static/vendor/: {count} files, {len(names)} icons")
    return 0


if __name__ == "__main__":
    sys.exit(main())
