"""What a table is: columns with a name and a kind, and rows of plain values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

Value: TypeAlias = int | float | bool | str | None
"""Of one cell; None where there is none."""
Row = TypeVar("Row")


class Kind(StrEnum):
    """What the cells of a column hold, by the name that Arrow has for it."""

    WHOLE = "int64"
    NUMBER = "float64"
    YES_NO = "bool"
    TEXT = "string"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column, and how its cells are read from whatever makes a row."""

    name: str
    kind: Kind
    read: Callable[[Row], Value]


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """Columns and what their rows are made from; the rows are read once, in order."""

    columns: tuple[Column[Row], ...]
    rows: Iterable[Row]
    count: int
    """How many rows there are."""

    def cells(self, row: Row) -> list[Value]:
        """The cells of one row."""
        return [column.read(row) for column in self.columns]


def whole(name: str, read: Callable[[Row], int | None]) -> Column[Row]:
    """A column of whole numbers."""
    return Column(name, Kind.WHOLE, read)


def number(name: str, read: Callable[[Row], float | None]) -> Column[Row]:
    """A column of numbers; what is whole by chance becomes a number like the others."""

    def as_float(row: Row) -> float | None:
        value = read(row)
        return None if value is None else float(value)

    return Column(name, Kind.NUMBER, as_float)


def yes_no(name: str, read: Callable[[Row], bool | None]) -> Column[Row]:
    """A column of true and false."""
    return Column(name, Kind.YES_NO, read)


def text(name: str, read: Callable[[Row], str | None]) -> Column[Row]:
    """A column of words; an empty word is none."""

    def plain(row: Row) -> str | None:
        return str(read(row) or "") or None

    return Column(name, Kind.TEXT, plain)
