"""Words that count, texts that are cut, and statuses that only go forward."""

import pytest

from handoff_router.domain.delivery import further
from handoff_router.domain.words import ends_silence, parts, wants_person, wants_silence


@pytest.mark.parametrize(
    "text",
    [
        "atendente", "Quero falar com um ATENDENTE!", "queria falar com alguém", "falar com pesoa",
        "atendimento humano por favor", "atedente", "I want to talk to a human",
        "agente, por favor",
        "quiero hablar con una persona",
    ],
)  # fmt: skip
def test_a_person_is_asked_for(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize(
    "text",
    ["oi", "vocês abrem domingo?", "não quero falar com atendente", "pessoal, e aí?", ""],
)
def test_a_person_is_not_asked_for(text: str) -> None:
    assert not wants_person(text)


@pytest.mark.parametrize("text", ["SAIR", "sair.", " Parar ", "STOP"])
def test_silence_is_asked_for_by_the_whole_message(text: str) -> None:
    assert wants_silence(text)
    assert not wants_silence(f"a que horas posso {text}?")
    assert not ends_silence(text)


def test_a_text_is_cut_where_it_may_be() -> None:
    assert parts("  ", 10) == []
    assert parts("um dois tres", 8) == ["um dois", "tres"]
    assert parts("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert "".join(parts("palavra " * 500, 1600)).count("palavra") == 500


def test_a_delivery_never_goes_backwards() -> None:
    assert further("", "queued")
    assert further("sent", "delivered")
    assert further("undelivered", "delivered")  # providers do reorder
    assert not further("delivered", "sent")
    assert not further("read", "failed")
