"""The memory of facts: what a telling changes, what it takes to change a mind, and where it runs out of room."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.learning import memory as rules

TIMES = (1, 3, 10, 30, 100)
BOUND = 1_000


def world(seed: int, people: int, values: int = 8) -> tuple[np.random.Generator, dict[str, int]]:
    """Somebody's favourite colours, drawn at random."""
    draw = np.random.default_rng(seed)
    likes = draw.integers(values, size=people).tolist()
    return draw, {f"person {i}": value for i, value in enumerate(likes)}


def taught(seed: int, people: int, times: int, *, d: int = 100, **options: Any) -> tuple[hb.FactMemory, dict[str, int]]:
    """A memory that knows the values and always answers, told all `times` times, each time in a new order."""
    draw, facts = world(seed, people)
    memory = hb.FactMemory(d, **{"threshold": 0.0, "values": range(8), **options}, rng=seed)
    names = list(facts)
    for _ in range(times):
        for i in draw.permutation(people):
            memory.tell(names[i], facts[names[i]])
    return memory, facts


def share_right(memory: hb.FactMemory, facts: dict[str, int]) -> float:
    return float(np.mean([memory.ask(name) == value for name, value in facts.items()]))


def tellings_to_change(memory: hb.FactMemory, facts: dict[str, int]) -> int:
    """How often "person 0" must be told anew until the new answer wins."""
    new = (facts["person 0"] + 1 + facts["person 1"] % 7) % 8
    tellings = 0
    while memory.ask("person 0") != new and tellings < BOUND:
        memory.tell("person 0", new)
        tellings += 1
    return tellings


# ---------------------------------------------------------------- told k times, then told anew

TOLD = [  # rule, decay, tellings it takes after k = 1, 3, 10, 30, 100 tellings of everything
    ("hebb", 0.0, (1, 3, 9.5, 31, 92)),
    ("hebb", 0.003, (1, 3, 6.5, 11, 10.5)),
    ("hebb", 0.01, (1, 2, 3, 4, 3.5)),
    ("delta", 0.0, (1, 1, 1, 1, 1)),
    ("softmax", 0.0, (1, 2, 3, 4, 4)),
    ("perceptron", 0.0, (1, 1, 1, 1, 1)),
]


@pytest.mark.long
@pytest.mark.parametrize(("rule", "decay", "wanted"), TOLD)
def test_told_k_times_before_the_change(rule, decay, wanted):
    """30 people, codes of length 100, medians of 10 seeds."""
    for k, expected in zip(TIMES, wanted, strict=True):
        told = [taught(seed, 30, k, rule=rule, decay=decay) for seed in range(10)]
        right = np.mean([share_right(*one) for one in told])
        assert right >= (0.85 if rule == "perceptron" and k == 1 else 0.93 if k == 1 else 0.99)
        assert median(tellings_to_change(*one) for one in told) == pytest.approx(expected, abs=max(2, 0.25 * expected))


@pytest.mark.long
def test_right_and_wrong_is_slow_to_learn_and_slow_to_change():
    """100 seeds, within 40 % of an independent count. Medians of ten seeds scatter more than twofold: the bands that
    hold 99 % of them (all five in 95 %) hold an independent table of ten seeds: 1.5, 5, 7.5, 43, 101.
    """
    wanted = {1: (4, 1.5, 0.23), 3: (5, 5, 0.48), 10: (11, 7.5, 0.83), 30: (36, 43, 0.86), 100: (117, 101, 0.86)}
    draw = np.random.default_rng(0)
    for k, (expected, of_ten, right) in wanted.items():
        told = [taught(seed, 30, k, rule="right_wrong") for seed in range(100)]
        assert np.mean([share_right(*one) for one in told]) == pytest.approx(right, abs=0.05)
        tellings = np.array([tellings_to_change(*one) for one in told])
        assert median(tellings) == pytest.approx(expected, abs=max(2, 0.4 * expected))
        low, high = np.percentile(np.median(draw.choice(tellings, (5_000, 10)), axis=1), (0.5, 99.5))
        assert low <= of_ten <= high and high >= 2 * low


def test_an_old_fact_outweighs_a_new_one_under_hebb_but_not_under_delta():
    for rule, least, most in (("hebb", 20, 45), ("delta", 1, 1)):
        assert least <= tellings_to_change(*taught(0, 30, 30, rule=rule)) <= most


# ---------------------------------------------------------------- room

ROOM = [  # rule, passes, share right with 50, 100, 200, 400 facts in codes of length 100
    ("hebb", 1, (0.986, 0.890, 0.699, 0.520)),
    ("delta", 20, (1.00, 0.999, 0.584, 0.338)),
    ("softmax", 20, (1.00, 1.00, 1.00, 0.72)),
    ("perceptron", 20, (1.00, 0.998, 0.985, 0.579)),
    ("right_wrong", 20, (0.77, 0.68, 0.57, 0.46)),
]


