"""Webhooks that meet no listener, a slow one, or one that is reached by another way."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from handoff_common.lifecycle import listening_socket
from handoff_simulator.adapters.store import opened
from handoff_simulator.adapters.webhooks import webhooks
from handoff_simulator.app import SimulatorSettings, create
from handoff_simulator.domain.message import Message

from .world import OURS, SID, THEIRS, TOKEN, base_of, listening

FORM = {"Body": "oi", "Blank": ""}


def nobody() -> str:
    """Return the base URL of a port that was free a moment ago."""
    with listening_socket("127.0.0.1", 0) as sock:
        return base_of(sock)


@contextmanager
def mute() -> Generator[str]:
    """Let connect, and never answer."""
    with listening_socket("127.0.0.1", 0) as sock:
        sock.listen()
        yield base_of(sock)


async def test_without_a_listener_it_is_tried_again_once_by_default() -> None:
    async with webhooks(TOKEN, None) as way_out:
        outcome = await way_out.post(f"{nobody()}/w", FORM, "token", retries=1)
        only = await way_out.post(f"{nobody()}/w", FORM, "token", retries=0)

    assert (outcome.delivered, outcome.attempts, outcome.status) == (False, 2, None)
    assert only.attempts == 1


async def test_a_slow_answer_is_a_failure_of_reading_and_the_budget_ends_the_retries() -> None:
    with mute() as base:
        async with webhooks(TOKEN, None) as way_out:
            default = await way_out.post(f"{base}/w#rt=100", FORM, "token", retries=1)
            again = await way_out.post(f"{base}/w#rt=100&rc=2&rp=rt", FORM, "token", retries=1)
            budget = await way_out.post(
                f"{base}/w#rt=200&rc=5&rp=all&tt=300", FORM, "token", retries=1
            )

    assert (default.delivered, default.attempts, default.status) == (False, 1, None)
    assert again.attempts == 3
    assert budget.attempts == 1


async def test_a_redirect_is_not_followed_and_not_tried_again() -> None:
    async with listening() as product, webhooks(TOKEN, None) as way_out:
        product.answers = [302]
        outcome = await way_out.post(f"{product.base}/webhook#rp=all&rc=3", FORM, "t", retries=1)

    assert (outcome.delivered, outcome.attempts, outcome.status) == (False, 1, 302)


async def test_a_public_address_may_be_reached_by_another_way_and_is_what_is_signed() -> None:
    public = "https://shop.example"
    async with listening() as product, webhooks(TOKEN, (public, product.base)) as way_out:
        outcome = await way_out.post(f"{public}/webhook?a=%2B1", FORM, "token", retries=1)
        [heard] = product.webhooks

    assert outcome.delivered
    assert heard.url.startswith(product.base)
    assert not heard.is_signed()
    heard.url = f"{public}/webhook?a=%2B1"
    assert heard.is_signed()


async def test_a_record_that_can_not_be_written_refuses_and_goes_on(tmp_path: Path) -> None:
    message = Message(
        sid="SM" + "a" * 32,
        direction="outbound-api",
        sender=OURS,
        recipient=THEIRS,
        body="olá",
        status="queued",
        created_at=datetime.now(UTC),
    )
    async with opened(tmp_path / "simulator.db") as record:
        with pytest.raises(sqlite3.IntegrityError):
            await record.accept(replace(message, body=cast("str", None)))
        accepted, is_new = await record.accept(message)

        assert is_new
        assert await record.by_sid(message.sid) == replace(accepted, updated_at=message.created_at)
        assert await record.accept(message) == (await record.by_sid(message.sid), False)


async def test_settings_say_where_everything_is(tmp_path: Path) -> None:
    async with listening() as product:
        settings = SimulatorSettings.model_validate(
            {
                "twilio_account_sid": SID,
                "twilio_auth_token": TOKEN,
                "HANDOFF_HOME": tmp_path / "home",
                "internal_base_url": product.base,
            }
        )
        async with create(settings):
            assert (tmp_path / "home" / "simulator.db").exists()
    assert TOKEN not in repr(settings)
