"""A stand-in for Google's Gemini API, over HTTP: answers and faults as a test scripts them.

Faithful to the published shape of `generateContent` and of google.rpc.Status; it checks what the
service checks of a request. It has never been compared with the service itself.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

KEY = "AIza-a-key-for-tests"
MODEL = "gemini-3.5-flash-lite"
NOTE = "nota_da_equipe"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as it came."""

    path: str
    headers: Mapping[str, str]
    body: Json

    @property
    def rules(self) -> str:
        return str(self.body["systemInstruction"]["parts"][0]["text"])

    @property
    def parts(self) -> list[str]:
        """The texts of the last turn: passages, then the conversation."""
        return [part["text"] for part in self.body["contents"][-1]["parts"]]

    @property
    def passages(self) -> list[Json]:
        return cast("list[Json]", json.loads(self.parts[0])["passagens"])

    @property
    def said(self) -> Json:
        """What the conversation part tells, its objects put together; a remark is no object."""
        decoder, rest, found = json.JSONDecoder(), self.parts[1].lstrip(), Json()
        while rest.startswith("{"):
            value, end = decoder.raw_decode(rest)
            found |= value
            rest = rest[end:].lstrip()
        return found | {"remark": rest}

    @property
    def new(self) -> str:
        return "\n".join(line["texto"] for line in self.said["mensagens_novas"])


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. `cut`: the connection ends after so many bytes of it; `delay` in seconds."""

    status: int = 200
    body: bytes = b""
    delay: float = 0
    cut: int | None = None

    @property
    def wire(self) -> bytes:
        head = f"HTTP/1.1 {self.status} X\r\nContent-Type: application/json; charset=UTF-8\r\n"
        head += f"Content-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        return (head.encode() + self.body)[: self.cut]


def proposing(action: str, text: str, *sources: str, reason: str = "none") -> Answer:
    """Return an answer with a decision, as the model writes it."""
    said = {
        "action": action, "text": text, "reason": reason, "sources": sources, "language": "pt-BR"
    }  # fmt: skip
    return finished(json.dumps(said, ensure_ascii=False))


def finished(text: str | None, reason: str = "STOP", **more: object) -> Answer:
    """Return a candidate that ended for a reason; without a text it has no parts."""
    content = {"role": "model"} | ({} if text is None else {"parts": [{"text": text}]})
    usage = {"promptTokenCount": 900, "candidatesTokenCount": 60, "totalTokenCount": 960}
    return answered(
        {
            "candidates": [{"content": content, "finishReason": reason, "index": 0}],
            "usageMetadata": usage,
            "modelVersion": MODEL,
            "responseId": "r",
        }
        | more
    )


def answered(body: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False).encode())


def refused(code: int, status: str, *details: Json) -> Answer:
    """Return an error as Google's services give it."""
    error = {"code": code, "message": "An error of a test.", "status": status, "details": details}
    return answered({"error": error}, code)


def too_many(
    *, delay: str = "", quota: str = "GenerateRequestsPerMinutePerProjectPerModel"
) -> Answer:
    """Return the refusal of one call too many."""
    failure = {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": quota, "quotaValue": "15"}],
    }
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}
    return refused(429, "RESOURCE_EXHAUSTED", failure, *([retry] if delay else []))


WRONG_KEY = refused(
    400,
    "INVALID_ARGUMENT",
    {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
    },
)
Script = Callable[[Call], Answer]


@dataclass
class GeminiServer:
    """Answers each call by its script, which may be changed; keeps the calls."""

    script: Script
    url: str = ""
    calls: list[Call] = field(default_factory=list[Call])

    def settings(self) -> dict[str, str]:
        """Return the environment that leads the product here."""
        return {"GOOGLE_API_KEY": KEY, "GEMINI_API_BASE_URL": self.url}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            call = await _call(reader)
            self.calls.append(call)
            answer = _complaint(call) or self.script(call)
            await asyncio.sleep(answer.delay)
            writer.write(answer.wire)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller has left, as it may
        finally:
            writer.close()


@asynccontextmanager
async def gemini(*answers: Answer, script: Script | None = None) -> AsyncGenerator[GeminiServer]:
    """Serve on a free port: these answers in turn, the last one for ever; or by a script."""
    given = list(answers)

    def next_one(_call: Call) -> Answer:
        return given.pop(0) if len(given) > 1 else given[0]

    server = GeminiServer(script or next_one)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    server.url = f"http://{host}:{port}"
    async with listening:
        yield server


async def _call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = [line.partition(": ") for line in head[1:] if line]
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(head[0].split()[1], headers, json.loads(body or b"{}"))


def _complaint(call: Call) -> Answer | None:
    """Refuse what the service refuses; nothing is wrong with most."""
    if call.headers.get("x-goog-api-key") != KEY:
        return WRONG_KEY
    if call.path != f"/v1/models/{MODEL}:generateContent":
        return refused(404, "NOT_FOUND")
    if int(call.headers.get("x-server-timeout", 10)) < 10:  # it has been seen to be that strict
        return refused(400, "INVALID_ARGUMENT")
    if not call.body.get("contents") or call.body["contents"][-1].get("role") != "user":
        return refused(400, "INVALID_ARGUMENT")
    return None
