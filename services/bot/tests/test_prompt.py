"""What leaves for the model: all that it needs, in an order that can be cached, and no more."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handoff_bot.adapters.knowledge import load_knowledge, load_rules
from handoff_bot.domain.knowledge import Entry, Knowledge
from handoff_bot.domain.prompt import MESSAGE, PASSAGES, WHOLE, prompt_of
from handoff_bot.domain.turn import Line, Turn

KNOWLEDGE = load_knowledge()
RULES = load_rules(KNOWLEDGE.business)
TURN = Turn(
    (Line("customer", "e pix?"), Line("customer", "", attached=True)),
    (Line("customer", "oi"), Line("bot", "Olá!"), Line("operator", "Sou a Rosa")),
    note="bolo pago",
)


def test_the_rules_name_the_business_and_leave_nothing_to_fill_in() -> None:
    assert "Padaria Pão Quentinho" in RULES
    assert "nota_da_equipe" in RULES
    assert "{" not in RULES


def test_a_small_knowledge_base_goes_whole_and_the_same_for_every_turn() -> None:
    one = prompt_of(TURN, KNOWLEDGE, RULES)
    other = prompt_of(Turn((Line("customer", "bolo?"),)), KNOWLEDGE, RULES)
    assert (one.rules, one.passages) == (other.rules, other.passages)
    passages = json.loads(one.passages)["passagens"]
    assert [passage["id"] for passage in passages] == [entry.id for entry in KNOWLEDGE.entries]
    assert len(one.passages) < WHOLE


def test_of_a_large_one_the_passages_that_fit_what_is_asked_now_or_was_before() -> None:
    padding = "x" * (WHOLE // 50)
    many = [Entry(f"n{number}", f"Assunto número {number}?", padding) for number in range(60)]
    large = Knowledge("Loja", [*many, *KNOWLEDGE.entries])
    before = (Line("customer", "vocês aceitam pix?"), Line("bot", "Aceitamos."))
    turn = Turn((Line("customer", "e estacionamento, tem assunto?"),), before)
    passages = json.loads(prompt_of(turn, large, RULES).passages)["passagens"]
    ids = [passage["id"] for passage in passages]
    assert ids[0] == "estacionamento"
    assert len(ids) == PASSAGES
    asked = Turn((Line("customer", "qual a chave?"),), before)
    assert "pix" in prompt_of(asked, large, RULES).passages


def test_who_said_what_is_told_with_the_note_and_that_there_was_a_file() -> None:
    lines = prompt_of(TURN, KNOWLEDGE, RULES).conversation
    decoder = json.JSONDecoder()
    earlier, end = decoder.raw_decode(lines)
    note, rest = decoder.raw_decode(lines[end + 1 :])
    new = json.loads(lines[end + 1 + rest :])
    assert [line["de"] for line in earlier["conversa"]] == ["cliente", "robô", "equipe"]
    assert note == {"nota_da_equipe": "bolo pago"}
    assert [line["texto"] for line in new["mensagens_novas"]] == ["e pix?", "(com anexo)"]
    without = prompt_of(replace(TURN, note=""), KNOWLEDGE, RULES)
    assert "nota_da_equipe" not in without.conversation


def test_a_remark_comes_last_and_nothing_is_said_without_one() -> None:
    prompt = prompt_of(TURN, KNOWLEDGE, RULES)
    assert prompt.remarked("") == prompt
    again = prompt.remarked("Mais curto.")
    assert again.conversation.startswith(prompt.conversation)
    assert again.conversation.endswith("não foi enviada. Mais curto.")
    assert (again.rules, again.passages) == (prompt.rules, prompt.passages)


def test_card_numbers_and_novels_stay_here() -> None:
    card = "meu cartão é 4111 1111 1111 1111"
    turn = Turn((Line("customer", card), Line("customer", "a" * 3 * MESSAGE)), note="n" * 9999)
    prompt = prompt_of(turn, KNOWLEDGE, RULES)
    assert "4111" not in prompt.conversation
    assert "•••• 1111" in prompt.conversation
    assert len(prompt.conversation) < 3 * MESSAGE


@given(st.text(max_size=60))
def test_a_message_is_one_string_whatever_is_in_it(text: str) -> None:
    said = prompt_of(Turn((Line("customer", text),)), KNOWLEDGE, RULES).conversation
    new = json.loads(said[said.index('{"mensagens_novas"') :])
    assert [line["texto"] for line in new["mensagens_novas"]] == [text]
