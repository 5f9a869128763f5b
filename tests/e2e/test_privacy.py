"""What people write, and who they are, stays out of every log; what happened can be followed."""

import json
import secrets
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from harness.operators import Operator
from harness.product import Product
from harness.waiting import until
from harness.webhooks import MESSAGE, STATUS, Webhooks, message_form, status_form

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

MARKER = f"segredo{secrets.token_hex(8)}"
ABOUT_CONVERSATIONS = {"turn.decided", "send.attempted", "send.settled", "conversation.passed",
                       "command.answered", "message.ended"}  # fmt: skip


def lines_of(product: Product) -> list[dict[str, Any]]:
    """Return every line that the product's processes have logged. Raises if one is no JSON."""
    return [
        json.loads(line)
        for process in product.processes
        for line in process.log_path.read_text().splitlines()
    ]


@pytest.mark.usefixtures("calm")
async def test_no_log_holds_what_people_wrote_or_who_they_are(
    product: Product, webhooks: Webhooks, helena: Operator, ana: str
) -> None:
    script = [
        {"contains": MARKER, "fault": fault}
        for fault in ("reject_429", "error_500_after", "cut_after", "fail")
    ]
    await product.customers.faults(script=script)
    await product.customers.write(ana, f"olá, {MARKER}", profile_name=f"Ana {MARKER}")
    await product.customers.write(ana, f"quero um atendente {MARKER}")
    await _operators_write(product, helena, ana)
    await _strangers_write(product, webhooks, helena, ana)

    logs = product.logs()
    assert "send.settled" in logs
    assert MARKER not in logs
    assert ana.removeprefix("+") not in logs
    assert product.options.log_level == "DEBUG"


async def _operators_write(product: Product, helena: Operator, ana: str) -> None:
    """Everything that an operator can write, with some trouble on its way."""
    conversation = (await helena.conversation_with(ana))["id"]
    assert (await helena.reply(conversation, f"cedo demais {MARKER}"))[0] == 409
    assert (await helena.claim(conversation))[0] == 200
    await helena.is_owner(conversation, "human")
    for index in range(4):
        assert (await helena.reply(conversation, f"resposta {index} {MARKER}"))[0] == 200
    await helena.settled_thread(conversation)
    assert f"resposta 3 {MARKER}" in await product.customers.got(ana)
    assert (await helena.give_back(conversation, f"combinado {MARKER}"))[0] == 200


async def _strangers_write(
    product: Product, webhooks: Webhooks, helena: Operator, ana: str
) -> None:
    """Everything that is refused: bad webhooks, bad bodies, wrong passwords."""
    form = message_form(ana, MARKER, ProfileName=MARKER)
    assert (await webhooks.post(MESSAGE, form, signature=MARKER)).status_code == 403
    assert (await webhooks.post(MESSAGE, form | {"MessageSid": MARKER})).status_code == 400
    assert (await webhooks.post(MESSAGE, form | {"To": f"whatsapp:{ana}"})).status_code == 403
    assert (await webhooks.post(MESSAGE, form | {"Body": MARKER * 20_000})).status_code == 413
    odd = form | {"NumMedia": MARKER, "Latitude": MARKER, "MessageSid": f"SM{uuid4().hex}"}
    assert (await webhooks.post(MESSAGE, odd)).status_code == 200
    report = status_form(f"SM{uuid4().hex}", MARKER)
    path = f"{STATUS}?c={uuid4()}&m={uuid4()}&a=1"
    assert (await webhooks.post(path, report)).status_code == 204
    assert (await webhooks.post(f"{STATUS}?c={MARKER}", report)).status_code == 400

    conversation = (await helena.conversation_with(ana))["id"]
    for body in ({MARKER: 1}, {"epoch": MARKER}, {"epoch": 0, "seq": 0, "text": MARKER * 1000}):
        answer = await helena.click(conversation, "reply", body)
        assert answer.status_code == 422
        assert MARKER not in answer.text
    assert (await helena.ask(f"/api/conversations/{MARKER}")).status_code == 422
    assert (await helena.ask("/api/conversations", cursor=MARKER)).status_code == 400
    async with httpx2.AsyncClient(base_url=product.api_url, timeout=30) as stranger:
        wrong = {"email": f"{MARKER}@example.com", "password": MARKER}
        assert (await stranger.post("/api/session", json=wrong)).status_code == 401
        broken = await stranger.post("/api/session", content=f'{{"password": "{MARKER}')
        assert broken.status_code == 422


async def test_every_log_line_is_an_object_that_says_what_happened_where(
    product: Product, helena: Operator, ana: str
) -> None:
    await product.customers.write(ana, "vocês aceitam pix?")
    await product.customers.gets(ana, "Pix")
    conversation = (await helena.conversation_with(ana))["id"]
    await helena.settled_thread(conversation)
    assert (await helena.claim(conversation))[0] == 200

    met: set[str] = set()
    for line in lines_of(product):
        assert {"service", "event", "timestamp", "level"} <= line.keys()
        if line["event"] in ABOUT_CONVERSATIONS:
            assert line.get("conversation_id") or line.get("subject_id"), line
            met.add(line["event"])
    assert met >= ABOUT_CONVERSATIONS - {"message.ended"}
    ours = [line for line in lines_of(product) if conversation in json.dumps(line)]
    for line in ours:
        assert line["event_id"], line
        assert line["trace"], line
    assert {line["event"] for line in ours} >= met - {"message.ended"}


async def test_a_trace_is_followed_from_the_webhook_to_the_answer(
    product: Product, webhooks: Webhooks, ana: str
) -> None:
    trace_id = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
    form = message_form(ana, "vocês aceitam pix?")
    assert (await webhooks.post(MESSAGE, form, headers=headers)).status_code == 200
    await product.customers.gets(ana, "Pix")

    async def settled() -> list[dict[str, Any]]:
        traced = [line for line in lines_of(product) if trace_id in line.get("trace", "")]
        return traced if any(line["event"] == "send.settled" for line in traced) else []

    lines = sorted(
        await until(settled, "the answer in the log"), key=lambda line: line["timestamp"]
    )
    way = [line["event"] for line in lines if line["level"] != "debug"]
    assert way == ["event.published", "turn.decided", "send.attempted", "send.settled"]
