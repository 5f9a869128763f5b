"""The documents about events: what there is, who publishes it, who gets it."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from handoff_common.events import (
    AnyEvent,
    BaseEvent,
    bot,
    command,
    conversation,
    customer,
    delivery,
    event_type,
    message,
    timer,
)
from handoff_common.events.base import Part
from handoff_common.messaging.topology import TOPOLOGY

EVENTS: tuple[type[BaseEvent], ...] = get_args(AnyEvent)
MODULES: tuple[ModuleType, ...] = (
    customer,
    delivery,
    bot,
    message,
    conversation,
    timer,
    command,
)
SERVICES = ("ingress", "router", "bot", "outbound", "operator-api")

_INTRODUCTION = """\
# Events

Generated from the code by `make generate`; don't edit.

Every event is JSON in the body of a message. The wire type is the routing key and ends with the
major version; readers ignore fields that they don't know. `id` (the same in every redelivery),
`time`, `type` and the subject are those of CloudEvents. A producer is a service that builds the
event in its code; a queue belongs to the service that its name starts with. What has no queue is a
hint or an answer: it may find nobody.
"""


def events_markdown(root: Path) -> str:
    """Return `docs/events.md`."""
    producers = _producers(root)
    overview = ["| event | from | to | |", "|---|---|---|---|"]
    sections: list[str] = []
    for event in EVENTS:
        name = event_type(event)
        queues = ", ".join(f"`{queue}`" for queue in TOPOLOGY.queues_of(name)) or "-"
        sources = ", ".join(producers[event.__name__]) or "-"
        first = _doc(event).split("\n")[0]
        overview.append(
            f"| [`{name}`](#{name.replace('.', '')}) | {sources} | {queues} | {first} |"
        )
        sections.append(f"## {name}\n\n{_doc(event)}\n\n{_fields(event)}")
    parts = [f"## {part.__name__}\n\n{_doc(part)}\n\n{_fields(part)}" for part in _parts()]
    values = ["## Values", *(_values(name, allowed) for name, allowed in _literals())]
    return (
        "\n\n".join([_INTRODUCTION + "\n" + "\n".join(overview), *sections, *parts, *values]) + "\n"
    )


def asyncapi() -> dict[str, Any]:
    """Return an AsyncAPI 3.0 document: a channel per queue, which its service receives from."""
    _, definitions = models_json_schema(
        [(event, "validation") for event in EVENTS], ref_template="#/components/schemas/{model}"
    )
    names = {event_type(event): event.__name__ for event in EVENTS}
    channels = {
        queue: {
            "address": queue,
            "messages": {names[kind]: _ref("components/messages", names[kind]) for kind in types},
        }
        for queue, types in TOPOLOGY.queues.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "HandoffFlow", "version": "1", "description": "See events.md."},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": {
            f"receive.{queue}": {"action": "receive", "channel": _ref("channels", queue)}
            for queue in channels
        },
        "components": {
            "messages": {
                event.__name__: {
                    "name": event_type(event),
                    "summary": _doc(event).split("\n")[0],
                    "payload": _ref("components/schemas", event.__name__),
                }
                for event in EVENTS
            },
            "schemas": definitions["$defs"],
        },
    }


def _ref(place: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/{place}/{name}"}


def _doc(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _producers(root: Path) -> dict[str, list[str]]:
    """Return which services build which event, by class name."""
    built = {event.__name__: list[str]() for event in EVENTS}
    for service in SERVICES:
        names: set[str] = set()
        for path in (root / "services" / service / "src").rglob("*.py"):
            calls = (
                node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
            )
            names |= {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        for name in built.keys() & names:
            built[name].append(service)
    return built


def _fields(model: type[BaseModel]) -> str:
    declared: dict[str, tuple[str, str]] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, Part):
            declared |= {name: (annotation, doc) for name, annotation, doc in _declarations(kind)}
    rows = ["| field | type | default | |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        annotation, doc = declared[name]
        default = "required" if field.is_required() else f"`{_json(field.default)}`"
        text = doc.replace("\n", " ").replace("|", "\\|")
        rows.append(
            f"| `{name}` | `{annotation.replace('|', chr(92) + '|')}` | {default} | {text} |"
        )
    return "\n".join(rows)


def _declarations(kind: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    """Yield name, annotation and the string below it, for each field of the class itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)).body
    for node, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str() as text)):
                    yield node.target.id, ast.unparse(node.annotation), inspect.cleandoc(text)
                case _:
                    yield node.target.id, ast.unparse(node.annotation), ""


def _json(value: object) -> str:
    return '""' if value == "" else "null" if value is None else str(value)


def _parts() -> list[type[BaseModel]]:
    return [customer.Media, customer.Location]


def _literals() -> Iterator[tuple[str, tuple[str, ...]]]:
    for module in MODULES:
        for name, value in vars(module).items():
            if (
                get_origin(value) is Literal
                and getattr(module, name) is value
                and _defined(module, name)
            ):
                yield name, get_args(value)


def _defined(module: ModuleType, name: str) -> bool:
    """Say whether the module assigns the name itself, and doesn't only import it."""
    nodes = ast.parse(inspect.getsource(module)).body
    return any(
        isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == name
        for node in nodes
    )


def _values(name: str, allowed: tuple[str, ...]) -> str:
    return f"`{name}`: " + ", ".join(f"`{value}`" for value in allowed)