@pytest.mark.long
@pytest.mark.parametrize(("rule", "passes", "wanted"), ROOM)
def test_capacity(rule, passes, wanted):
    for people, expected in zip((50, 100, 200, 400), wanted, strict=True):
        right = np.mean([share_right(*taught(seed, people, passes, rule=rule)) for seed in range(4)])
        assert right == pytest.approx(expected, abs=0.05)


def test_crosstalk_grows_with_the_root_of_the_number_of_facts():
    """P - 1 other facts put sqrt((P - 1) / d) of noise on a score, if all had one value."""
    P, d, scores = 50, 100, []
    for seed in range(20):
        memory = hb.FactMemory(d, rule="hebb", rng=seed)
        for i in range(P):
            memory.tell(f"person {i}", "green")
        scores += [memory.scores(f"person {i}")[0] - 1 for i in range(P)]
    assert np.std(scores) == pytest.approx(np.sqrt((P - 1) / d), rel=0.1)


@pytest.mark.long
def test_forgetting_keeps_the_recent_answerable():
    """2,000 facts told once each into codes of length 200: without decay all are poor, with it the last are there."""
    recall: dict[float, list[np.ndarray]] = {0.0: [], 0.01: []}
    for seed in range(4):
        for decay, found in recall.items():
            memory, facts = hb.FactMemory(200, rule="hebb", decay=decay, threshold=0.0, rng=seed), world(seed, 2_000)[1]
            for name, value in facts.items():
                memory.tell(name, value)
            found.append(np.array([memory.ask(name) == value for name, value in facts.items()])[::-1])
    kept, faded = np.mean(recall[0.0], axis=0), np.mean(recall[0.01], axis=0)
    assert kept[:25].mean() < 0.55 and kept[:400].mean() == pytest.approx(0.35, abs=0.08)
    assert faded[:25].mean() > 0.95
    assert faded[40:60].mean() == pytest.approx(0.95, abs=0.06)
    assert faded[90:110].mean() == pytest.approx(0.66, abs=0.12)
    assert faded[390:410].mean() < 0.25


# ---------------------------------------------------------------- names

SIMILAR = [("hebb", 1, 60, (1.0, 0.77, 0.40, 0.37), 0.1), ("delta", 20, 5, (1.0, 1.0, 1.0, 1.0), 0.0)]


@pytest.mark.parametrize(("rule", "passes", "seeds", "wanted", "within"), SIMILAR)
def test_similar_names(rule, passes, seeds, wanted, within):
    """Twenty names that begin alike: counting confuses them, correcting does not."""
    for similarity, expected in zip((0.0, 0.5, 0.75, 0.9), wanted, strict=True):
        right = []
        for seed in range(seeds):
            draw, likes = world(seed, 20)
            facts = {name.replace("person ", "Jan"): value for name, value in likes.items()}
            memory = hb.FactMemory(rule=rule, similarity=similarity, threshold=0.0, rng=seed)
            for _ in range(passes):
                for i in draw.permutation(20):
                    memory.tell(f"Jan{i}", facts[f"Jan{i}"])
            right.append(share_right(memory, facts))
        assert np.mean(right) == pytest.approx(expected, abs=within)


def test_similar_names_share_a_fraction_of_their_code():
    memory = hb.FactMemory(10_000, similarity=0.6, rng=0)
    assert memory.key("Jane") @ memory.key("Janet") == pytest.approx(0.6**2, abs=0.03)
    assert abs(memory.key("Jane") @ memory.key("Zoe")) < 0.03
    same = hb.FactMemory(similarity=1, rng=0)
    assert np.array_equal(same.key("Jane"), same.key("Janet"))


@pytest.mark.parametrize("people", [10, 30, 60])
def test_the_margin_tells_who_was_never_told_of(people):
    """AUROC: the chance that a known name's margin exceeds an unknown one's."""
    chances = []
    for seed in range(5):
        memory, facts = taught(seed, people, 20)
        known = np.array([memory.margin(name) for name in facts])
        unknown = np.array([memory.margin(f"stranger {i}") for i in range(100)])
        chances.append((known[:, None] > unknown).mean())
    assert np.mean(chances) >= 0.98


@pytest.mark.parametrize("rule", sorted(rules.RULES))
def test_i_do_not_know(rule):
    """As shipped: nine strangers of ten, mostly more, get no answer, however often the facts were told."""
    for times in (3, 30):
        memory, _ = taught(0, 20, times, rule=rule, threshold=2.5)
        assert np.mean([memory.ask(f"stranger {i}") is None for i in range(200)]) >= 0.9


@pytest.mark.parametrize("rule", ["delta", "hebb", "softmax", "perceptron"])
def test_what_was_told_is_answered(rule):
    memory, facts = taught(1, 15, 5, rule=rule, threshold=2.5)
    assert share_right(memory, facts) >= 0.9


