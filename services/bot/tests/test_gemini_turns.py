"""What the bot decides with Gemini: when it answers, errs, fails, stalls or hangs up."""

from collections.abc import Sequence

import pytest

from handoff_bot.domain.decision import Answer, Clarify, Decision, Escalate, OfferHuman
from handoff_bot.domain.turn import Line, Turn
from harness.gemini import (
    WRONG_KEY,
    answered,
    finished,
    proposing,
    refused,
    too_many,
)
from harness.gemini import Answer as Response

from .asking import CUT, GOOD, HANG, HURRIED, REPLY, TEXTS, decided


async def test_an_answer_that_rests_on_the_knowledge_base_is_given() -> None:
    decision, server = await decided(GOOD)
    assert decision == REPLY
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "first",
    [
        finished(None),
        finished("oi"),
        finished('{"action": "re', "MAX_TOKENS"),
        too_many(delay="0.1s"),
        refused(500, "INTERNAL"),
        CUT,
        proposing("reply", "O quilo custa R$ 1,00.", "pao-frances"),
        proposing("reply", "Sim!", "pao-doce"),
        proposing("reply", "Sim, temos opções veganas."),
    ],
)
async def test_one_bad_answer_is_asked_for_again(first: Response) -> None:
    decision, server = await decided(first, GOOD)
    assert decision == REPLY
    assert len(server.calls) == 2


async def test_a_stalled_answer_is_asked_for_again() -> None:
    decision, server = await decided(HANG, GOOD, patience=HURRIED)
    assert decision == REPLY
    assert len(server.calls) == 2


async def test_the_second_time_the_model_is_told_what_was_wrong() -> None:
    _, server = await decided(proposing("reply", "Custa R$ 1,00.", "pao-frances"), GOOD)
    first, second = server.calls
    assert first.said["remark"] == ""
    assert "não estão nas fontes citadas" in second.said["remark"]
    assert "1,00" not in second.said["remark"]
    assert (second.parts[0], second.rules) == (first.parts[0], first.rules)


@pytest.mark.parametrize(
    ("answers", "calls"),
    [
        ([refused(500, "INTERNAL")], 2),
        ([CUT], 2),
        ([finished(None)], 2),
        ([too_many(delay="30s")], 1),
        ([too_many(quota="PerDay")], 1),
        ([WRONG_KEY], 1),
        ([refused(404, "NOT_FOUND")], 1),
        ([HANG], 2),
    ],
)
async def test_without_gemini_the_script_decides(answers: Sequence[Response], calls: int) -> None:
    turn = Turn((Line("customer", "vocês abrem domingo?"),))
    decision, server = await decided(*answers, turn=turn, patience=HURRIED)
    assert decision == Answer("Sim! Aos domingos abrimos das 7h às 13h.", ("domingo",))
    assert len(server.calls) == calls


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        (answered({"promptFeedback": {"blockReason": "SAFETY"}}), 1),
        (finished("{", "SAFETY"), 1),
        (finished("oi"), 2),
        (proposing("reply", "O conserto custa R$ 1,00.", "pix"), 2),
    ],
)
async def test_a_question_without_a_usable_answer_ends_in_the_offer_of_a_person(
    answer: Response, calls: int
) -> None:
    turn = Turn((Line("customer", "vocês consertam relógio?"),))
    decision, server = await decided(answer, turn=turn)
    assert decision == OfferHuman(TEXTS["pt-BR"].offer)
    assert len(server.calls) == calls


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        (proposing("clarify", "Oi! Como posso ajudar?"), Clarify("Oi! Como posso ajudar?")),
        (
            proposing("offer_human", "Não sei se consertamos."),
            OfferHuman(f"Não sei se consertamos.\n\n{TEXTS['pt-BR'].offer}"),
        ),
        (
            proposing("handoff", "Uma pessoa da equipe continua por aqui.", reason="needs_team"),
            Escalate("needs_team", "Uma pessoa da equipe continua por aqui."),
        ),
        (
            proposing("reply", "Vou verificar com a equipe e já retorno."),
            Escalate("promised_person", "Vou verificar com a equipe e já retorno."),
        ),
    ],
)
async def test_each_action_becomes_its_decision(answer: Response, decision: Decision) -> None:
    assert (await decided(answer))[0] == decision
