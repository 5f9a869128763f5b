"""What comes to the webhooks: only what is genuine gets in, and it gets in once."""

import asyncio
import json
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from harness.operators import Operator
from harness.product import AUTH_TOKEN, Product
from harness.waiting import until
from harness.webhooks import FORM_TYPE, MESSAGE, STATUS, Webhooks, message_form, status_form

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LONG_BODY = 300 * 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that must not get in: what is changed in a good one, and what it is told."""

    status: int
    fields: dict[str, str] = field(default_factory=dict[str, str])
    token: str = AUTH_TOKEN
    path: str = MESSAGE
    signed_path: str = ""
    signature: str | None = None
    content_type: str = FORM_TYPE


REFUSED = {
    "unsigned": Refused(403, signature=""),
    "signed with another token": Refused(403, token="another-token"),
    "signed for another URL": Refused(403, signed_path="/webhook"),
    "signature of nothing": Refused(403, signature="AAAA"),
    "another account": Refused(403, {"AccountSid": "AC" + "f" * 32}),
    "another number of ours": Refused(403, {"To": "whatsapp:+5511999999999"}),
    "a SID that is none": Refused(400, {"MessageSid": "SM1"}),
    "a sender that is none": Refused(400, {"From": "Ana"}),
    "no account": Refused(400, {"AccountSid": ""}),
    "too many fields": Refused(400, {f"Extra{index}": "x" for index in range(600)}),
    "too large": Refused(413, {"Body": "x" * LONG_BODY}),
    "another content type": Refused(415, content_type="application/json"),
    "report: unsigned": Refused(403, path=f"{STATUS}?c={uuid4()}&m={uuid4()}&a=1", signature=""),
    "report: ids that are none": Refused(400, path=f"{STATUS}?c=1&m=2&a=3"),
    "report: no status": Refused(400, path=f"{STATUS}?c={uuid4()}&m={uuid4()}&a=1"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_right_is_refused_with_its_status(
    case: str, product: Product, webhooks: Webhooks, ana: str
) -> None:
    refused = REFUSED[case]
    form = message_form(ana, "não devia entrar", **refused.fields)
    signature = refused.signature
    if signature is None:
        signature = webhooks.signed(refused.signed_path or refused.path, form, token=refused.token)
    answer = await webhooks.post(
        refused.path, form, signature=signature, headers={"Content-Type": refused.content_type}
    )
    assert answer.status_code == refused.status
    assert "não devia" not in answer.text
    assert await product.customers.phone(ana) == []


async def test_what_was_refused_left_nothing_behind(
    product: Product, webhooks: Webhooks, helena: Operator, ana: str
) -> None:
    form = message_form(ana, "vocês aceitam pix?")
    for signature in ("", "AAAA", webhooks.signed("/webhook", form)):
        assert (await webhooks.post(MESSAGE, form, signature=signature)).status_code == 403
    altered = await webhooks.post(
        MESSAGE, form | {"Body": "outra coisa"}, signature=webhooks.signed(MESSAGE, form)
    )
    assert altered.status_code == 403

    assert (await webhooks.post(MESSAGE, form)).status_code == 200
    texts = await product.customers.gets(ana, "Pix")
    conversation = await helena.conversation_with(ana)
    thread = await helena.settled_thread(conversation["id"])
    assert [m["text"] for m in thread] == ["vocês aceitam pix?", *texts]
    assert len(texts) == 1


async def test_other_methods_are_refused(webhooks: Webhooks) -> None:
    for path in (MESSAGE, "/whatsapp", "/webhook", STATUS):
        for method in ("GET", "PUT", "DELETE"):
            assert (await webhooks.request(method, path)).status_code == 405


@pytest.mark.parametrize("path", ["/whatsapp", "/webhook"])
async def test_the_aliases_take_messages_too(
    path: str, product: Product, webhooks: Webhooks, ana: str
) -> None:
    assert (await webhooks.post(path, message_form(ana, "aceitam pix?"))).status_code == 200
    assert len(await product.customers.gets(ana, "Pix")) == 1


async def test_a_repeated_webhook_is_one_message_and_one_answer(
    product: Product, webhooks: Webhooks, helena: Operator, ana: str
) -> None:
    form = message_form(ana, "vocês abrem domingo?")
    answers = await asyncio.gather(*(webhooks.post(MESSAGE, form) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    await product.customers.gets(ana, "domingos")

    assert (await webhooks.post(MESSAGE, form)).status_code == 200
    # Whatever the late repetition caused would be there before the answer to what came after it.
    assert (await webhooks.post(MESSAGE, message_form(ana, "e pix?"))).status_code == 200
    texts = await product.customers.gets(ana, "Pix")
    conversation = await helena.conversation_with(ana)
    thread = await helena.settled_thread(conversation["id"])
    written = [m["text"] for m in thread if m["author"] == "customer"]
    assert written == ["vocês abrem domingo?", "e pix?"]
    assert len(texts) == 2


async def test_a_late_report_never_takes_a_message_back(
    product: Product, webhooks: Webhooks, helena: Operator, ana: str
) -> None:
    await product.customers.write(ana, "vocês aceitam pix?")
    await product.customers.gets(ana, "Pix")
    conversation = await helena.conversation_with(ana)
    [answer] = [shown for shown in await product.customers.phone(ana) if shown.is_ours]
    path = f"{STATUS}?c={conversation['id']}&m={answer.message_id}&a=1"

    async def was_read() -> bool:
        thread = await helena.thread(conversation["id"])
        return [m["delivery"] for m in thread if m["id"] == answer.message_id] == ["read"]

    assert (await webhooks.post(path, status_form(answer.sid, "read"))).status_code == 204
    await until(was_read, "the message to be read")
    for status in ("delivered", "sent", "queued"):
        assert (await webhooks.post(path, status_form(answer.sid, status))).status_code == 204
    # What those reports did would be there before the answer to what came after them.
    await product.customers.write(ana, "abrem domingo?")
    await product.customers.gets(ana, "domingos")
    assert await was_read()


async def test_reports_about_nothing_of_ours_change_nothing(
    product: Product, webhooks: Webhooks
) -> None:
    sid = f"SM{uuid4().hex}"
    unknown = f"{STATUS}?c={uuid4()}&m={uuid4()}&a=1"
    for path, status in ((unknown, "delivered"), (unknown, "invented"), (STATUS, "delivered")):
        answer = await webhooks.post(path, status_form(sid, status))
        assert answer.status_code == 204
    assert json.loads(await product.command("dlq", "list", "--json")) == []
