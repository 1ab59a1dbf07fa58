"""Finds the built-in and third-party kinds of one sort (field types, node types) once and holds them by name.

Built-ins are found by walking their package, third parties by an entry-point group: the same path for both, no side
effects at import and no global."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Instances by their `name`, in the order of the names."""

    def __init__(self, items: Mapping[str, T]) -> None:
        self._items = dict(sorted(items.items()))

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def discover(package: ModuleType, kind: type[T], group: str) -> Registry[T]:
    """One instance of every concrete subclass of `kind` that has a `name`, from the package's modules and from the
    entry-point group. Raises ValueError when two share a name."""
    found: dict[str, T] = {}
    for each in (*_classes(package, kind), *(point.load() for point in entry_points(group=group))):
        name: str = each.name
        if name in found:
            raise ValueError(f"two kinds are called {name!r} in {group}")
        found[name] = each()
    return Registry(found)


def _classes(package: ModuleType, kind: type[T]) -> Iterator[type[T]]:
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for _, each in inspect.getmembers(import_module(info.name), inspect.isclass):
            defined_here = each.__module__ == info.name
            if defined_here and issubclass(each, kind) and each is not kind and not each.__name__.startswith("_"):
                yield each
