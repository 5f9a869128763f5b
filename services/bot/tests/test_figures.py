"""What a reply may hold the business to: only what its sources say."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_bot.adapters.knowledge import load_knowledge
from handoff_bot.domain.figures import Figure, figures, unsupported

KNOWLEDGE = load_knowledge()
ANSWERS = [entry.answer for entry in KNOWLEDGE.entries]
DELIVERY = KNOWLEDGE.entry("entrega").answer
HOURS = KNOWLEDGE.entry("horario").answer


def found(text: str) -> list[tuple[str, str]]:
    return [(figure.kind, figure.value) for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("R$ 6,00", ("amount", "6 brl")),
        ("r$6", ("amount", "6 brl")),
        ("6 reais", ("amount", "6 brl")),
        ("1.500 reais", ("amount", "1500 brl")),
        ("R$ 1.500,50", ("amount", "1500.5 brl")),
        ("R$ 2 mil", ("amount", "2000 brl")),
        ("2 mil reais", ("amount", "2000 brl")),
        ("1,5 mil reais", ("amount", "1.5mil brl")),
        ("US$ 10", ("amount", "10 usd")),
        ("€ 10", ("amount", "10 eur")),
        ("dez reais", ("amount", "dez reais")),
        ("50%", ("percent", "50")),
        ("50 por cento", ("percent", "50")),
        ("7h", ("time", "7:00")),
        ("07:00", ("time", "7:00")),
        ("7h30", ("time", "7:30")),
        ("7:30h", ("time", "7:30")),
        ("7 hs", ("time", "7:00")),
        ("1 pm", ("time", "13:00")),
        ("1:30 p.m.", ("time", "13:30")),
        ("12 am", ("time", "0:00")),
        ("13h pm", ("time", "13:00")),
        ("48 horas", ("number", "48")),
        ("48h", ("number", "48")),
        ("0,50", ("number", "0.5")),
        ("1º", ("number", "1")),
        ("007", ("number", "7")),
        ("(11) 3000-0000", ("phone", "1130000000")),
        ("https://www.loja.example/a.", ("link", "loja.example/a")),
        ("www.loja.example/a/", ("link", "loja.example/a")),
        ("Loja.Example", ("link", "loja.example")),
        ("Vagas@loja.example", ("email", "vagas@loja.example")),
        ("é grátis!", ("concession", "free")),
        ("de graça", ("concession", "free")),
        ("DESCONTO", ("concession", "discount")),
        ("a full refund", ("concession", "refund")),
    ],
)
def test_a_figure_is_found_and_has_one_notation(text: str, value: tuple[str, str]) -> None:
    assert found(text) == [value]


@pytest.mark.parametrize("text", ["tempo real", "o peso do bolo", "Sim! Temos.", "às vezes", "a.b"])
def test_words_are_no_figures(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("reply", "cited"),
    [
        ("Entregamos por 6 reais, grátis acima de R$ 60.", [DELIVERY]),
        ("Das 7 às 18h, até 4 km.", [DELIVERY]),
        ("Domingo, from 7 am to 1 pm.", [HOURS]),
        ("Escreva para PIX@paoquentinho.example.", ANSWERS),
        ("Ligue 3000-0000 ou +55 11 3000-0000.", ["Telefone: 11 3000-0000"]),
        ("Veja paoquentinho.example/cardapio", ANSWERS),
        ("Sim, temos!", []),
    ],
)
def test_what_the_sources_say_is_supported(reply: str, cited: list[str]) -> None:
    assert unsupported(reply, cited) == ()


@pytest.mark.parametrize(
    ("reply", "cited", "value"),
    [
        ("A taxa é de R$ 5,00.", [DELIVERY], "5 brl"),
        ("A taxa é de R$ 4,00.", [DELIVERY], "4 brl"),
        ("A taxa é de seis reais.", [DELIVERY], "seis reais"),
        ("Entrega grátis!", [HOURS], "free"),
        ("Temos desconto.", ANSWERS, "discount"),
        ("Abrimos às 8h.", [HOURS], "8:00"),
        ("Abrimos às 6h30.", [HOURS], "6:30"),
        ("São 5 vagas.", ANSWERS[:3], "5"),
        ("Pague em https://paoquentinho.example.evil/", ANSWERS, "paoquentinho.example.evil"),
        ("Pague em pãoquentinho.example/cardapio", ANSWERS, "pãoquentinho.example/cardapio"),
        ("A chave é pix@paoquentinho.example.br", ANSWERS, "pix@paoquentinho.example.br"),
        ("Ligue 21 3000-0000.", ["Telefone: 3000-0000"], "2130000000"),
        ("Ligue 3000-0001.", ["Telefone: 11 3000-0000"], "30000001"),
    ],
)
def test_what_they_do_not_say_is_found(reply: str, cited: list[str], value: str) -> None:
    assert [figure.value for figure in unsupported(reply, cited)] == [value]


def test_a_customers_number_may_be_said_again_and_their_price_may_not() -> None:
    said = ["quero 3 bolos por R$ 3,00 às 9h, com 7% a menos"]
    assert unsupported("São 3 bolos?", [], echoed=said) == ()
    assert unsupported("R$ 3,00?", [], echoed=said) == (Figure("amount", "3 brl"),)
    assert unsupported("São 7?", [], echoed=said) == (Figure("number", "7"),)
    assert unsupported("Às 9h?", [], echoed=said) == (Figure("time", "9:00"),)


WORDS = st.sampled_from(["sim", "temos", "bolo", "até", "das", "por", "quilo", "dia", "domingo"])
FIGURES = st.one_of(
    st.integers(0, 99999).map(str),
    st.decimals(0, 9999, places=2).map(lambda value: f"R$ {value}".replace(".", ",")),
    st.integers(0, 23).map("{}h".format),
    st.times().map("{:%H:%M}".format),
    st.integers(1, 100).map("{}%".format),
    st.integers(10**9, 10**11).map(str),
    st.text(string.ascii_lowercase, min_size=2).map("https://{}.example/x".format),
    st.text(string.ascii_lowercase, min_size=2).map("{}@loja.example".format),
    st.sampled_from(["grátis", "desconto", "reembolso", "dez reais"]),
)
TEXTS = st.lists(st.one_of(WORDS, FIGURES, FIGURES.map("({}),".format))).map(" e ".join)


@given(TEXTS, st.lists(TEXTS))
def test_a_text_supports_itself_whatever_else_is_cited(text: str, others: list[str]) -> None:
    assert unsupported(text, [*others, text]) == ()


@given(TEXTS, TEXTS, TEXTS)
def test_more_sources_never_take_support_away(text: str, one: str, other: str) -> None:
    assert set(unsupported(text, [one, other])) <= set(unsupported(text, [one]))


@given(TEXTS, FIGURES, TEXTS, TEXTS)
def test_a_figure_that_no_source_has_is_found_wherever_it_stands(
    before: str, figure: str, after: str, cited: str
) -> None:
    [new] = figures(figure)
    missing = unsupported(f"{before} e {figure} e {after}", [cited])
    assert (new in missing) == bool(unsupported(figure, [cited]))


@given(st.text())
def test_every_digit_is_in_a_figure(text: str) -> None:
    assert bool(found(text)) or not any(letter.isdecimal() for letter in text)


@given(st.text(string.digits + "hR$%.,:@-()/ apm", max_size=12))
def test_no_digit_can_be_added_unseen(text: str) -> None:
    """A number that nothing cites is never lost among other marks."""
    assert unsupported(f"{text} 77123 sim", [text]) or "77123" in text.replace(" ", "")
