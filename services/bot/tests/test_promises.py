"""Which words promise a person, and which only sound like it."""

import pytest

from handoff_bot.adapters.knowledge import load_knowledge, load_texts
from handoff_bot.domain.promises import promises

KNOWLEDGE = load_knowledge()
TEXTS = load_texts(KNOWLEDGE.business)


@pytest.mark.parametrize(
    "text",
    [
        "Vou transferir você para um atendente.",
        "Certo. Vou te encaminhar agora!",
        "Estou chamando uma pessoa da equipe.",
        "Um momento, vou verificar com o gerente.",
        "Vou passar para um colega.",
        "Já solicitei o reembolso.",
        "Um atendente da loja vai continuar por aqui.",
        "Em breve alguém entrará em contato.",
        "Entraremos em contato.",
        "A nossa equipe já vem.",
        "Transferindo…",
        "Ok!\nI'll connect you with an agent.",
        "I\N{RIGHT SINGLE QUOTATION MARK}ll check with the kitchen.",
        "Let me transfer you.",
        "Someone from our team will answer soon.",
        "We have notified the manager.",
        "We are going to get back to you",
        "Voy a transferirle con un asesor.",
        "Un asesor le atenderá enseguida.",
        "Nos pondremos en contacto.",
        "Ya avisé al equipo.",
    ],
)
def test_a_promise_is_found(text: str) -> None:
    assert promises(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quer que eu chame um atendente?",
        "Posso transferir você para uma pessoa?",
        "Vou chamar alguém, pode ser?",
        "Para falar com uma pessoa, escreva *atendente*.",
        "Vou te passar o horário: abrimos às 7h.",
        "Um atendente confirma o pedido.",
        "Não sei dizer.",
        "Shall I call a person?",
        "You can call us on Sunday.",
        "¿Quiere que llame a una persona?",
    ],
)
def test_an_offer_and_a_plain_answer_are_none(text: str) -> None:
    assert promises(text) == []


def test_nothing_that_the_business_or_the_script_says_is_taken_for_one() -> None:
    said = [entry.answer for entry in KNOWLEDGE.entries]
    for texts in TEXTS.values():
        said += [texts.disclosure, texts.greeting, texts.offer, texts.attachment, texts.rephrase]
    assert [text for text in said if promises(text)] == []
