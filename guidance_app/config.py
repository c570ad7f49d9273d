"""Where the application keeps its files on this computer."""

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path, user_data_path, user_log_path

NAME = "guidance"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a window keeps what it knows beside the sessions; none of it need exist yet."""

    records: Path | str
    """The records database: a file, or the address of a server."""
    site: Path
    patients: Path
    scales: Path


def places_below(folder: Path) -> Places:
    """Everything in one folder, apart from what is used otherwise."""
    return Places(
        folder / "records.sqlite",
        folder / "site.yaml",
        folder / "patients.sqlite",
        folder / "scales.json",
    )


def sessions_folder() -> Path:
    """Where sessions are recorded unless another folder is named; may not exist yet."""
    return user_data_path(NAME, appauthor=False) / "sessions"


def records_file() -> Path:
    """The records database; may not exist yet."""
    return user_data_path(NAME, appauthor=False) / "records.sqlite"


def patients_file() -> Path:
    """Who the patients behind the pseudonyms are; may not exist yet."""
    return user_data_path(NAME, appauthor=False) / "patients.sqlite"


def settings_file() -> Path:
    """What was chosen or measured on this computer; may not exist yet."""
    return user_config_path(NAME, appauthor=False) / "settings.json"


def site_file() -> Path:
    """What this site adds to the checklists, and its thresholds; may not exist."""
    return user_config_path(NAME, appauthor=False) / "site.yaml"


def scales_file() -> Path:
    """Scales confirmed for the layouts of consoles; may not exist yet."""
    return user_data_path(NAME, appauthor=False) / "scales.json"


def log_file() -> Path:
    """The log; may not exist yet."""
    return user_log_path(NAME, appauthor=False) / "guidance.log"


def usual_places(records: Path | str) -> Places:
    """Where everything is kept on this computer, with the records at this place."""
    return Places(records, site_file(), patients_file(), scales_file())
