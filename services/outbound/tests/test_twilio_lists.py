"""Twilio's list over a real socket."""

from datetime import UTC, datetime

import pytest

from handoff_common.events import Media
from handoff_outbound.adapters.twilio import TwilioChannel
from handoff_outbound.domain.matching import ListingError

from .endpoint import PATH, SID, Answer, Server, cuts, message, page, refuses, says
from .world import BUSINESS, CUSTOMER, START


async def test_what_we_sent_is_listed_back_to_the_claim(
    server: Server, channel: TwilioChannel
) -> None:
    old = message("SM3", "Sun, 01 Mar 2026 11:59:00 +0000")
    more = PATH.removeprefix("/simulator") + "?Page=1&PageToken=PASM2"
    server.script = [
        page(message("SM1"), old, next_page=more),  # not sorted strictly: one old one ends nothing
        page(message("SM2"), next_page=more),
        page(old, next_page=more),
    ]

    found = await channel.sent(BUSINESS, CUSTOMER, START)

    assert [listed.sid for listed in found] == ["SM1", "SM3", "SM2", "SM3"]
    assert found[0].created_at == datetime(2026, 3, 1, 12, 0, 3, tzinfo=UTC)
    assert (found[0].sender, found[0].recipient, found[0].body) == (BUSINESS, CUSTOMER, "Bom dia")
    assert not found[0].inbound
    assert server.queries[0] == {"To": CUSTOMER, "From": BUSINESS, "PageSize": "100"}
    assert server.queries[1] == {"Page": "1", "PageToken": "PASM2"}
    assert server.paths == [PATH] * 3


async def test_what_customers_sent_is_listed_page_by_page(
    server: Server, channel: TwilioChannel
) -> None:
    own = {"direction": "inbound", "from": CUSTOMER, "to": BUSINESS, "num_media": "1"}
    received = message() | own
    server.script = [page(received)]

    pages = [found async for found in channel.received(BUSINESS, START)]

    [[listed]] = pages
    assert listed.inbound
    assert listed.files == 1
    assert (listed.sender, listed.recipient) == (CUSTOMER, BUSINESS)
    assert server.queries == [{"To": BUSINESS, "PageSize": "100"}]


async def test_the_files_of_a_message_are_where_its_webhook_would_say(
    server: Server, channel: TwilioChannel
) -> None:
    path = f"{PATH.removeprefix('/simulator').removesuffix('.json')}/{SID}/Media"
    file = {"sid": "ME1", "content_type": "image/jpeg", "uri": f"{path}/ME1.json"}
    server.script = [says(200, {"media_list": [file], "next_page_uri": None})]

    found = await channel.media(SID)

    assert found == [Media(url=f"{server.base}{path}/ME1", content_type="image/jpeg")]
    assert server.paths == [f"/simulator{path}.json"]


async def test_files_that_can_not_be_listed_are_an_error(
    server: Server, channel: TwilioChannel
) -> None:
    server.script = [refuses(404, 20404)]

    with pytest.raises(ListingError):
        await channel.media(SID)


@pytest.mark.parametrize(
    "answer",
    [
        says(500, "x"),
        refuses(401, 20003),
        says(200, "<html>"),
        says(200, {"unexpected": 1, "more": 2}),
        says(429, {}),
        cuts,
        page(message(created="yesterday")),
        page({"sid": SID}),
    ],
)
async def test_a_list_that_cannot_be_read_is_an_error(
    server: Server, channel: TwilioChannel, answer: Answer
) -> None:
    server.script = [answer] * 2  # aiohttp asks again where that is harmless

    with pytest.raises(ListingError):
        await channel.sent(BUSINESS, CUSTOMER, START)


async def test_a_list_without_an_end_is_an_error(server: Server, channel: TwilioChannel) -> None:
    again = PATH.removeprefix("/simulator")
    server.script = [page(message(), next_page=again)] * 12

    with pytest.raises(ListingError, match="too many pages"):
        await channel.sent(BUSINESS, CUSTOMER, START)
    assert len(server.paths) == 11
