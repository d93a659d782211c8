"""`hebbnet figures`: the same bytes twice, with how they were made inside; one that fails does not stop the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from hebbnet import cli
from hebbnet.figures import catalogue, draw
from hebbnet.figures.catalogue import CATALOGUE
from hebbnet.figures.recipe import Ask, Drawn, Recipe


def still(ask: Ask) -> Drawn:
    ax = ask.axes(6, 4)
    ax.plot(range(ask.seeds))
    return Drawn(ax.figure, "a line that rises", {"height": ask.seeds - 1})


def moving(ask: Ask) -> Drawn:
    from matplotlib.animation import FuncAnimation

    ax = ask.axes(3, 2)
    line, = ax.plot([0, 1], [0, 1])
    return Drawn(FuncAnimation(ax.figure, lambda k: line.set_data([0, 1], [0, k]), frames=2), "a line that turns", {})


def broken(ask: Ask) -> Drawn:
    raise ValueError("no paint left")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A catalogue of three figures, drawn in this process, and a folder to draw into."""
    recipes = (Recipe("still", "rising", still, seeds=10, quick=2, claims=(2,)), Recipe("moving", "turning", moving),
               Recipe("broken", "nothing", broken))
    monkeypatch.chdir(tmp_path)
    for module in (draw, catalogue):
        monkeypatch.setattr(module, "CATALOGUE", {recipe.name: recipe for recipe in recipes})
    monkeypatch.setattr(draw.draw, "__kwdefaults__", draw.draw.__kwdefaults__ | {"workers": 1})
    return tmp_path


def test_two_runs_give_the_same_bytes_and_say_how_they_were_made(few: Path) -> None:
    for folder in ("a", "b"):
        assert cli.main(["figures", "still", "moving", "--out", folder]) == 0
    for name in ("still.png", "moving.gif", "numbers.json"):
        assert (few / "a" / name).read_bytes() == (few / "b" / name).read_bytes()
    with Image.open(few / "a" / "still.png") as image:
        assert image.text["Source"] == "hebbnet figures still"
        assert image.text["Comment"].split("  ·  ")[1] == "seeds 0 to 9"
        assert image.text["Description"] == "a line that rises"
        assert image.text["Software"].startswith("hebbnet ")
    with Image.open(few / "a" / "moving.gif") as image:
        assert image.n_frames == 2
    assert json.loads((few / "a" / "numbers.json").read_text()) == {
        "moving": {"alt": "a line that turns"}, "still": {"alt": "a line that rises", "seeds": 10, "height": 9}}


def test_a_quick_figure_says_so_and_a_slide_has_its_shape(few: Path) -> None:
    assert cli.main(["figures", "still", "--quick", "--slides", "--out", "."]) == 0
    with Image.open("still.png") as image:
        assert image.size == (1920, 1080)
        assert image.text["Comment"].startswith("hebbnet figures still --quick --slides  ·  seeds 0 to 1 (quick; the "
                                                "full figure has 10)")


def test_numbers_of_figures_drawn_before_are_kept(few: Path) -> None:
    assert cli.main(["figures", "still", "--out", "."]) == 0
    assert cli.main(["figures", "moving", "--out", "."]) == 0
    assert set(json.loads(Path("numbers.json").read_text())) == {"still", "moving"}


def test_one_that_fails_does_not_stop_the_others(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["figures", "--out", "."]) == 2
    said = capsys.readouterr()
    assert "broken: ValueError: no paint left" in said.out
    assert said.err == "hebbnet: 1 of 3 figures could not be drawn\n"
    assert sorted(path.name for path in few.iterdir()) == ["moving.gif", "numbers.json", "still.png"]


def test_what_is_asked_for(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["figures", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["still", "moving", "broken",
                                                                                 "together"]
    assert cli.main(["figures", "--post", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["still", "together"]
    assert cli.main(["figures", "stil"]) == 2
    assert "did you mean 'still'?" in capsys.readouterr().err
    assert list(few.iterdir()) == []


@pytest.mark.parametrize("recipe", CATALOGUE.values(), ids=lambda recipe: recipe.name)
def test_a_recipe_has_ten_seeds_or_none_and_says_what_it_teaches(recipe: Recipe) -> None:
    assert recipe.seeds == 0 or (recipe.seeds >= 10 > recipe.quick >= 1)
    assert recipe.teaches and recipe.teaches[-1] != "."
    assert set(recipe.claims) <= set(range(1, 13))


@pytest.mark.long
def test_live_data_stand_between_the_other_two() -> None:
    """Soon after the drift they are ahead of a model that is still to come; later behind it or level."""
    numbers = CATALOGUE["live"].make(CATALOGUE["live"].ask(quick=True)).numbers
    assert numbers["never_first"] < 0.6 and numbers["periodic_first"] < 0.6 < numbers["never + live data_first"]
    assert numbers["never + live data_later"] > numbers["never_later"] + 0.2
