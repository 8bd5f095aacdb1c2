# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The imports of a source tree, read without importing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = {
    "demos_formats": "modules/demos_formats/demos_formats",
    "demos_engine": "modules/demos_engine/python/demos_engine",
    "demos_models": "modules/demos_models/demos_models",
    "demos_harvest": "modules/demos_harvest/demos_harvest",
    "demos_fair": "modules/demos_fair/demos_fair",
    "demos_oai": "modules/demos_oai/demos_oai",
    "demos_exec": "modules/demos_exec/demos_exec",
    "demos_site": "site/demos_site",
    "demos_client": "client/demos_client",
    "demos_ops": "ops/demos_ops",
}


@dataclass(frozen=True)
class Import:
    """One import statement.

    Args:
        module: The module in which it stands, with its package.
        target: What is imported: a module, or a name in one.
        line: Where it stands in the file.
    """

    module: str
    target: str
    line: int

    @property
    def package(self) -> str:
        """The package in which it stands."""
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        """Return the statement as it is told."""
        return f"{self.module}:{self.line} imports {self.target}"


def name_of(file: Path, folder: Path, package: str) -> str:
    """Return the dotted name of a module."""
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join((package, *(p for p in parts if p != "__init__")))


def of_types_only(node: ast.AST) -> bool:
    """Tell whether a block is for the type checker."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield import statements, those inside functions too, without the type checker's."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif not of_types_only(node):
            yield from statements(node)


def modules(root: Path) -> dict[str, Path]:
    """Return the modules of our packages in a source tree, and their files."""
    return {
        name_of(file, root / place, package): file
        for package, place in PACKAGES.items()
        for file in sorted((root / place).rglob("*.py"))
    }


def imports(root: Path) -> list[Import]:
    """Return all imports of our packages in a source tree.

    Args:
        root: The source tree.
    """
    found = []
    for module, file in modules(root).items():
        base = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
        for node in statements(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                above = base[: len(base) - node.level + 1] if node.level else []
                stem = ".".join([*above, *([node.module] if node.module else [])])
                names = [f"{stem}.{alias.name}" for alias in node.names]
            found += [Import(module, name, node.lineno) for name in names]
    return [one for one in found if one.target.partition(".")[0] in PACKAGES]


def graph(root: Path) -> dict[str, set[str]]:
    """Return which module imports which."""
    edges: dict[str, set[str]] = {module: set() for module in modules(root)}
    for one in imports(root):
        # ``from .a import b``: b is a module of its own, or a name in a.
        target = one.target if one.target in edges else one.target.rpartition(".")[0]
        if target != one.module and target in edges:
            edges[one.module].add(target)
    return edges


def circles(edges: dict[str, set[str]]) -> list[set[str]]:
    """Return the groups of modules that import each other (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group: set[str] = set()
            while node not in group:
                group.add(stack.pop())
            if len(group) > 1:
                groups.append(group)

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return groups
