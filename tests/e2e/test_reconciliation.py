"""A webhook that never came: the message is found in Twilio's list, and answered once."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlmodel import col

from handoff_common.database import Database
from handoff_common.tables import MessageRow
from harness.operators import Operator
from harness.product import ACCOUNT_SID, AUTH_TOKEN, Product
from harness.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


PHOTO = {"url": "https://example.com/photo.jpg", "content_type": "image/jpeg"}


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("listed", [True, False])
async def test_the_files_of_a_message_whose_webhook_was_lost_are_found_or_said_to_be_missing(
    product: Product, helena: Operator, ana: str, *, listed: bool
) -> None:
    await product.customers.faults(webhook_drop=1, media_unlisted=0 if listed else 1)
    photo = f"a foto de {ana}"
    lost = await product.customers.write(ana, photo, wait=True, media=[PHOTO])
    conversation = await helena.conversation_with(ana)
    await product.customers.faults()
    late = await product.customers.write(ana, photo, wait=True, media=[PHOTO], sid=lost["sid"])
    assert late["delivered"]
    await product.customers.write(ana, "chegou?", wait=True)

    async def came() -> bool:
        thread = await helena.thread(conversation["id"])
        return any(message["text"] == "chegou?" for message in thread)

    await until(came, "what came after the late webhook")
    [content] = await contents(product, photo, lost["sid"])
    if not listed:
        assert content == {"media_missing": 1}
        return
    [media] = content["media"]
    assert media["content_type"] == PHOTO["content_type"]
    async with httpx2.AsyncClient(auth=(ACCOUNT_SID, AUTH_TOKEN)) as twilio:
        answer = await twilio.get(media["url"])
    assert (answer.status_code, answer.headers["location"]) == (307, PHOTO["url"])


async def contents(product: Product, text: str, sid: str) -> list[dict[str, Any]]:
    """Return what came with the messages of that text, which must all be the one with that Sid."""
    database = Database(product.database_url, pool_size=1)
    async with database.read() as connection:
        rows = await connection.execute(
            select(col(MessageRow.content), col(MessageRow.message_sid)).where(
                col(MessageRow.text) == text
            )
        )
        found = rows.all()
    await database.close()
    assert {row.message_sid for row in found} == {sid}
    return [row.content for row in found]


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
