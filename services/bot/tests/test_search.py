"""How questions are compared: terms, ranking, languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_bot.domain.bm25 import Index
from handoff_bot.domain.knowledge import Entry, Knowledge
from handoff_bot.domain.language import Language, language_of
from handoff_bot.domain.normaliser import folded, stem, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("devolução", "devolucoes"),
        ("devolução", "DEVOLUÇÕES"),
        ("abrem", "abrir"),
        ("abertos", "aberta"),
        ("entrega", "entregam"),
        ("entregas", "entregar"),
        ("cartão", "cartões"),
        ("pão", "pães"),
        ("pagar", "pagamento"),
        ("encomenda", "encomendando"),
        ("animal", "animais"),
        ("bolo", "bolinhos"),
        ("preço", "precos"),
        ("vez", "vezes"),
        ("flor", "flores"),
        ("bombom", "bombons"),
        ("sólido", "sólida"),
    ],
)
def test_words_that_mean_the_same_have_one_stem(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [("pão", "pé"), ("bolo", "bola de neve"), ("café", "cafona"), ("doce", "dose")],
)
def test_words_that_mean_something_else_keep_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vcs emitem NF?", ["voces", "emitem", "nota", "fiscal"]),
        ("abre 2a?", ["abre", "segunda"]),
        ("oq tem hj", ["que", "tem", "hoje"]),
        ("AÇÃO, pâtê; Nº 5", ["acao", "pate", "nº", "5"]),
        ("  \n?!… 🥖", []),
        ("", []),
    ],
)
def test_abbreviations_are_spelled_out_and_accents_go(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_empty_words_are_left_out() -> None:
    assert terms("Oi, bom dia! Vocês têm a chave do Pix?") == ["chav", "pix"]


@pytest.mark.parametrize("word", ["a", "os", "pao", "ir", "s", "mes"])
def test_a_stem_keeps_three_letters_of_a_word_that_has_them(word: str) -> None:
    assert len(stem(word)) >= min(len(word), 3)


@given(st.text())
def test_any_text_has_terms_and_folding_again_changes_nothing(text: str) -> None:
    assert all(terms(text))
    assert folded(folded(text)) == folded(text)
    assert terms(text) == terms(text)


BREAD = {
    "bread": [["pao", "frances"], ["pao", "quente"]],
    "cake": [["bolo", "festa"], ["bolo", "pao", "mel"]],
    "party": [["festa", "pao"]],
}


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    best, *_ = Index(BREAD).search(["pao", "mel"])
    assert best.id == "cake"
    assert Index(BREAD).search(["pao", "frances"])[0].id == "bread"


def test_the_score_is_a_share_and_all_of_it_is_coverage() -> None:
    [best, *rest] = Index(BREAD).search(["pao", "quente"])
    assert (best.id, best.coverage) == ("bread", pytest.approx(1))
    assert 0 < rest[0].score < best.score < 1
    assert rest[0].coverage < 0.5


def test_a_word_that_nobody_has_lowers_the_score() -> None:
    index = Index(BREAD)
    assert index.search(["festa", "iphone"])[0].score < index.search(["festa"])[0].score / 2


def test_a_shorter_phrase_fits_better_and_equals_are_in_order_of_their_ids() -> None:
    hits = Index({"long": [["pix", "a", "b"]], "y": [["pix"]], "x": [["pix"]]}).search(["pix"])
    assert [hit.id for hit in hits] == ["x", "y", "long"]


@pytest.mark.parametrize("query", [[], ["nada"]])
def test_what_has_no_term_in_common_finds_nothing(query: list[str]) -> None:
    assert Index(BREAD).search(query) == []
    assert Index({}).search(query) == []
    assert Index({"empty": [[]]}).search(query) == []


@given(st.lists(st.sampled_from(["pao", "bolo", "festa", "mel", "x"])))
def test_the_order_of_words_and_their_repetition_change_nothing(query: list[str]) -> None:
    index = Index(BREAD)
    ranked = {hit.id: pytest.approx(hit.score) for hit in index.search(query)}
    again = {hit.id: hit.score for hit in index.search([*reversed(query), *query])}
    assert again == ranked
    assert all(0 < hit.score <= 1 and 0 < hit.coverage <= 1.001 for hit in index.search(query))


def test_entries_are_found_by_any_of_their_phrases() -> None:
    pix = Entry("pix", "Aceitam Pix?", "Sim.", ("Qual a chave?",))
    knowledge = Knowledge("Loja", [pix, Entry("hora", "Que horas abre?", "Às 6h.")])
    assert [hit.id for hit in knowledge.search("me passa a chave")] == ["pix"]
    assert knowledge.entry("pix") is pix
    assert knowledge.asked("Aceitam Pix?") is pix
    assert knowledge.asked("Qual a chave?") is None


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["oi, vocês abrem domingo?"], "pt-BR"),
        (["hi, what time do you open?"], "en"),
        (["hola, ¿cuánto cuesta el pan?"], "es"),
        (["pix", "what time do you open?", "oi"], "en"),
        (["xyz"], "pt-BR"),
        (["hola hello"], "pt-BR"),
        ([], "pt-BR"),
    ],
)
def test_small_words_tell_the_language(texts: list[str], language: Language) -> None:
    assert language_of(texts) == language
