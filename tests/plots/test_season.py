"""The season, by its data: bands as the world and the trainings were, lateness as it was, accuracy between nothing and
the best."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots.season import behind, dominant, lateness, made_for, shares

LAUNCH, REIGN, CYCLE = 500, 1_000, 300


def lived(policy=None, width=0, launch=LAUNCH, **how):
    """Three variants, A B C A, and a model that is renewed every 1,000 rows on the last 200."""
    a, b, c = hb.SEA(5), hb.SEA(10), hb.SEA(15)
    at = [hb.Gradual(k * REIGN - width // 2, width=width) if width else k * REIGN for k in (1, 2, 3)]
    stream = hb.DriftStream([a, b, c, a], at, noise=0.1, rng=0)
    settings = {"launch": launch, "window": 200, "cycle_time": CYCLE, "steps": 4 * REIGN, **how}
    return hb.run(hb.LeastSquares(), stream, hb.Periodic(REIGN) if policy is None else policy, **settings)


def marks(artists, gid):
    return [artist for artist in artists if artist.get_gid() == gid]


# ---------------------------------------------------------------- who dominates, and for whom the model was made


def test_the_dominant_variant_is_the_concept_that_rules():
    assert dominant(lived()) == [(0, 500, 1_000), (1, 1_000, 2_000), (2, 2_000, 3_000), (0, 3_000, 4_000)]


def test_in_a_gradual_drift_it_changes_where_the_shares_cross():
    run = lived(width=400)
    share = shares(run)
    np.testing.assert_allclose(share.sum(axis=0), 1.0)
    np.testing.assert_array_equal(share[1, 800 - LAUNCH : 1_200 - LAUNCH], run.truth["p"][800:1_200])
    assert [reign.start for reign in dominant(run)] == [500, 1_000, 2_000, 3_000]


def test_the_model_was_made_for_the_variant_that_most_of_its_training_rows_were_of():
    # trained at 1500, 2500 and 3500 on the last 200 rows, and in use 300 rows later
    assert made_for(lived()) == [(0, 500, 1_800), (1, 1_800, 2_800), (2, 2_800, 3_800), (0, 3_800, 4_000)]
    # of 2,000 rows each, the last training knows 500 of A, 1000 of C and 500 of B: C stays
    assert [reign.variant for reign in made_for(lived(window=2_000))] == [0, 1, 2]


def test_a_model_that_was_rejected_or_never_asked_for_changes_nothing():
    assert made_for(lived(hb.Never())) == [(0, 500, 4_000)]
    run = lived(validate=100, sure=1_000.0)
    assert any(event.kind == "rejected" for event in run.events) and made_for(run) == [(0, 500, 4_000)]


def test_labels_that_come_late_make_it_later():
    assert made_for(lived(label_delay=450))[:2] == [(0, 500, 2_250), (1, 2_250, 3_250)]


def test_a_model_that_always_learns_follows_as_the_last_100_rows_do():
    made = made_for(lived(hb.Always(), cycle_time=0))
    assert [reign.variant for reign in made] == [0, 1, 2, 0]
    assert all(abs(reign.start - at) <= 60 for reign, at in zip(made[1:], (1_050, 2_050, 3_050), strict=True))


def test_lateness_is_from_the_takeover_to_the_first_model_made_for_it():
    run = lived()
    world, made = dominant(run), made_for(run)
    assert [(reign.start, at) for reign, at in lateness(world, made)] == [(1_000, 1_800), (2_000, 2_800),
                                                                          (3_000, 3_800)]
    never = lived(hb.Never())
    assert [at for _, at in lateness(dominant(never), made_for(never))] == [None, None, 3_000]  # A comes back
    assert [reign[1:] for reign in behind(world, made)] == [(1_000, 1_800), (2_000, 2_800), (3_000, 3_800)]


# ---------------------------------------------------------------- the picture


def test_the_bands_and_the_arrows_stand_where_the_run_has_them():
    run = lived()
    bands, accuracy = hb.plots.season(run).axes
    blocks = [c.get_paths()[0].get_extents() for c in marks(bands.collections, "model")]
    assert [(box.x0, box.x1) for box in blocks] == [reign[1:] for reign in made_for(run)]
    arrows = [text for text in bands.texts if text.get_gid() == "late"]
    assert [(a.xyann[0], a.xy[0]) for a in arrows] == [(1_000, 1_800), (2_000, 2_800), (3_000, 3_800)]
    assert [t.get_text().strip() for t in bands.texts if t.get_gid() == "late words"] == ["800 late"] * 3
    spans = marks(accuracy.patches, "behind")
    assert [(p.get_x(), p.get_x() + p.get_width()) for p in spans] == [(1_000, 1_800), (2_000, 2_800), (3_000, 3_800)]
    assert bands.get_xlim() == accuracy.get_xlim() == (LAUNCH, 3_999) and accuracy.get_ylim() == (0, 1)


def test_variants_have_one_colour_in_both_bands_and_their_letter():
    from matplotlib.colors import to_hex

    from hebbnet.plots import style

    bands, _ = hb.plots.season(lived()).axes
    world = {c.get_gid(): to_hex(c.get_facecolor()[0]) for c in bands.collections if "variant" in (c.get_gid() or "")}
    assert world == {f"variant {k}": style.VARIANTS[k].lower() for k in range(3)}
    model = [to_hex(c.get_facecolor()[0]) for c in marks(bands.collections, "model")]
    assert model == [style.VARIANTS[k].lower() for k in (0, 1, 2, 0)]
    names = [text.get_text() for text in bands.texts if text.get_gid() == "name"]
    assert names[:4] == ["A", "B", "C", "A"] and names[4:7] == ["A", "B", "C"]
    bands, _ = hb.plots.season(lived(), names=["flu", "cold", "$x^$"]).axes
    assert {"flu", "cold", "$x^$"} <= {text.get_text() for text in bands.texts}


def test_accuracy_stands_between_nothing_and_the_best():
    run = lived()
    _, ax = hb.plots.season(run, window=100).axes
    lines = {line.get_gid(): line for line in ax.get_lines()}
    assert set(lines) == {"policy", "best", "majority", "chance"}
    at = lines["policy"].get_xdata().astype(int) - LAUNCH
    np.testing.assert_array_equal(lines["policy"].get_ydata(), run.accuracy(100)[at])
    np.testing.assert_array_equal(lines["majority"].get_ydata(),
                                  hb.metrics.windowed_accuracy(run.baseline("majority"), 100)[at])
    assert set(lines["chance"].get_ydata()) == {0.5}
    assert {c.get_gid() for c in ax.collections} >= {"better than nothing", "could be better"}
    assert ax.get_ylabel() == "accuracy over the\nlast 100 samples"
    (note,) = [text.get_text().replace("\n", " ") for text in ax.texts if text.get_gid() == "footnote"]
    assert "launched after 500 samples, each new model trained on 200" in note and "n = 1" in note


def test_others_of_a_sweep_are_drawn_beside_it_with_a_band():
    runs = {"small change": [lived(), lived()], "from scratch": [lived(), lived()]}
    _, ax = hb.plots.season(hb.Sweep.of(runs)).axes
    assert [line.get_label() for line in ax.get_lines() if line.get_gid() == "policy"] == list(runs)
    assert len(marks(ax.collections, "band")) == 2
    looks = {(line.get_linestyle(), line.get_linewidth()) for line in ax.get_lines() if line.get_gid() == "policy"}
    assert len(looks) == 2  # not by colour alone


def test_a_new_figure_each_time_and_rcparams_are_untouched():
    before = dict(matplotlib.rcParams)
    run = lived()
    assert hb.plots.season(run) is not hb.plots.season(run, size=(8, 4.5))
    assert dict(matplotlib.rcParams) == before


def real():
    stream = hb.from_arrays(np.random.default_rng(0).random((300, 2)), np.arange(300) % 2)
    return hb.run(hb.LeastSquares(), stream, hb.Never(), launch=100)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.season(3), "season: expected a Run or a Sweep, got int"),
    (lambda: hb.plots.season(real()), "real data hold no truth"),
    (lambda: hb.plots.season(lived(), names=["A"]), "names: expected one for each of the 3 variants"),
    (lambda: hb.plots.season(lived(), window=0), "season: window"),
])
def test_bad_input_is_refused_and_no_figure_is_made(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    assert not plt.get_fignums()
