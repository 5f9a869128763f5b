"""The shell around the transition: what one by one is right is right in one batch, and again."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from shell import (
    BUSINESS,
    Shell,
    about,
    doubtful_reply,
    envelope,
    record,
    release_of_bot,
    resend,
    routed,
    status_of,
    wrote,
)
from sqlalchemy import update

from handoff_common.database import Database, table_of
from handoff_common.events import (
    BotRequested,
    Brief,
    ClaimRequested,
    ConversationChanged,
    CustomerWrote,
    HandoffBriefed,
    HandoffOpened,
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageReleased,
    MessageSuperseded,
    ReplyRequested,
    ReturnRequested,
)
from handoff_common.ids import derived_id
from handoff_common.tables import METADATA, ConversationRow, HandoffRow, MessageRow, TimerRow
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres


class Routing:
    """The same on both databases."""

    async def test_a_customer_gets_one_bot_turn_for_a_burst(self, shell: Shell) -> None:
        await shell.route(wrote("oi", "SM1"), wrote("vocês abrem domingo?", "SM2"))

        [asked] = await shell.fire()

        assert isinstance(asked, BotRequested)
        assert asked.upto_seq == 2
        [conversation] = await shell.rows(ConversationRow)
        assert (conversation.owner, conversation.turn_state, conversation.seq) == (
            "bot",
            "running",
            2,
        )

    async def test_a_redelivery_publishes_the_same_events_again(self, shell: Shell) -> None:
        first = await shell.effects(wrote("quero falar com um atendente"))
        again = await shell.effects(wrote("quero falar com um atendente"))

        assert [type(event) for event in first] == [HandoffOpened, MessageReleased]
        assert again == first
        assert len(await shell.rows(MessageRow)) == 2

    async def test_a_redelivery_tells_those_who_look_once_more(self, shell: Shell) -> None:
        [first] = await shell.route(wrote("oi"))
        [again] = await shell.route(wrote("oi"))

        [told], [repeated] = first.hints, again.hints
        assert isinstance(told, ConversationChanged)
        assert isinstance(repeated, ConversationChanged)
        assert (repeated.version, repeated.owner) == (told.version, told.owner) == (1, "bot")

    async def test_a_hint_has_the_time_of_the_row_and_not_of_its_cause(self, shell: Shell) -> None:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        [handled] = await shell.route(wrote("oi").model_copy(update={"time": long_ago}))

        [told] = handled.hints
        [conversation] = await shell.rows(ConversationRow)
        assert isinstance(told, ConversationChanged)
        assert told.time == conversation.updated_at

    async def test_a_brief_is_kept_with_its_handoff_and_those_who_look_are_told(
        self, shell: Shell
    ) -> None:
        opened, _ = await shell.effects(wrote("quero falar com um atendente"))
        assert isinstance(opened, HandoffOpened)
        brief = Brief(category="asked_for_person", summary="s", language="pt-BR")
        briefed = HandoffBriefed(
            id=derived_id(opened.id, "handoff.briefed.v1"), time=opened.time, brief=brief,
            conversation_id=opened.conversation_id, handoff_id=opened.handoff_id,
        )  # fmt: skip

        [handled] = await shell.route(briefed)

        assert [type(hint) for hint in handled.hints] == [ConversationChanged]
        [handoff] = await shell.rows(HandoffRow)
        assert Brief.model_validate(handoff.brief) == brief
        assert handoff.reason == "customer_request"

    @pytest.mark.parametrize("late", [MessageRefused, MessageSuperseded])
    async def test_a_late_end_of_what_a_takeover_stopped_waiting_for_is_shown(
        self, shell: Shell, late: type[MessageRefused | MessageSuperseded]
    ) -> None:
        release = await release_of_bot(shell)
        await record(shell, release, "submitting")
        await shell.route(ClaimRequested.model_validate(envelope(release.conversation_id)))
        async with shell.database.write() as connection:
            long_ago = datetime(2020, 1, 1, tzinfo=UTC)
            timers = table_of(TimerRow)
            await connection.execute(
                update(timers).where(timers.c.kind == "settling").values(due_at=long_ago)
            )
        await shell.fire()
        assert await status_of(shell, release.message_id) == "unconfirmed"

        end = "refused" if late is MessageRefused else "superseded"
        await record(shell, release, end)
        await shell.route(late.model_validate(about(release) | {"code": 63016, "reason": ""}))
        assert await status_of(shell, release.message_id) == end

    @pytest.mark.parametrize("together", [False, True])
    async def test_a_question_whose_answer_a_takeover_stopped_is_asked_again(
        self, shell: Shell, *, together: bool
    ) -> None:
        release = await release_of_bot(shell)
        conversation = release.conversation_id
        claim = ClaimRequested.model_validate(envelope(conversation))
        back = ReturnRequested.model_validate(envelope(conversation) | {"note": "nada"})
        await routed(shell, claim, back, together=together)
        assert await status_of(shell, release.message_id) == "superseded"

        [asked] = await shell.fire()

        assert isinstance(asked, BotRequested)
        [row] = await shell.rows(ConversationRow)
        assert (row.owner, row.turn_upto, row.note) == ("bot", 0, "nada")

    async def test_an_answer_that_is_late_found_unsaid_is_given_again(self, shell: Shell) -> None:
        release = await release_of_bot(shell)
        conversation = release.conversation_id
        await record(shell, release, "unknown", age=200)
        claim = ClaimRequested.model_validate(envelope(conversation))
        back = ReturnRequested.model_validate(envelope(conversation))
        await shell.route(claim, back)
        assert await status_of(shell, release.message_id) == "unconfirmed"
        assert await shell.fire() == []

        await record(shell, release, "refused")
        late = about(release) | {"code": 63016, "reason": ""}
        await shell.route(MessageRefused.model_validate(late))

        assert [type(event) for event in await shell.fire()] == [BotRequested]

    @pytest.mark.parametrize("together", [False, True])
    async def test_a_resend_goes_out_even_if_the_conversation_is_given_back(
        self, shell: Shell, *, together: bool
    ) -> None:
        release = await doubtful_reply(shell)
        back = ReturnRequested.model_validate(envelope(release.conversation_id))
        handled = await routed(shell, resend(release), back, together=together)

        assert [h.answer.accepted for h in handled if h.answer] == [True, True]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        assert await status_of(shell, release.message_id) == "released"

    @pytest.mark.parametrize("together", [False, True])
    async def test_two_clicks_on_resend_are_one(self, shell: Shell, *, together: bool) -> None:
        release = await doubtful_reply(shell)
        handled = await routed(shell, resend(release), resend(release), together=together)

        effects = [effect for one in handled for effect in one.effects]
        assert [effect.attempt for effect in effects if isinstance(effect, MessageReleased)] == [2]

    async def test_who_asks_twice_in_one_breath_is_told_no_wrong_position(
        self, shell: Shell
    ) -> None:
        now = datetime.now(UTC)
        for index in range(3):
            await shell.route(
                CustomerWrote(
                    id=uuid4(), time=now, message_sid=f"SMq{index}", customer=f"whatsapp:+{index}",
                    business=BUSINESS, text="atendente", received_at=now,
                )
            )  # fmt: skip
        await shell.route(wrote("atendente", "SM1"), wrote("atendente", "SM2"))
        assert not any("posição" in row.text for row in await shell.rows(MessageRow))

        await shell.route(wrote("atendente", "SM3"))
        assert any("posição 4" in row.text for row in await shell.rows(MessageRow))

    async def test_nothing_follows_while_an_attempt_is_on_its_way(self, shell: Shell) -> None:
        release = await doubtful_reply(shell)
        more = envelope(release.conversation_id) | {"text": "dois", "seq_seen": 0}
        await shell.route(ReplyRequested.model_validate(more), resend(release))
        second = release.model_copy(update={"attempt": 2})
        await record(shell, second, "submitting")
        await record(shell, release, "accepted")
        result = MessageAccepted.model_validate(about(release) | {"message_sid": "SMa"})
        assert await shell.effects(result) == []

        await record(shell, second, "unknown")
        result = MessageDoubtful.model_validate(about(second) | {"last": True})
        [following] = await shell.effects(result)
        assert isinstance(following, MessageReleased)
        assert following.text == "dois"


class TestOnSQLite(Routing):
    @pytest.fixture
    async def shell(self, tmp_path: Path) -> AsyncGenerator[Shell]:
        database = Database(f"sqlite:///{tmp_path}/handoff.db")
        async with database.write() as connection:
            await connection.run_sync(METADATA.create_all)
        yield Shell(database)
        await database.close()


@pytest.mark.integration
class TestOnPostgres(Routing):
    @pytest.fixture
    async def shell(self, postgres: Postgres) -> AsyncGenerator[Shell]:
        database = Database(await migrated_database(postgres, f"router_{uuid4().hex}"))
        yield Shell(database)
        await database.close()
