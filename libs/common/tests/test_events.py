import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from handoff_common.events import EVENT, AnyEvent, BaseEvent, CustomerWrote, event_type
from handoff_common.messaging.topology import QUEUES

GOLDEN = Path(__file__).parent / "golden"
CLASSES: tuple[type[BaseEvent], ...] = get_args(AnyEvent)
GOLDENS = {path.name.removesuffix(".json"): path for path in sorted(GOLDEN.iterdir())}
SECRET = "meu-cartao-4111"


@pytest.fixture(params=CLASSES, ids=event_type)
def kind(request: pytest.FixtureRequest) -> type[BaseEvent]:
    return request.param


def golden(kind: type[BaseEvent]) -> dict[str, Any]:
    return json.loads(GOLDENS[event_type(kind)].read_text())


def descendants(kind: type[BaseEvent]) -> set[type[BaseEvent]]:
    below = kind.__subclasses__()
    return {*below, *(found for each in below for found in descendants(each))}


def test_every_event_has_a_golden_file_and_every_golden_file_an_event() -> None:
    assert {event_type(kind) for kind in CLASSES} == set(GOLDENS)


def test_every_class_with_a_wire_type_is_in_the_union() -> None:
    typed = {kind for kind in descendants(BaseEvent) if "type" in kind.model_fields}
    assert {kind for kind in typed if kind.__module__.startswith("handoff_common")} == set(CLASSES)


def test_no_two_events_share_a_wire_type() -> None:
    assert len({event_type(kind) for kind in CLASSES}) == len(CLASSES)


def test_a_wire_type_is_subject_past_and_major_version(kind: type[BaseEvent]) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+\.v\d+", event_type(kind))


def test_what_was_published_once_can_still_be_read(kind: type[BaseEvent]) -> None:
    body = GOLDENS[event_type(kind)].read_bytes()
    event = EVENT.validate_json(body)
    assert type(event) is kind
    assert json.loads(event.model_dump_json()) == golden(kind)


def test_the_golden_file_shows_every_field(kind: type[BaseEvent]) -> None:
    assert set(golden(kind)) == set(kind.model_fields)


def test_what_an_older_producer_leaves_out_has_a_default(kind: type[BaseEvent]) -> None:
    required = {name for name, field in kind.model_fields.items() if field.is_required()}
    least = {name: value for name, value in golden(kind).items() if name in {*required, "type"}}
    assert type(EVENT.validate_python(least)) is kind


def test_unknown_fields_are_ignored(kind: type[BaseEvent]) -> None:
    newer = {**golden(kind), "added_next_year": [1, 2]}
    assert EVENT.validate_python(newer) == EVENT.validate_python(golden(kind))


def test_an_event_is_frozen(kind: type[BaseEvent]) -> None:
    event = EVENT.validate_python(golden(kind))
    with pytest.raises(ValidationError, match="frozen"):
        event.trace = "changed"  # pyright: ignore[reportAttributeAccessIssue]  # what is tested


def test_the_subject_is_the_conversation_or_the_address_pair(kind: type[BaseEvent]) -> None:
    fields = golden(kind)
    pair = f"{fields.get('business')}|{fields.get('customer')}"
    expected = pair if kind is CustomerWrote else fields["conversation_id"]
    assert EVENT.validate_python(fields).subject == expected


def test_an_event_class_must_say_what_its_subject_is() -> None:
    class Nameless(BaseEvent):
        type: str = "nameless.happened.v1"

    fields = golden(CustomerWrote)
    with pytest.raises(NotImplementedError):
        _ = Nameless(id=fields["id"], time=fields["time"]).subject


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"type": "customer.wrote.v1", "id": SECRET, "time": SECRET, "media": SECRET}),
        json.dumps({"text": SECRET}),
        json.dumps(SECRET),
        f'{{"text": "{SECRET}',
    ],
)
@pytest.mark.parametrize("schema", [EVENT, TypeAdapter(CustomerWrote)], ids=["union", "class"])
def test_the_error_of_an_unreadable_event_does_not_quote_it(
    schema: TypeAdapter[BaseEvent], body: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        schema.validate_json(body)
    assert SECRET not in str(caught.value)


def test_queues_get_only_events_of_the_union() -> None:
    assert {kind for kinds in QUEUES.values() for kind in kinds} <= set(CLASSES)