def test_contradicting_facts_are_not_known():
    memory = hb.FactMemory(rule="hebb", rng=0)
    memory.tell("Jane", "green")
    memory.tell("Jane", "purple")
    assert memory.ask("Jane") is None
    memory.tell("Jane", "purple")
    assert memory.ask("Jane") == "purple"


def test_an_empty_memory_knows_nothing():
    memory = hb.FactMemory(rng=0)
    assert memory.ask("Jane") is None
    assert memory.margin("Jane") == 0.0
    assert memory.table() == []


@settings(deadline=None, max_examples=50)
@given(name=st.text(min_size=1), attribute=st.none() | st.text(min_size=1), seed=st.integers(0, 2**40),
       similarity=st.floats(0, 1))
def test_a_code_has_length_1_and_depends_on_text_and_seed_only(name, attribute, seed, similarity):
    first = hb.FactMemory(similarity=similarity, rng=seed).key(name, attribute)
    other = hb.FactMemory(similarity=similarity, rng=seed)
    other.tell("somebody else", "green")
    assert np.array_equal(first, other.key(name, attribute))
    assert np.allclose(np.abs(first), 0.1)
    assert not np.array_equal(first, hb.FactMemory(similarity=0, rng=seed + 1).key(name, attribute))


def test_a_code_is_the_same_in_every_process():
    program = "import hebbnet as hb; print(hb.FactMemory(64, rng=3).key('Jane').tolist())"
    printed = {subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                              env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}).stdout for seed in "12"}
    assert printed == {f"{hb.FactMemory(64, rng=3).key('Jane').tolist()}\n"}


# ---------------------------------------------------------------- a table of persons and attributes


def exclusive_or(binding: str) -> hb.FactMemory:
    memory = hb.FactMemory(200, binding=binding, threshold=0.0, rng=0)
    for _ in range(200):
        memory.tell("Jane", "food", "green")
        memory.tell("Jane", "drink", "red")
        memory.tell("Joe", "food", "red")
        memory.tell("Joe", "drink", "green")
    return memory


def right_cells(memory: hb.FactMemory) -> int:
    return sum(row["answer"] == row["told"] for row in memory.table())


def test_a_product_stores_a_table_and_a_sum_cannot():
    """The moment of the exclusive or: scores that are linear in name and attribute cannot cross over."""
    assert right_cells(exclusive_or("product")) == 4
    added = exclusive_or("sum")
    assert right_cells(added) < 4
    scale = [[np.linalg.norm(added._name(name) + rules.code(f"attribute {attribute}", 200, 0))
              for attribute in ("food", "drink")] for name in ("Jane", "Joe")]
    score = [[added.scores(name, attribute) * scale[i][j] for j, attribute in enumerate(("food", "drink"))]
             for i, name in enumerate(("Jane", "Joe"))]
    assert np.allclose(score[0][0] + score[1][1], score[0][1] + score[1][0])


def test_a_name_alone_and_its_attributes_are_different_facts():
    memory = hb.FactMemory(rng=0)
    memory.tell("Jane", "green")
    memory.tell("Jane", "food", "bread")
    assert (memory.ask("Jane"), memory.ask("Jane", "food"), memory.ask("Jane", "Jane")) == ("green", "bread", None)


# ---------------------------------------------------------------- one telling

SCORES = np.array([0.2, 0.5, -0.1])
P = np.exp(SCORES) / np.exp(SCORES).sum()


@pytest.mark.parametrize(("rule", "told", "signal"), [
    ("hebb", 0, [1, 0, 0]),
    ("delta", 0, [0.8, -0.5, 0.1]),
    ("softmax", 0, [1 - P[0], -P[1], -P[2]]),
    ("perceptron", 0, [1, -1, 0]),
    ("perceptron", 1, [0, 0, 0]),
    ("right_wrong", 0, [0, -1, 0]),
    ("right_wrong", 1, [0, 1, 0]),
    ("surprise", 0, [0, -P[1], 0]),
    ("surprise", 1, [0, 1 - P[1], 0]),
])
def test_the_signals_by_hand(rule, told, signal):
    assert np.allclose(rules.RULES[rule](np.eye(3)[told], SCORES), signal, rtol=0, atol=1e-15)


@pytest.mark.parametrize("rule", sorted(rules.RULES))
def test_the_first_fact_is_learned_by_every_rule(rule):
    """A memory that knows one value cannot be wrong, and two rules learn from nothing else."""
    for values in ((), ("green", "red")):
        memory = hb.FactMemory(rule=rule, values=values, rng=0)
        memory.tell("Jane", "green")
        assert memory.ask("Jane") == (None if rule in ("softmax", "surprise") and not values else "green")


