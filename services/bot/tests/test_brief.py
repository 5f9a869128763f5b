"""The plain brief, by table: what a person reads before the first word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_bot.adapters.knowledge import load_knowledge, load_texts
from handoff_bot.domain.brief import LINE, TRIED, WANTS, Clerk, Remark
from handoff_bot.domain.facts import facts_in, hidden_cards
from handoff_common.events import Attempt, ReasonCategory, Want

KNOWN = load_knowledge()
TEXTS = load_texts(KNOWN.business)
CLERK = Clerk(KNOWN, TEXTS)
PT = TEXTS["pt-BR"]
CARD = "4111 1111 1111 1111"


def episode(*said: tuple[str, str]) -> list[Remark]:
    return [Remark(seq, author, text) for seq, (author, text) in enumerate(said, start=1)]


@pytest.mark.parametrize(
    ("reason", "category", "why"),
    [
        ("customer_request", "asked_for_person", "pediu atendimento humano"),
        ("offer_accepted", "asked_for_person", "pediu atendimento humano"),
        ("repeated_failure", "not_understood", "Não entendi"),
        ("bot_failed", "bot_unavailable", "a tempo"),
        ("bot_silent", "bot_unavailable", "a tempo"),
        ("late", "late", "sem resposta"),
        ("restored", "late", "talvez já tenha sido respondida"),
        ("takeover", "taken_over", "assumida"),
        ("needs_team", "other", "Só a equipe"),
        ("bot_choice", "other", "Preferi"),
    ],
)
def test_every_reason_has_a_category_and_a_sentence(
    reason: str, category: ReasonCategory, why: str
) -> None:
    brief = CLERK.brief(reason, [])
    assert brief.category == category
    assert why in brief.summary
    assert (brief.wants, brief.facts, brief.tried) == ((), (), ())
    assert (brief.language, brief.first_reply) == ("pt-BR", PT.first_reply)
    assert (brief.mood, brief.department, brief.author) == ("", "", "plain")


def test_what_a_model_says_to_a_greeting_was_no_attempt() -> None:
    said = episode(("customer", "oi, bom dia"), ("bot", "Oi! O que deseja?"), ("customer", "bolo"))
    assert CLERK.brief("needs_team", said).tried == ()
    answered = [*said, Remark(4, "bot", "Temos vários.", sources=("bolo",))]
    assert [attempt.seq for attempt in CLERK.brief("needs_team", answered).tried] == [4]


def test_the_brief_of_a_whole_story() -> None:
    brief = CLERK.brief(
        "customer_request",
        [
            Remark(5, "customer", "oi, vocês abrem domingo?"),
            Remark(6, "bot", PT.disclosure + "\n\nSim! Das 7h às 13h.", sources=("domingo", "?")),
            Remark(7, "customer", "e o  meu pedido #4127\nque era pra 10h?"),
            Remark(8, "bot", PT.rephrase),
            Remark(9, "system", "aviso"),
            Remark(10, "customer", "quero falar com um atendente"),
        ],
    )
    assert brief.summary == (
        "A pessoa pediu atendimento humano. Última mensagem: “quero falar com um atendente”"
    )
    assert brief.wants == (
        Want(text="oi, vocês abrem domingo?", seq=5),
        Want(text="e o meu pedido #4127 que era pra 10h?", seq=7),
        Want(text="quero falar com um atendente", seq=10),
    )
    assert [(fact.kind, fact.value, fact.seq) for fact in brief.facts] == [
        ("date", "domingo", 5),
        ("time", "10h", 7),
        ("order", "4127", 7),
    ]
    assert brief.tried == (
        Attempt(
            question="oi, vocês abrem domingo?",
            answer="Sim! Das 7h às 13h.",
            topics=("Vocês abrem aos domingos?",),
            sources=("domingo", "?"),
            helped=True,
            seq=6,
        ),
        Attempt(
            question="e o meu pedido #4127 que era pra 10h?",
            answer=PT.rephrase,
            helped=False,
            seq=8,
        ),
    )


def test_greetings_are_no_wish_unless_there_is_nothing_else() -> None:
    said = episode(("customer", "oi"), ("customer", "bom dia!"))
    assert CLERK.brief("takeover", said).wants == (Want(text="bom dia!", seq=2),)
    said = episode(("customer", "cadê minha entrega"), ("customer", "oi"))
    assert CLERK.brief("takeover", said).wants == (Want(text="cadê minha entrega", seq=1),)


def test_what_was_said_twice_is_one_wish_and_the_last_ones_count() -> None:
    lines = [("customer", f"pergunta {number}") for number in range(9)]
    said = episode(*lines, ("customer", "pergunta 3"))
    texts = [want.text for want in CLERK.brief("takeover", said).wants]
    assert texts == ["pergunta 6", "pergunta 7", "pergunta 8", "pergunta 3"]
    assert len(texts) == WANTS


def test_small_talk_of_the_bot_is_no_attempt() -> None:
    said = episode(
        *(("bot", text) for text in (PT.greeting, PT.thanks, PT.goodbye, PT.declined)),
        *(("bot", TEXTS["en"].greeting), ("operator", "Sou a Helena")),
    )
    assert CLERK.brief("takeover", said).tried == ()


def test_only_the_last_attempts_are_told() -> None:
    said = episode(*(("bot", f"resposta {number}") for number in range(TRIED + 3)))
    tried = CLERK.brief("takeover", said).tried
    assert [attempt.seq for attempt in tried] == list(range(4, 4 + TRIED))
    assert tried[0].question == ""


def test_an_attachment_is_told_by_its_place() -> None:
    said = [Remark(1, "customer", "", attached=True), Remark(2, "customer", "veja", attached=True)]
    texts = [want.text for want in CLERK.brief("takeover", said).wants]
    assert texts == ["(anexo)", "veja (com anexo)"]


def test_the_first_reply_is_in_the_customers_language() -> None:
    brief = CLERK.brief("takeover", episode(("customer", "good morning, where is my order?")))
    assert (brief.language, brief.first_reply) == ("en", TEXTS["en"].first_reply)
    assert KNOWN.business in brief.first_reply


def test_a_long_message_is_cut_where_it_can_be_read() -> None:
    brief = CLERK.brief("takeover", episode(("customer", "palavra " * 60)))
    [want] = brief.wants
    assert len(want.text) <= LINE
    assert want.text.endswith("…")
    assert brief.summary.endswith("…”")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("meu email é ana.souza+x@loja.com.br, ok?", [("email", "ana.souza+x@loja.com.br")]),
        ("paguei R$ 1.250,50 ontem", [("amount", "R$ 1.250,50"), ("date", "ontem")]),
        ("foram 30 reais", [("amount", "30 reais")]),
        ("me liga no (21) 98888-7766", [("phone", "(21) 98888-7766")]),
        ("+55 11 3333-4444 ou 5511988887766",
         [("phone", "+55 11 3333-4444"), ("phone", "5511988887766")]),
        ("dia 12/06 ou 12/06/2026", [("date", "12/06"), ("date", "12/06/2026")]),
        ("2026-06-12 às 15:30", [("date", "2026-06-12"), ("time", "15:30")]),
        ("3 de março, 9h", [("date", "3 de março"), ("time", "9h")]),
        ("na sexta-feira de manhã", [("date", "sexta-feira")]),
        ("pedido nº A-1020", [("order", "A-1020")]),
        ("Encomenda número: 77", [("order", "77")]),
        ("pedido de 50 pães", []),
        ("apartamento 1203", [("number", "1203")]),
        ("uns 20", []),
        (f"meu cartão {CARD}", []),
        ("protocolo 12345678901234567", [("order", "12345678901234567")]),
    ],
)  # fmt: skip
def test_facts_are_found_by_their_shape(text: str, found: list[tuple[str, str]]) -> None:
    assert list(facts_in(text)) == found


def test_a_card_number_is_nowhere_in_a_brief() -> None:
    brief = CLERK.brief("takeover", episode(("customer", f"usa o {CARD} por favor"), ("bot", "Oi")))
    assert [want.text for want in brief.wants] == ["usa o •••• 1111 por favor"]
    assert "4111 1111" not in brief.model_dump_json()
    assert hidden_cards("12345678901234567") == "12345678901234567"


@given(st.lists(st.tuples(st.sampled_from(["customer", "bot", "system", "operator"]), st.text())))
def test_there_is_a_brief_whatever_was_said(said: list[tuple[str, str]]) -> None:
    brief = CLERK.brief("customer_request", episode(*said))
    assert brief == CLERK.brief("customer_request", episode(*said))
    assert "\n" not in brief.summary
    assert len(brief.wants) <= WANTS
    assert all(want.seq <= len(said) for want in brief.wants)
