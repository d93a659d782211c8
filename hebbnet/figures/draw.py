"""Draws recipes and writes their pictures: two at a time, all or nothing, the same bytes whenever it is asked again."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from .. import __version__
from ..engine import files
from ..plots import style
from .catalogue import CATALOGUE
from .recipe import Drawn, Recipe

DPI = 150
SLIDE = 1920  # pixels across
FRAMES, FRAME_DPI = 8, 80  # of a moving picture: a second, an inch
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
TINY = 9.0  # points, of the caption: it is for whoever wants to repeat the picture, not for the room


class Written(NamedTuple):
    """A figure that is on disk and the numbers in it, or why there is none."""

    name: str
    path: Path
    numbers: dict[str, Any]
    failed: str | None = None


def draw(names: Sequence[str], out: Path, *, quick: bool = False, slides: bool = False,
         workers: int = 2) -> Iterator[Written]:
    """Draw the figures of these names into the folder `out`, and tell of each when it is written.

    Parameters
    ----------
    names : sequence of str
        Of the catalogue.
    out : Path
        Each figure goes to NAME.png (moving ones to NAME.gif), the numbers in it to numbers.json beside it.
    quick, slides : bool
        With fewer seeds; in the shape of a slide.
    workers : int
        Processes; 1 draws in this one.
    """
    longest_first = sorted(names, key=lambda name: -CATALOGUE[name].seconds)
    if workers == 1:
        yield from (_draw(name, out, quick, slides) for name in longest_first)
        return
    given = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))  # of each process: more would fight over the cores
    try:
        with ProcessPoolExecutor(min(workers, len(names)), mp_context=get_context("spawn")) as pool:
            tasks = [pool.submit(_draw, name, out, quick, slides) for name in longest_first]
            try:
                yield from (task.result() for task in as_completed(tasks))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        for name, value in given.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def command(recipe: Recipe, quick: bool, slides: bool) -> str:
    """The command that draws it."""
    return f"hebbnet figures {recipe.name}" + " --quick" * (quick and recipe.seeds > 0) + " --slides" * slides


def caption(recipe: Recipe, quick: bool, slides: bool) -> str:
    """How it was made: the command, the seeds, the version."""
    n = recipe.ask(quick).seeds
    few = f" (quick; the full figure has {recipe.seeds})" if n < recipe.seeds else ""
    seeds = [f"seed{'s' * (n > 1)} 0{f' to {n - 1}' * (n > 1)}{few}"] if n else []
    return "  ·  ".join([command(recipe, quick, slides), *seeds, f"hebbnet {__version__}"])


# ---------------------------------------------------------------- one figure


def _draw(name: str, out: Path, quick: bool, slides: bool) -> Written:
    """Draw one figure, in whatever process this is."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    recipe = CATALOGUE[name]
    try:
        drawn = recipe.make(recipe.ask(quick, slides))
        path = _write(recipe, drawn, out, quick, slides)
        n = recipe.ask(quick).seeds
        return Written(name, path, {"alt": drawn.alt, **({"seeds": n} if n else {}), **drawn.numbers})
    except Exception as error:  # the others can still be drawn
        return Written(name, out / name, {}, f"{type(error).__name__}: {error}")
    finally:
        plt.close("all")


def _write(recipe: Recipe, drawn: Drawn, out: Path, quick: bool, slides: bool) -> Path:
    """Write the picture, with its caption below and in its metadata."""
    said = caption(recipe, quick, slides)
    figure: Any = getattr(drawn.figure, "_fig", drawn.figure)  # of an animation: the figure that moves
    figure = figure.figure or figure
    figure.supxlabel(said, fontsize=TINY, color=style.GREY)
    if figure is not drawn.figure:
        return files.write(out / f"{recipe.name}.gif", lambda file: file.write(_gif(drawn.figure)))
    meta = {"Title": recipe.name, "Description": drawn.alt, "Source": command(recipe, quick, slides), "Comment": said,
            "Software": f"hebbnet {__version__}"}
    dpi = SLIDE / figure.get_size_inches()[0] if slides else DPI
    return files.write(out / f"{recipe.name}.png",
                       lambda file: figure.savefig(file, format="png", dpi=dpi, metadata=meta))


def _gif(animation: Any) -> bytes:
    from matplotlib.animation import PillowWriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "moving.gif"  # Pillow wants a name
        animation.save(path, writer=PillowWriter(fps=FRAMES), dpi=FRAME_DPI)
        return path.read_bytes()


def keep_numbers(written: Sequence[Written], out: Path) -> Path:
    """Put the numbers of these figures into numbers.json, beside those of figures that were drawn before."""
    path = out / "numbers.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return files.write_json(path, dict(sorted((before | {one.name: one.numbers for one in written}).items())))
