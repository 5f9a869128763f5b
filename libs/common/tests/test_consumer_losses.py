from collections import Counter

import pytest

from handoff_common.errors import AwayError, TransientError
from handoff_common.testing.consuming import (
    QUEUE,
    Recorder,
    consume,
    consuming,
    delivery,
)


async def test_a_server_that_is_away_is_waited_for_and_the_event_handled_then(
    recorder: Recorder,
) -> None:
    recorder.faults[1] = [AwayError("database"), AwayError("database")]
    recorder.starts_faults = [AwayError("database")]
    journal = await consume(recorder, delivery(1, redelivered=True), until="ack 1")
    assert journal == [
        f"begin {QUEUE} 1",
        *["handle 1"] * 3,
        f"end {QUEUE} 1",
        "publish 10",
        "ack 1",
    ]


async def test_a_publish_that_was_not_confirmed_is_made_again(recorder: Recorder) -> None:
    recorder.broker.fail("publish", AwayError("broker"))
    journal = await consume(recorder, delivery(1), until="ack 1")
    assert journal == ["handle 1", "publish 10 ! AwayError", "publish 10", "ack 1"]


@pytest.mark.parametrize("batch", [1, 8])
async def test_a_lost_subscription_is_taken_again_and_nothing_is_lost(
    recorder: Recorder, batch: int
) -> None:
    recorder.broker.fail("subscribe", AwayError("broker"), None)
    recorder.broker.fail("next", AwayError("broker"))
    await consume(recorder, delivery(1), until="ack 1" if batch == 1 else "ack -1", batch=batch)
    subscribed = [entry for entry in recorder.broker.journal if entry.startswith("subscribe")]
    assert len(subscribed) == 3
    assert recorder.batches == [[1]]


@pytest.mark.parametrize(("batch", "ack"), [(1, "ack 1"), (8, "ack -1")])
async def test_what_could_not_be_acknowledged_comes_again_and_is_published_again(
    recorder: Recorder, batch: int, ack: str
) -> None:
    # Nothing else arrives meanwhile: the loss must be noticed without the next delivery.
    recorder.broker.fail("ack", AwayError("broker"))
    await consume(recorder, delivery(1), until=ack, batch=batch)
    assert recorder.batches == [[1], [1]]
    assert [each.id.int for each in recorder.broker.published] == [10, 10]


@pytest.mark.parametrize(("batch", "ack"), [(1, "ack 1"), (8, "ack -1")])
async def test_what_could_not_be_put_off_comes_again_although_deliveries_go_on(
    recorder: Recorder, batch: int, ack: str
) -> None:
    recorder.faults[1] = [TransientError("503"), TransientError("503")]
    recorder.broker.fail("retry", AwayError("the publishing connection"))
    journal = await consume(recorder, delivery(1), until=ack, batch=batch)
    assert journal[-2:] == ["retry 1", ack]


async def test_a_failure_to_settle_stops_the_next_batch_from_passing_it(
    recorder: Recorder,
) -> None:
    broker = recorder.broker
    broker.fail("ack", AwayError("broker"))
    confirm = broker.hold("publish")
    broker.give(delivery(1))
    async with consuming(recorder, batch=2):
        await broker.asked("handle 1")
        broker.give(delivery(2))
        await broker.asked("handle 2")
        confirm.set()
        await broker.asked("ack -2")
    acks = [entry for entry in broker.journal if entry.startswith("ack")]
    assert acks == ["ack -1 ! AwayError", "ack -2"]
    assert [each.id.int for each in broker.published] == [10, 10, 20]


async def test_workers_handle_at_once_and_a_loss_of_the_broker_cuts_none_of_them_off(
    recorder: Recorder,
) -> None:
    broker = recorder.broker
    broker.give(delivery(1), delivery(2))
    handling = broker.hold("handle")
    async with consuming(recorder, workers=2):
        await broker.until(lambda: len(recorder.batches) == 2)
        broker.fail("ack", AwayError("broker"))
        handling.set()
        await broker.asked("ack 1")
        await broker.asked("ack 2")
    # The one whose ack was lost came again; the other had its end in peace.
    assert Counter(broker.journal)["handle 1"] + Counter(broker.journal)["handle 2"] == 3


async def test_stop_drains_what_was_taken_and_takes_nothing_more(recorder: Recorder) -> None:
    broker = recorder.broker
    handling = broker.hold("handle")
    broker.give(delivery(1))
    async with consuming(recorder) as consumer:
        await broker.until(lambda: recorder.batches != [])
        consumer.stop()
        broker.give(delivery(2))
        handling.set()
        await broker.asked("ack 1")
    assert recorder.batches == [[1]]
    waiting = broker.take()
    assert waiting is not None
    assert waiting.tag == 2


async def test_stop_in_a_batch_waits_for_its_confirms(recorder: Recorder) -> None:
    broker = recorder.broker
    confirm = broker.hold("publish")
    broker.give(delivery(1))
    async with consuming(recorder, batch=8) as consumer:
        await broker.asked("handle 1")
        consumer.stop()
        confirm.set()
    assert broker.journal[-2:] == ["publish 10", "ack -1"]


@pytest.mark.parametrize("redelivered", [False, True])
@pytest.mark.parametrize("deliveries", [1, 2])
async def test_stopping_while_the_database_is_away_settles_nothing(
    recorder: Recorder, deliveries: int, *, redelivered: bool
) -> None:
    broker = recorder.broker
    numbers = range(1, deliveries + 1)
    for number in numbers:
        recorder.faults[number] = [AwayError("database")] * 100
    broker.give(*(delivery(number, redelivered=redelivered) for number in numbers))
    async with consuming(recorder, batch=8) as consumer:
        await broker.until(lambda: recorder.batches != [])
        consumer.stop()
    assert not any(entry.startswith(("bury", "ack", "retry")) for entry in broker.journal)
    if not redelivered:  # nor was a batch taken apart for it
        assert all(handled == list(numbers) for handled in recorder.batches)
    again = [broker.take() for _ in numbers]
    assert [each.tag for each in again if each is not None] == list(numbers)


async def test_a_consumer_that_never_got_through_stops_at_once(recorder: Recorder) -> None:
    recorder.broker.fail("subscribe", *[AwayError("broker")] * 100)
    async with consuming(recorder):
        await recorder.broker.asked(f"subscribe {QUEUE} 256 ! AwayError")


async def test_a_bug_of_the_broker_is_not_hidden(recorder: Recorder) -> None:
    recorder.broker.fail("ack", RuntimeError("bug"))
    recorder.broker.give(delivery(1))
    with pytest.raises(RuntimeError, match="bug"):
        async with consuming(recorder):
            await recorder.broker.asked("ack 1 ! RuntimeError")
    recorder.broker.fail("ack", RuntimeError("bug"))
    recorder.broker.give(delivery(2))
    with pytest.raises(RuntimeError, match="bug"):
        async with consuming(recorder, batch=8):
            await recorder.broker.asked("ack -2 ! RuntimeError")


@pytest.mark.parametrize("batch", [1, 8])
async def test_a_consumer_without_deliveries_stops_at_once(recorder: Recorder, batch: int) -> None:
    async with consuming(recorder, batch=batch):
        await recorder.broker.asked(f"subscribe {QUEUE} 256")
    assert recorder.broker.journal == [f"subscribe {QUEUE} 256"]
