"""The statistics of `make bench`: what they make of known numbers."""

import pytest
from bench.conversing import Exchange, sustained
from bench.cpu import per_message, usage
from bench.figures import best, latencies, medians, percentile, ratios
from bench.wire import take


def test_a_percentile_is_a_time_that_was_met() -> None:
    times = [float(number) for number in range(100, 0, -1)]
    assert percentile(times, 50) == 50
    assert percentile(times, 99) == 99
    assert percentile(times, 100) == 100
    assert percentile([7.0], 99) == 7


def test_nothing_measured_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_latencies_are_in_milliseconds() -> None:
    assert latencies("alone", [0.25, 0.5, 0.125]) == {"alone_p50_ms": 250, "alone_p99_ms": 500}


def test_the_median_is_taken_figure_by_figure() -> None:
    repetitions = [
        {"together_per_s": 10.0, "all_cpu_us": 3.0},
        {"together_per_s": 30.0, "all_cpu_us": 1.0},
        {"together_per_s": 20.0, "all_cpu_us": 2.0},
    ]
    assert medians(repetitions) == {"together_per_s": 20, "all_cpu_us": 2}


def test_the_best_rate_is_the_highest_and_the_best_time_the_lowest() -> None:
    repetitions = [
        {"together_per_s": 10.0, "alone_p50_ms": 3.0},
        {"together_per_s": 30.0, "alone_p50_ms": 5.0},
    ]
    assert best(repetitions) == {"together_per_s": 30, "alone_p50_ms": 3}


def test_a_ratio_compares_repetitions_of_the_same_moment() -> None:
    product = [{"together_per_s": 50.0}, {"together_per_s": 5.0}, {"together_per_s": 50.0}]
    floor = [{"together_per_s": 100.0}, {"together_per_s": 10.0}, {"together_per_s": 200.0}]
    assert ratios(product, floor) == {"together_per_s": 0.5}


def test_what_only_one_side_has_or_a_floor_of_nothing_has_no_ratio() -> None:
    product = [{"alone_p50_ms": 2.0, "bot_cpu_us": 1.0, "web_cpu_us": 3.0}]
    assert ratios(product, [{"alone_p50_ms": 1.0, "web_cpu_us": 0.0}]) == {"alone_p50_ms": 2}


def test_the_sustained_rate_leaves_out_the_start_and_the_end() -> None:
    busy = [Exchange(0, 10 + number / 10) for number in range(100)]
    slow_start = [Exchange(0, 0.0)]
    slow_end = [Exchange(0, 60.0)]
    assert sustained(slow_start + busy + slow_end) == pytest.approx(10)


def test_cpu_per_message_is_in_microseconds() -> None:
    assert per_message({"router": 1.0}, {"router": 1.5}, 1000) == {"router": pytest.approx(500)}


def test_a_process_that_does_not_run_has_used_nothing() -> None:
    used = usage({"gone": []})
    assert used["gone"] == 0
    assert used["generator"] > 0


def test_an_answer_is_taken_whole_or_not_at_all() -> None:
    buffer = bytearray(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    assert take(buffer) is None
    buffer += b"loHTTP/1.1 503"
    assert take(buffer) == (b"HTTP/1.1 200 OK\r\nContent-Length: 5", b"hello")
    assert buffer == b"HTTP/1.1 503"
