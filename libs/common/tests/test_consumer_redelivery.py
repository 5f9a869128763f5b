import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from handoff_common.errors import TransientError
from handoff_common.events import BotRequested
from handoff_common.messaging.handling import Handled
from handoff_common.messaging.runs import MAX_STARTS
from handoff_common.testing.consuming import QUEUE, Recorder, consume, consuming, delivery
from handoff_common.testing.scripted import ScriptedBroker


async def test_redelivered_events_run_together_once_with_their_starts_on_record(
    recorder: Recorder,
) -> None:
    deliveries = [delivery(number, redelivered=number != 2) for number in (1, 2, 3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert journal == [
        f"first {QUEUE} 1 3",
        "handle 1 3",
        f"end {QUEUE} 1 3",
        "handle 2",
        "publish 10 20 30",
        "ack -3",
    ]


async def test_hundreds_of_redelivered_events_cost_a_few_transactions(recorder: Recorder) -> None:
    deliveries = [delivery(number, redelivered=True) for number in range(1, 129)]
    journal = await consume(recorder, *deliveries, until="ack -128", batch=64)
    assert [len(batch) for batch in recorder.batches] == [64, 64]
    assert sum(entry.startswith(("first", "begin", "end")) for entry in journal) == 4


async def test_an_event_with_a_start_on_record_runs_alone(recorder: Recorder) -> None:
    recorder.starts[2] = 1
    deliveries = [delivery(number, redelivered=True) for number in (1, 2, 3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert journal == [
        f"first {QUEUE} 1 3",
        "handle 1 3",
        f"end {QUEUE} 1 3",
        f"begin {QUEUE} 2",
        "handle 2",
        f"end {QUEUE} 2",
        "publish 10 20 30",
        "ack -3",
    ]


async def test_a_recorded_batch_that_fails_is_taken_apart_and_its_starts_forgotten(
    recorder: Recorder,
) -> None:
    recorder.faults[2] = [TransientError("503"), TransientError("503")]
    deliveries = [delivery(number, redelivered=True) for number in (1, 2, 3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert recorder.batches == [[1, 2, 3], [1], [2], [3]]
    assert journal[-3:] == ["publish 10 30", "retry 2", "ack -3"]
    assert +recorder.starts == Counter()


async def test_what_was_started_three_times_and_never_ended_is_quarantined(
    recorder: Recorder,
) -> None:
    recorder.starts[1], recorder.starts[2] = MAX_STARTS, MAX_STARTS - 1
    deliveries = [delivery(1, redelivered=True), delivery(2, redelivered=True)]
    journal = await consume(recorder, *deliveries, until="ack -2", batch=8)
    assert recorder.batches == [[2]]
    # Its starts are forgotten after it is put aside: if something else kills us before that, it
    # must not begin anew.
    assert journal[-3:] == ["bury 1 quarantined", f"end {QUEUE} 1", "ack -2"]
    assert +recorder.starts == Counter()


class KilledError(BaseException):
    """The process dies: nothing that comes after it in the code is run."""


class Killed(Recorder):
    """A handler that some events kill, however they come."""

    def __init__(self, broker: ScriptedBroker, *killers: int) -> None:
        super().__init__(broker)
        self.died = False
        self._killers = set(killers)

    async def handle(self, events: Sequence[BotRequested]) -> Sequence[Handled]:
        if self._killers & {each.id.int for each in events}:
            self.died = True
            self.broker.wake()
            raise KilledError
        return await super().handle(events)


async def live(recorder: Killed, *, until: str) -> bool:
    """Consume as one process would; say whether it lived until then."""
    recorder.died = False
    try:
        async with consuming(recorder, batch=8):
            await recorder.broker.until(lambda: recorder.died or until in recorder.broker.journal)
    except KilledError:
        return False
    return True


@pytest.mark.parametrize("killers", [[3], [1], [1, 3], [2, 4], [1, 2, 3, 4]])
async def test_whoever_kills_its_process_is_quarantined_and_no_neighbour_is(
    broker: ScriptedBroker, killers: list[int]
) -> None:
    recorder = Killed(broker, *killers)
    broker.give(*(delivery(number) for number in (1, 2, 3, 4)))
    lives = 1
    while not await live(recorder, until="ack -4"):
        lives += 1
        assert lives < 20
    buried = {entry.split()[1] for entry in broker.journal if entry.startswith("bury")}
    assert buried == {str(number) for number in killers}
    assert {each.id.int for each in broker.published} == {
        10 * number for number in (1, 2, 3, 4) if number not in killers
    }
    # Once unrecorded, once in the recorded batch (which any of them ends), then alone.
    assert lives <= 2 + len(killers) * (MAX_STARTS - 1) + 1
    assert +recorder.starts == Counter()


async def test_copies_of_an_event_that_come_at_once_are_no_sign_of_a_crash(
    recorder: Recorder,
) -> None:
    once = delivery(1, redelivered=True)
    handled = recorder.broker.hold("handle")
    recorder.broker.give(*(replace(once, tag=tag) for tag in range(1, MAX_STARTS + 3)))
    async with consuming(recorder, workers=MAX_STARTS + 2):
        await recorder.broker.until(lambda: len(recorder.batches) > 0)
        await asyncio.sleep(0)  # every other worker has had its chance to begin
        handled.set()
        await recorder.broker.asked(f"ack {MAX_STARTS + 2}")
    assert recorder.batches == [[1]] * (MAX_STARTS + 2)
    assert not [entry for entry in recorder.broker.journal if entry.startswith("bury")]


async def test_copies_of_an_event_in_one_batch_are_one_start(recorder: Recorder) -> None:
    once = delivery(1, redelivered=True)
    copies = [replace(once, tag=tag) for tag in range(1, MAX_STARTS + 3)]
    journal = await consume(recorder, *copies, until=f"ack -{len(copies)}", batch=8)
    assert journal[0] == f"first {QUEUE} 1"
    assert recorder.batches == [[1] * len(copies)]


async def test_one_by_one_a_redelivered_event_has_its_start_on_record(recorder: Recorder) -> None:
    journal = await consume(recorder, delivery(1, redelivered=True), until="ack 1")
    assert journal[:3] == [f"begin {QUEUE} 1", "handle 1", f"end {QUEUE} 1"]
