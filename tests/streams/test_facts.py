"""Facts: each told as often as promised, changed when promised, and true until then."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.engine.checks import InputError
from hebbnet.streams.facts import COLOURS, PEOPLE, Fact


def world(**given: Any) -> hb.Facts:
    return hb.Facts(["Jane", "Janet", "Joe"], {"colour": COLOURS, "food": ["bread", "soup"]},
                    **{"times": 4, "changing": 2, "rng": 5} | given)


def test_each_fact_is_told_so_often_in_every_period_and_is_true_then() -> None:
    facts = world()
    assert facts.every == 24
    for period in range(20):
        told = Counter(facts.take(facts.every))
        assert set(told.values()) == {4}
        assert {(fact.name, fact.attribute): fact.value for fact in told} == facts.truth(period * facts.every)


def test_as_many_facts_change_as_promised_each_to_another_value_and_at_once() -> None:
    facts = world()
    for period in range(1, 30):
        t = period * facts.every
        before, after = facts.truth(t - 1), facts.truth(t)
        changed = [question for question in after if after[question] != before[question]]
        assert len(changed) == 2 and facts.truth(t + facts.every - 1) == after
        assert [question for question in after if facts.since(*question, t) == t] == changed
        for question in after:
            since = facts.since(*question, t)
            assert all(facts.truth(row)[question] == after[question] for row in range(since, t, facts.every))
            assert since == 0 or facts.truth(since - 1)[question] != after[question]


@given(st.lists(st.integers(0, 70), max_size=8))
@settings(max_examples=40)
def test_chunks_do_not_matter_and_restart_brings_it_all_back(chunks: list[int]) -> None:
    facts = world()
    whole = facts.take(sum(chunks))
    facts.restart()
    assert [fact for n in chunks for fact in facts.take(n)] == whole
    assert facts.position == len(whole) == sum(chunks)


def test_now_is_the_row_that_comes_next() -> None:
    facts = world()
    facts.take(facts.every - 1)
    assert facts.truth() == facts.truth(0)
    facts.take(1)
    assert facts.truth() == facts.truth(facts.every) != facts.truth(0)


def test_seeds() -> None:
    assert world().take(100) == world().take(100) != world().fresh(6).take(100)
    assert world().fresh(5).take(100) == world().take(100)
    assert world(rng=None).take(100) != world(rng=None).take(100)
    unseeded = world(rng=None)
    first = unseeded.take(50)
    unseeded.restart()
    assert unseeded.take(50) == first


def test_the_twin_is_told_in_the_same_order_and_never_changes() -> None:
    facts, twin = world(), world().twin()
    assert facts.take(24) == twin.take(24)
    assert [fact[:2] for fact in facts.take(500)] == [fact[:2] for fact in twin.take(500)]
    assert twin.truth(10_000) == twin.truth(0)


def test_the_same_seed_gives_the_same_world_everywhere() -> None:
    assert hb.Facts(rng=0).take(2) == [Fact("Samira", "colour", "orange"), Fact("Maxine", "colour", "brown")]


def test_names_are_similar_two_by_two() -> None:
    assert len(set(PEOPLE)) == 30
    assert all(a[:2] == b[:2] for a, b in zip(PEOPLE[::2], PEOPLE[1::2], strict=True))
    assert {"Jane", "Janet"} <= set(PEOPLE)


def test_delta_follows_a_change_at_one_telling_while_hebb_still_says_what_it_heard_more_often() -> None:
    facts = hb.Facts(times=3, changing=3, rng=2)
    memories = {rule: hb.FactMemory(2_000, rule=rule, threshold=0.0, rng=0) for rule in ("delta", "hebb")}
    told = facts.take(facts.every)
    changed = {question for question, value in facts.truth().items() if facts.truth(0)[question] != value}
    told += dict.fromkeys(facts.take(facts.every))  # of the second period, each fact once
    for fact in told:
        for memory in memories.values():
            memory.tell(*fact)
    wrong = {rule: {question for question, value in facts.truth(facts.every).items() if memory.ask(*question) != value}
             for rule, memory in memories.items()}
    assert len(changed) == 3 and wrong == {"delta": set(), "hebb": changed}


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: hb.Facts([]), r"people: expected at least 1 text\(s\), such as \['Jane', 'Joe'\], got \[\]"),
    (lambda: hb.Facts("Jane"), r"people: expected .* got 'Jane'"),
    (lambda: hb.Facts(["Jane", "Jane"]), r"people: 'Jane' is there twice"),
    (lambda: hb.Facts(["Jane", ""]), r"people: expected"),
    (lambda: hb.Facts(attributes=["colour"]), r"attributes: expected a dict such as"),
    (lambda: hb.Facts(attributes={"colour": ["red"]}), r"attributes: colour: expected at least 2 text"),
    (lambda: hb.Facts(times=0), r"times: expected a whole number of at least 1, got 0"),
    (lambda: hb.Facts(["Jane"], changing=2), r"changing: there are 1 facts, got 2"),
    (lambda: hb.Facts(changing=-1), r"changing: .* got -1"),
    (lambda: hb.Facts().take(-1), r"n: .* got -1"),
    (lambda: hb.Facts().truth(-1), r"t: .* got -1"),
    (lambda: hb.Facts().since("Jan", "colour"), r"unknown name 'Jan'; .* did you mean 'Jane'"),
    (lambda: hb.Facts().since("Jane", "color"), r"unknown attribute 'color'; .* did you mean 'colour'"),
    (lambda: hb.Facts(rng="x"), r"rng: expected"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()
