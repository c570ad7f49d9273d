"""Tables as files: CSV by RFC 4180 in UTF-8, and Parquet with the same columns and their types."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from guidance_app.exporting.output import ExportRefused, Progress
from guidance_app.exporting.table_columns import Table, Value

Row = TypeVar("Row")

BLOCK_ROWS = 5000
"""Rows that are held in memory at once, and a row group of Parquet."""


def write_csv(path: Path, table: Table[Row], progress: Progress) -> int:
    """A head line and one line a row, empty where there is no value; how many rows there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in table.columns])
        for block in _blocks(table):
            writer.writerows([_words(value) for value in row] for row in block)
            count += len(block)
            progress(count / table.count)
    return count


def write_parquet(path: Path, table: Table[Row], progress: Progress) -> int:
    """The same with types; how many rows there are. Raises ExportRefused for numbers beyond 64 bit.

    Compressed with Zstandard.
    """
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s
    from pyarrow import parquet  # noqa: PLC0415

    schema = pa.schema([(column.name, column.kind.value) for column in table.columns])
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for block in _blocks(table):
            columns = zip(*block, strict=True)
            try:
                arrays = [pa.array(c, kind) for c, kind in zip(columns, schema.types, strict=True)]
            except (OverflowError, pa.ArrowException) as error:
                raise ExportRefused(f"A value is not what its column holds: {error}.") from None
            writer.write_table(pa.table(arrays, schema=schema))
            count += len(block)
            progress(count / table.count)
    return count


def _blocks(table: Table[Row]) -> Iterator[list[list[Value]]]:
    rows = iter(table.rows)
    while block := [table.cells(row) for row in islice(rows, BLOCK_ROWS)]:
        yield block


def _words(value: Value) -> Value:
    """As other programs write it: true and false are small."""
    return str(value).lower() if isinstance(value, bool) else value
