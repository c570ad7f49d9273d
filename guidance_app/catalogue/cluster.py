"""The same done with many sessions on a Dask cluster, whose workers see the same folders."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app import __version__
from guidance_app.catalogue.many import Result, Tried, Work, tried

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_TIMEOUT_S = 5

NOT_INSTALLED = (
    "Dask is not installed, which a cluster needs. Install it with: pip install guidance[cluster]"
)


class ClusterRefused(ValueError):
    """A cluster cannot be used; `str()` says why and what to do."""


def on_cluster(work: Work[Result], paths: Sequence[Path], address: str) -> Iterator[Tried[Result]]:
    """In the order of the paths, on the workers of the scheduler at tcp:// or tls://…

    Raises ClusterRefused without Dask, without a scheduler that answers, and where a worker has
    not this version of the program: its results would be others.
    """
    client = _connected(address)
    try:
        _check_workers(client, address)
        futures = client.map(tried, [work] * len(paths), list(paths), pure=False)
        for path, future in zip(paths, futures, strict=True):
            yield _result(path, future)
            future.release()
    finally:
        client.close()


def program_version() -> str:
    """Of whoever is asked."""
    return __version__


def _connected(address: str) -> "Client":
    try:
        from distributed import Client  # noqa: PLC0415 - optional, and slow
    except ImportError:
        raise ClusterRefused(NOT_INSTALLED) from None
    try:
        return Client(address, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        said = str(error).partition("\n")[0]
        raise ClusterRefused(
            f"No scheduler of a Dask cluster answers at {address} ({said}). "
            "Write it like tcp://host:8786."
        ) from None


def _check_workers(client: "Client", address: str) -> None:
    try:
        versions = client.run(program_version)
    except Exception as error:  # of whatever kind the worker's was, which comes as it is
        raise ClusterRefused(
            f"The workers of {address} cannot run this program ({error}). "
            f"Install guidance {__version__} for them."
        ) from None
    if not versions:
        raise ClusterRefused(
            f"The cluster at {address} has no workers. Start some: dask worker {address}"
        )
    for worker, version in versions.items():
        if version != __version__:
            raise ClusterRefused(
                f"The worker {worker} has guidance {version}, and this is {__version__}: "
                "results would differ. Install the same version for it."
            )


def _result(path: Path, future: "Future") -> Tried[Result]:
    """A worker that dies over it is tried elsewhere by Dask, and named when that fails too."""
    try:
        result: Tried[Result] = future.result()
        return result
    except Exception as error:  # Dask's own: the session's are in the result
        return Tried(None, f"{path.name}: the cluster could not work on it ({error}).")
