"""A webhook that never came: the message is found in Twilio's list, and answered once."""

import pytest

from harness.operators import Operator
from harness.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.usefixtures("calm")
async def test_a_message_whose_webhook_was_lost_is_found_and_answered_once(
    product: Product, helena: Operator, ana: str
) -> None:
    await product.customers.faults(webhook_drop=1)
    lost = await product.customers.write(ana, "vocês aceitam pix?", wait=True)
    assert not lost["delivered"]
    await product.customers.faults()
    await product.customers.gets(ana, "Pix", seconds=30)

    # The webhook comes after all; what it causes would be there before the answer to what follows.
    late = await product.customers.write(ana, "vocês aceitam pix?", wait=True, sid=lost["sid"])
    assert late["delivered"]
    await product.customers.write(ana, "abrem domingo?")
    texts = await product.customers.gets(ana, "domingos")
    conversation = await helena.conversation_with(ana)
    thread = await helena.settled_thread(conversation["id"])
    written = [m["text"] for m in thread if m["author"] == "customer"]
    assert written == ["vocês aceitam pix?", "abrem domingo?"]
    assert len(texts) == 2
