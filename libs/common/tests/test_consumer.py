import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog
from pydantic import TypeAdapter

from handoff_common.errors import TransientError
from handoff_common.events import BotRequested, ConversationChanged, CustomerWrote
from handoff_common.messaging.broker import Delivery
from handoff_common.messaging.consumer import Consumer
from handoff_common.messaging.handling import Handled, Intake
from handoff_common.testing.consuming import (
    NOW,
    PRIVATE,
    QUEUE,
    Recorder,
    consume,
    consuming,
    delivery,
    effect,
    event,
    unreadable,
)
from handoff_common.testing.logs import Logs


async def test_an_event_is_acknowledged_after_its_effects_are_confirmed(
    recorder: Recorder,
) -> None:
    confirm = recorder.broker.hold("publish")
    recorder.broker.give(delivery(1))
    async with consuming(recorder):
        await recorder.broker.asked("handle 1")
        assert "ack 1" not in recorder.broker.journal
        confirm.set()
        await recorder.broker.asked("ack 1")
    assert recorder.broker.journal[1:] == ["handle 1", "publish 10", "ack 1"]
    assert recorder.broker.published == [effect(1)]


async def test_a_batch_is_one_transaction_one_publish_and_one_acknowledgement(
    recorder: Recorder,
) -> None:
    deliveries = [delivery(number) for number in (1, 2, 3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert journal == ["handle 1 2 3", "publish 10 20 30", "ack -3"]


async def test_a_batch_is_at_most_as_large_as_it_may_be(recorder: Recorder) -> None:
    deliveries = [delivery(number) for number in (1, 2, 3)]
    await consume(recorder, *deliveries, until="ack -3", batch=2)
    assert recorder.batches == [[1, 2], [3]]


async def test_the_next_transaction_starts_while_the_last_confirms_are_outstanding(
    recorder: Recorder,
) -> None:
    broker = recorder.broker
    confirm = broker.hold("publish")
    broker.give(delivery(1))
    async with consuming(recorder, batch=2):
        await broker.asked("handle 1")
        broker.give(delivery(2))
        await broker.asked("handle 2")
        assert not any(entry.startswith("ack") for entry in broker.journal)
        confirm.set()
        await broker.asked("ack -2")
    acks = [entry for entry in broker.journal if entry.startswith(("publish", "ack"))]
    assert acks == ["publish 10", "ack -1", "publish 20", "ack -2"]


async def test_hints_and_the_answer_follow_the_effects(recorder: Recorder) -> None:
    hint = ConversationChanged(
        id=UUID(int=7), time=NOW, conversation_id=UUID(int=1), version=1, owner="bot"
    )
    recorder.outcomes[1] = Handled(effects=[effect(1)], hints=[hint], answer=effect(5))
    journal = await consume(recorder, delivery(1, reply_to="here"), until="ack 1")
    assert journal == ["handle 1", "publish 10", "hint 7", "reply here 50", "ack 1"]


async def test_an_answer_that_nobody_waits_for_is_not_sent(recorder: Recorder) -> None:
    recorder.outcomes[1] = Handled(answer=effect(5))
    assert await consume(recorder, delivery(1), until="ack 1") == ["handle 1", "ack 1"]


async def test_an_unreadable_event_is_buried_at_once_and_its_neighbours_are_handled(
    recorder: Recorder,
) -> None:
    deliveries = [delivery(1), unreadable(2), delivery(3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert journal == ["bury 2 unreadable", "handle 1 3", "publish 10 30", "ack -3"]


async def test_an_unreadable_event_alone_is_buried_and_acknowledged(recorder: Recorder) -> None:
    journal = await consume(recorder, unreadable(1), until="ack 1")
    assert journal == ["bury 1 unreadable", "ack 1"]
    journal = await consume(recorder, unreadable(2), until="ack -2", batch=8)
    assert journal[2:] == ["bury 2 unreadable", "ack -2"]


async def test_a_failing_batch_is_taken_apart_and_only_the_offender_dies(
    recorder: Recorder,
) -> None:
    recorder.faults[2] = [KeyError(PRIVATE), KeyError(PRIVATE)]
    deliveries = [delivery(number) for number in (1, 2, 3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert recorder.batches == [[1, 2, 3], [1], [2], [3]]
    assert journal[4:] == ["publish 10 30", "bury 2 KeyError", "ack -3"]


async def test_a_handler_that_forgets_an_event_of_a_batch_is_found_out(recorder: Recorder) -> None:
    class Forgetful(Recorder):
        async def handle(self, events: Sequence[BotRequested]) -> Sequence[Handled]:
            return (await super().handle(events))[:1]

    forgetful = Forgetful(recorder.broker)
    journal = await consume(forgetful, delivery(1), delivery(2), until="ack -2", batch=8)
    assert journal == ["handle 1 2", "handle 1", "handle 2", "publish 10 20", "ack -2"]


async def test_a_transient_failure_is_put_off_and_then_acknowledged(recorder: Recorder) -> None:
    recorder.faults[1] = [TransientError("503")]
    journal = await consume(recorder, delivery(1, attempt=7), until="ack 1")
    assert journal == ["handle 1", "retry 1", "ack 1"]


async def test_a_transient_failure_is_dead_when_its_tries_are_used_up(recorder: Recorder) -> None:
    recorder.faults[1] = [TransientError("503")]
    journal = await consume(recorder, delivery(1, attempt=8), until="ack 1")
    assert journal == ["handle 1", "bury 1 retries exhausted: 503", "ack 1"]


async def test_a_bug_is_dead_with_the_name_of_its_class_and_no_text_in_reason_or_log(
    recorder: Recorder, logs: Logs
) -> None:
    recorder.faults[1] = [ValueError(PRIVATE)]
    journal = await consume(recorder, delivery(1), unreadable(2), until="ack 2")
    assert journal == ["handle 1", "bury 1 ValueError", "ack 1", "bury 2 unreadable", "ack 2"]
    dead = next(line for line in logs() if line["event"] == "event.dead")
    assert dead["error"] == "ValueError"
    assert dead["subject_id"] == str(event(1).conversation_id)
    assert PRIVATE not in logs.text


async def test_an_effect_that_nobody_routes_buries_only_the_event_it_follows_from(
    recorder: Recorder,
) -> None:
    stray = CustomerWrote(
        id=UUID(int=99), time=NOW, message_sid="SM1", customer="c", business="b",
        text="", received_at=NOW,
    )  # fmt: skip
    recorder.broker.unroutable.add("customer.wrote.v1")
    recorder.outcomes[2] = Handled(effects=[stray])
    deliveries = [delivery(number) for number in (1, 2, 3)]
    journal = await consume(recorder, *deliveries, until="ack -3", batch=8)
    assert journal == [
        "handle 1 2 3",
        "publish 10",
        "publish 30",
        "bury 2 unroutable: customer.wrote.v1",
        "ack -3",
    ]


async def test_logs_name_the_conversation_and_never_an_address(
    recorder: Recorder, logs: Logs
) -> None:
    wrote = CustomerWrote(
        id=UUID(int=1), time=NOW, message_sid="SM1", customer="whatsapp:+5511987654321",
        business="whatsapp:+551140001234", text=PRIVATE, received_at=NOW,
    )  # fmt: skip

    async def handle(_: Sequence[CustomerWrote]) -> Sequence[Handled]:
        structlog.get_logger().info("customer.handled")
        return [Handled()]

    broker = recorder.broker
    body = wrote.model_dump_json().encode()
    broker.give(Delivery(1, QUEUE, "customer.wrote.v1", body))
    consumer = Consumer(broker, Intake(QUEUE), TypeAdapter(CustomerWrote), handle, recorder)
    running = asyncio.create_task(consumer.run())
    await broker.asked("ack 1")
    consumer.stop()
    await running
    [handled] = logs()
    assert handled["event_id"] == str(UUID(int=1))
    assert handled["subject_id"] == ""
    assert "5511987654321" not in logs.text
    assert PRIVATE not in logs.text
