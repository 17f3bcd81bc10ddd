"""Which actions and notices the code can write, found by reading it: what `record(…)` and `notify(…)` are called with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

Function = ast.FunctionDef
ROOT = Path(__file__).resolve().parents[3] / "app"


class Code:
    """Every call in the application by the name of what is called, with the function it stands in."""

    def __init__(self, root: Path = ROOT) -> None:
        self._names: dict[int, str] = {}
        self.calls: dict[str, list[tuple[ast.Call, Function | None]]] = {}
        self._module = ""
        self._aliases: dict[str, str] = {}
        for path in root.rglob("*.py"):
            self._module, self._aliases = path.as_posix(), {}
            self._read(ast.parse(path.read_text("utf-8")), None)

    def _known(self, name: str) -> str:
        """The name by which a function is known everywhere; a private one is known in its module."""
        name = self._aliases.get(name, name)
        return f"{self._module}:{name}" if name.startswith("_") else name

    def _read(self, node: ast.AST, inside: Function | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ImportFrom):
                self._aliases |= {item.asname: item.name for item in child.names if item.asname}
            if isinstance(child, Function):
                self._names[id(child)] = self._known(child.name)
                self._read(child, child)
                continue
            if isinstance(child, ast.Call):
                name = str(getattr(child.func, "id", "") or getattr(child.func, "attr", ""))
                self.calls.setdefault(self._known(name), []).append((child, inside))
            self._read(child, inside)

    def texts(self, function: str, parameter: str, position: int) -> set[str]:
        """Every text that the argument of a function can be."""
        found: set[str] = set()
        for call, inside in self.calls.get(function, []):
            argument = _argument(call, parameter, position)
            if argument is not None:
                found |= set(self._values(argument, inside, frozenset()))
        return found

    def _values(
        self, node: ast.expr, inside: Function | None, seen: frozenset[tuple[int, str]]
    ) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from self._values(node.body, inside, seen)
            yield from self._values(node.orelse, inside, seen)
        elif isinstance(node, ast.JoinedStr):
            parts = [list(self._part(part, inside, seen)) for part in node.values]
            yield from ("".join(chosen) for chosen in product(*parts))
        elif isinstance(node, ast.Name) and inside is not None:
            yield from self._named(node.id, inside, seen)

    def _part(
        self, part: ast.expr, inside: Function | None, seen: frozenset[tuple[int, str]]
    ) -> Iterator[str]:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        yield from self._values(inner, inside, seen)

    def _named(
        self, name: str, inside: Function, seen: frozenset[tuple[int, str]]
    ) -> Iterator[str]:
        if (id(inside), name) in seen:
            return
        seen |= {(id(inside), name)}
        for node in ast.walk(inside):
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name for target in node.targets
            ):
                yield from self._values(node.value, inside, seen)
        arguments = [argument.arg for argument in inside.args.args]
        every = arguments + [argument.arg for argument in inside.args.kwonlyargs]
        if name not in every:
            return
        position = arguments.index(name) if name in arguments else -1
        for call, around in self.calls.get(self._names[id(inside)], []):
            argument = _argument(call, name, position)
            if argument is not None:
                yield from self._values(argument, around, seen)


def _argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if 0 <= position < len(call.args) else None
