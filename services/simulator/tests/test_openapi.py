"""Answers agree with Twilio's published OpenAPI document (trimmed, MIT: `data/LICENSE`)."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from .world import CREATE, OURS, SID, THEIRS, TOKEN, Site, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = json.loads((Path(__file__).parent / "data" / "twilio-messages.json").read_text())
BASE = "/2010-04-01/Accounts/{AccountSid}/Messages"
TYPES: dict[str, type] = {"string": str, "integer": int, "object": dict, "array": list}
RFC_2822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")


def violations(value: object, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Return where a value breaks its schema; every property must be there, and no other."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return violations(value, DOCUMENT["components"]["schemas"][name], at)
    if value is None:
        return [] if schema.get("nullable") else [f"{at}: null"]
    wanted = schema.get("type")
    if wanted and (not isinstance(value, TYPES[wanted]) or isinstance(value, bool)):
        return [f"{at}: not {wanted}"]
    wrong: list[str] = []
    if isinstance(value, str):
        wrong += _in_text(value, schema, at)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(cast("list[object]", value)):
            wrong += violations(item, schema["items"], f"{at}[{index}]")
    if isinstance(value, dict) and "properties" in schema:
        held = cast("dict[str, object]", value)
        properties: dict[str, dict[str, Any]] = schema["properties"]
        wrong += [f"{at}.{name}: missing or unknown" for name in held.keys() ^ properties.keys()]
        for name in held.keys() & properties.keys():
            wrong += violations(held[name], properties[name], f"{at}.{name}")
    return wrong


def _in_text(text: str, schema: dict[str, Any], at: str) -> list[str]:
    wrong: list[str] = []
    if "enum" in schema and text not in schema["enum"]:
        wrong.append(f"{at}: not in enum")
    if "pattern" in schema and not re.search(schema["pattern"], text):
        wrong.append(f"{at}: pattern")
    if schema.get("format") == "date-time-rfc-2822" and not RFC_2822.fullmatch(text):
        wrong.append(f"{at}: not RFC 2822")
    return wrong


def response_schema(path: str, method: str, status: str) -> dict[str, Any]:
    content = DOCUMENT["paths"][path][method]["responses"][status]["content"]
    return content["application/json"]["schema"]


async def test_the_created_message_is_as_the_document_says(simulator: Site) -> None:
    answer = await simulator.post(StatusCallback=simulator.callback())

    assert answer.status_code == 201
    assert violations(answer.json(), response_schema(f"{BASE}.json", "post", "201")) == []


async def test_fetched_and_failed_messages_are_as_the_document_says(simulator: Site) -> None:
    sid = (await simulator.post(StatusCallback=simulator.callback())).json()["sid"]
    await until(lambda: len(simulator.product.callbacks) == 1)
    path = CREATE.replace(".json", f"/{sid}.json")
    fetched = await simulator.http.get(path, auth=(SID, TOKEN))

    assert (fetched.status_code, fetched.json()["error_code"]) == (200, 63016)
    assert violations(fetched.json(), response_schema(f"{BASE}/{{Sid}}.json", "get", "200")) == []


async def test_lists_are_as_the_document_says_on_every_page(simulator: Site) -> None:
    schema = response_schema(f"{BASE}.json", "get", "200")
    await simulator.write(
        "olá", media=[{"url": "https://a.example/m", "content_type": "image/png"}]
    )
    for text in ("um", "dois"):
        await simulator.post(Body=text)
    url: str | None = f"{CREATE}?To={THEIRS.replace('+', '%2B')}&PageSize=1"
    pages = 0
    while url is not None:
        answer = await simulator.http.get(url, auth=(SID, TOKEN))
        assert violations(answer.json(), schema) == []
        url = answer.json()["next_page_uri"]
        pages += 1
    assert pages == 2
    inbound = await simulator.http.get(CREATE, params={"From": THEIRS}, auth=(SID, TOKEN))
    assert violations(inbound.json(), schema) == []
    assert [message["to"] for message in inbound.json()["messages"]] == [OURS]


async def test_the_files_of_a_message_are_as_the_document_says(simulator: Site) -> None:
    photo = {"url": "https://a.example/m", "content_type": "image/png"}
    path = CREATE.replace(".json", f"/{(await simulator.write('olá', media=[photo]))['sid']}/Media")
    listed = await simulator.http.get(f"{path}.json", auth=(SID, TOKEN))
    schema = response_schema(f"{BASE}/{{MessageSid}}/Media.json", "get", "200")
    assert violations(listed.json(), schema) == []
    [media] = listed.json()["media_list"]

    fetched = await simulator.http.get(f"{path}/{media['sid']}.json", auth=(SID, TOKEN))

    assert fetched.json() == media
    schema = response_schema(f"{BASE}/{{MessageSid}}/Media/{{Sid}}.json", "get", "200")
    assert violations(fetched.json(), schema) == []


async def test_the_validator_sees_what_is_wrong(simulator: Site) -> None:
    resource = (await simulator.post()).json()
    schema = response_schema(f"{BASE}.json", "post", "201")
    wrong: dict[str, tuple[str, object]] = {
        "$.num_media: not string": ("num_media", 0),
        "$.status: not in enum": ("status", "weird"),
        "$.sid: pattern": ("sid", "XX1"),
        "$.date_created: not RFC 2822": ("date_created", "2026-03-01T12:00:00Z"),
        "$.direction: null": ("direction", None),
        "$.surprise: missing or unknown": ("surprise", 1),
    }

    for at, (name, value) in wrong.items():
        assert violations({**resource, name: value}, schema) == [at]
