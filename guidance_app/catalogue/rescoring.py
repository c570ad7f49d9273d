"""Many sessions scored, on the cores of this computer or on a cluster, with the same results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from guidance_app.catalogue.cluster import on_cluster
from guidance_app.catalogue.many import Tried, on_cores
from guidance_app.training.scoring import ScoreDocument, ScoreOptions, score_path


@dataclass(frozen=True, slots=True)
class Where:
    """What computes."""

    workers: int | None = None
    """Processes on this computer; None for as many as it has cores."""
    cluster: str = ""
    """Address of a Dask scheduler, which is used instead."""


def score_many(
    paths: Sequence[Path], asked: ScoreOptions, where: Where
) -> Iterator[Tried[ScoreDocument]]:
    """In the order of the paths; of one that cannot be scored, why. Raises ClusterRefused."""
    tissue = asked.tissue.absolute() if asked.tissue else None
    work = partial(score_path, options=replace(asked, tissue=tissue))
    whole = [path.absolute() for path in paths]
    if where.cluster:
        results = on_cluster(work, whole, where.cluster)
    else:
        results = on_cores(work, whole, where.workers)
    for path, one in zip(paths, results, strict=True):
        named = replace(one.result, session=str(path)) if one.result else None
        yield Tried(named, one.problem)
