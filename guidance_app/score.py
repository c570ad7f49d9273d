"""`guidance score`: how recorded procedures or practice went, or how a tracked tool moved."""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app.arguments import positive_count

if TYPE_CHECKING:
    from guidance_app.catalogue.many import Tried
    from guidance_app.presentation.score_view import ScoreRow
    from guidance_app.training.expert_set import Standing
    from guidance_app.training.scoring import ScoreDocument, ScoreOptions
    from guidance_app.training.tissue import BelowSkin

DONE, FAILED, DONE_IN_PART = 0, 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Figures of sessions: of what their pictures showed of the needle, and where it was "
        "practised on a simulator with your own hands (sim:SITE?operator=you) of how it really "
        "was; or of a tracked tool's motion in other programs' recordings (.igs.mha, .seq.mha, "
        ".xml, .csv). docs/motion.md and docs/simulator.md have the definitions."
    )
    parser.add_argument("paths", type=Path, nargs="+", metavar="SESSION|RECORDING")
    _add_of_recordings(parser.add_argument_group("of recordings", "lengths in mm of the reference"))
    parser.add_argument(
        "--expert",
        type=Path,
        nargs="+",
        default=[],
        metavar="SESSION|RECORDING",
        help="of experts: where each figure lies among theirs",
    )
    parser.add_argument("--json", action="store_true", help="a document, or one a line for several")
    parser.add_argument(
        "--workers", type=positive_count, metavar="N", help="processes; default: one a core"
    )
    parser.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="scheduler of a Dask cluster that sees the same folders: tcp://host:8786",
    )
    parser.set_defaults(handler=run)


def _add_of_recordings(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--tool", metavar="NAME", help="the needle, of several tools")
    group.add_argument("--probe", metavar="NAME", help="a second tool, beside whose image it is")
    tissue = group.add_mutually_exclusive_group()
    tissue.add_argument(
        "--tissue", type=Path, metavar="FILE", help="a closed surface: .stl, .obj, .ply, .vtk"
    )
    tissue.add_argument(
        "--skin",
        type=_skin,
        metavar="X,Y,Z,NX,NY,NZ",
        help="a flat skin instead: a point of it, and which way the tissue lies",
    )
    group.add_argument(
        "--target",
        type=_point,
        action="append",
        default=[],
        metavar="X,Y,Z",
        help="where the tip had to go; may be given several times (--target=-1,2,3 below 0)",
    )
    group.add_argument(
        "--pairing",
        choices=("raw", "pt-compat"),
        default="raw",
        help="raw: each tool at its own times; pt-compat: all at those of --master, as Perk Tutor",
    )
    group.add_argument("--master", metavar="NAME", help="for pt-compat; the first of the file")


def _point(text: str) -> tuple[float, float, float]:
    x, y, z = _numbers(text, 3)
    return x, y, z


def _skin(text: str) -> "BelowSkin":
    from guidance_app.training.tissue import BelowSkin

    x, y, z, *inwards = _numbers(text, 6)
    length = math.hypot(*inwards)
    if length == 0.0:
        raise argparse.ArgumentTypeError("the last three numbers point nowhere")
    return BelowSkin((x, y, z), (inwards[0] / length, inwards[1] / length, inwards[2] / length))


def _numbers(text: str, count: int) -> list[float]:
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise argparse.ArgumentTypeError(f"{text} is not {count} numbers with commas between them")
    return numbers


def _asked(options: argparse.Namespace) -> "ScoreOptions":
    from guidance_app.training.motion import Pairing
    from guidance_app.training.scoring import ScoreOptions

    return ScoreOptions(
        tool=options.tool,
        probe=options.probe,
        pairing=Pairing(options.pairing),
        master=options.master,
        tissue=options.tissue,
        skin=options.skin,
        targets_mm=tuple(options.target),
    )


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.catalogue.cluster import ClusterRefused
    from guidance_app.training.scoring import ScoreRefused

    asked = _asked(options)
    try:
        experts = _experts(options.paths, options.expert, asked)
        done = [_show(path, one, experts, options) for path, one in _scored(options, asked)]
    except (ScoreRefused, ClusterRefused) as refused:
        return _refused(str(refused))
    return max(done) if len(set(done)) == 1 else DONE_IN_PART


def _scored(
    options: argparse.Namespace, asked: "ScoreOptions"
) -> "Iterator[tuple[Path, Tried[ScoreDocument]]]":
    """What came of each, which is kept for `guidance session search`; shows how far it is."""
    from guidance_app import config
    from guidance_app.catalogue.kept_figures import KeptFigures
    from guidance_app.catalogue.rescoring import Where, score_many
    from guidance_app.progress import progress_bar
    from guidance_app.settings import records_place

    kept = KeptFigures(records_place(config.settings_file(), config.records_file(), _tell), _tell)
    show = progress_bar() if not sys.stdout.isatty() else lambda share: None
    results = score_many(options.paths, asked, Where(options.workers, options.cluster))
    for done, (path, one) in enumerate(zip(options.paths, results, strict=True), 1):
        if one.result is not None:
            kept.keep(path, one.result)
        yield path, one
        show(done / len(options.paths))
    kept.write()


def _refused(sentence: str) -> int:
    _tell(sentence)
    return FAILED


def _tell(sentence: str) -> None:
    print(f"guidance: {sentence}", file=sys.stderr)


def _experts(
    paths: Sequence[Path], experts: Sequence[Path], asked: "ScoreOptions"
) -> list["ScoreDocument"]:
    """Their figures; raises ScoreRefused where nothing could be compared with them."""
    from guidance_app.training.expert_set import FEWEST
    from guidance_app.training.scoring import ScoreRefused, score_path, scored_as

    if len({scored_as(path) for path in (*paths, *experts)}) > 1 and experts:
        raise ScoreRefused("Sessions and recordings have other figures. Compare like with like.")
    if 0 < len(experts) < FEWEST:
        raise ScoreRefused(f"One expert shows no spread. Name {FEWEST} or more after --expert.")
    return [score_path(path, asked) for path in experts]


def _show(
    path: Path,
    scored: "Tried[ScoreDocument]",
    experts: Sequence["ScoreDocument"],
    options: argparse.Namespace,
) -> int:
    """Print one, or why there is none."""
    from guidance_app.training.expert_set import standings

    document = scored.result
    if document is None:
        return _refused(scored.problem)
    if document.left_out:
        _tell(document.left_out)
    among = standings(document.metrics, [one.metrics for one in experts])
    _print(document, among, options)
    return DONE


def _print(
    document: "ScoreDocument", among: Mapping[str, "Standing"], options: argparse.Namespace
) -> None:
    from guidance_app.training.scoring import score_json

    several = len(options.paths) > 1
    if options.json:
        print(json.dumps(score_json(document, among), indent=None if several else 2))
        return
    if several:
        print(document.session)
    _print_words(document)
    _print_standings(document, among)


def _print_words(document: "ScoreDocument") -> None:
    from guidance_app.presentation.score_view import score_note, score_rows

    _print_rows(score_rows(document))
    note = score_note(document)
    if note:
        print(note, file=sys.stderr)


def _print_standings(document: "ScoreDocument", among: Mapping[str, "Standing"]) -> None:
    """A line for each figure that experts have too."""
    from guidance_app.presentation.score_view import standing_row

    _print_rows(standing_row(one, among[one.name]) for one in document.metrics if one.name in among)


def _print_rows(rows: Iterable["ScoreRow"]) -> None:
    for row in rows:
        print(f"{row.value.text:>16}  {row.words}")