def test_one_telling_is_decay_and_an_outer_product():
    memory = hb.FactMemory(rule="delta", rate=0.5, decay=0.1, rng=0)
    memory.tell("Jane", "green")
    memory.tell("Joe", "red")
    before, key = memory.W.copy(), memory.key("Jane")
    memory.tell("Jane", "red")
    assert np.allclose(memory.W, 0.9 * before + 0.5 * np.outer(key, [0, 1] - key @ before), rtol=0, atol=1e-15)


def test_delta_makes_a_fact_exact_at_one_telling():
    memory, _ = taught(0, 60, 1)
    memory.tell("person 5", 3)
    assert np.allclose(memory.scores("person 5"), np.array(memory.values) == 3, atol=1e-12)


def test_right_and_wrong_does_not_care_for_the_rate():
    first, other = (taught(0, 30, 10, rule="right_wrong", rate=rate)[0] for rate in (1.0, 2.0**-8))
    assert [row["answer"] for row in first.table()] == [row["answer"] for row in other.table()]


# ---------------------------------------------------------------- the rest


def test_the_table():
    memory = hb.FactMemory(rng=0)
    memory.tell("Jane", "green")
    memory.tell("Joe", "food", "bread")
    memory.tell("Jane", "red")
    assert [(row["name"], row["attribute"], row["told"], row["answer"]) for row in memory.table()] == [
        ("Jane", None, "red", "red"), ("Joe", "food", "bread", "bread")]
    assert memory.table()[0]["margin"] == memory.margin("Jane")
    assert repr(memory) == "FactMemory(d=100, rule='delta', rate=1, decay=0): 2 facts, 3 values"


def test_values_can_be_named_ahead_and_join_later():
    memory = hb.FactMemory(values=["red", "green", "red"], rng=0)
    memory.tell("Jane", "blue")
    assert memory.values == ["red", "green", "blue"] and memory.W.shape == (100, 3)
    assert memory.ask("Jane") == "blue"


@pytest.mark.parametrize("binding", ["product", "sum"])
def test_the_shortest_code_and_the_strangest_name(binding):
    for seed in range(8):
        memory = hb.FactMemory(1, binding=binding, rng=seed)
        memory.tell("\ud800", "food", 3.5)
        assert np.isfinite(memory.W).all()


def test_a_copy_is_its_own():
    memory = hb.FactMemory(rng=5)
    memory.tell("Jane", "green")
    copy = memory.copy()
    copy.tell("Jane", "red")
    copy.tell("Joe", "green")
    assert (memory.ask("Jane"), memory.ask("Joe"), copy.ask("Jane")) == ("green", None, "red")
    assert memory.values == ["green"] and len(memory.table()) == 1
    assert np.array_equal(memory.key("Jane"), copy.key("Jane"))


@pytest.mark.parametrize(("options", "message"), [
    ({"d": 0}, "d: expected a whole number of at least 1"),
    ({"rule": "detla"}, "did you mean 'delta'"),
    ({"rate": 0}, "rate: expected a finite number greater than 0"),
    ({"decay": 1.5}, "decay: .* at most 1"),
    ({"binding": "xor"}, "unknown binding 'xor'; known: product, sum"),
    ({"similarity": -1}, "similarity: .* at least 0"),
    ({"threshold": np.nan}, "threshold: expected a finite number"),
    ({"rng": "x"}, "rng: expected"),
    ({"values": ["red", None]}, "value: expected a text"),
    ({"values": "red"}, "values: expected several such as"),
    ({"values": 8}, "values: expected several such as"),
])
def test_options_refused(options, message):
    with pytest.raises(hb.InputError, match=message):
        hb.FactMemory(**options)


@pytest.mark.parametrize(("fact", "message"), [
    (("Jane",), r"expected \(name, value\) or \(name, attribute, value\), got 1"),
    (("Jane", "food", "bread", 1), "got 4 argument"),
    (("", "green"), "name: expected a text"),
    ((3, "green"), "name: expected a text of at least one letter, got 3"),
    (("Jane", 3, "green"), "attribute: expected a text"),
    (("Jane", None), "value: .* None is the answer that means"),
    (("Jane", ["green"]), "value: expected a text, a number"),
    (("Jane", (["green"],)), "value: expected a text, a number"),
    (("Jane", np.nan), "value: expected a text, a number"),
])
def test_facts_refused_before_anything_changed(fact, message):
    memory = hb.FactMemory(rng=0)
    memory.tell("Joe", "red")
    before = memory.W.copy()
    with pytest.raises(hb.InputError, match=message):
        memory.tell(*fact)
    assert np.array_equal(memory.W, before) and memory.values == ["red"] and len(memory.table()) == 1


def test_a_rate_past_the_bound_is_warned_of():
    with pytest.warns(UserWarning, match="diverges at a rate of 2"):
        hb.FactMemory(rate=2.5)
