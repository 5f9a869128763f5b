"""Words that count before any model reads them: "a person, please" and "stop writing to me"."""

import re
import unicodedata

_PERSON = re.compile(
    r"\b("
    r"atendentes?|humanos?|operador(a|es)?|"
    r"(falar|conversar|fala) com (uma? )?(pessoa|alguem|gente|atendente|humano|vendedor|"
    r"responsavel|especialista)|"
    r"pessoa (de verdade|real)|alguem (de verdade|real)|"
    r"quero (uma? )?(pessoa|atendimento humano)|atendimento humano|"
    r"(human|agent|representative)( please)?|(talk|speak) to (a |an )?(person|human|someone|agent)|"
    r"real person|agente|asesor(a)?|hablar con (una |un )?(persona|alguien|humano)"
    r")\b"
)
_SPELLINGS = {
    "atendnte": "atendente", "atendete": "atendente", "atedente": "atendente",
    "atentende": "atendente", "atendemte": "atendente", "atendende": "atendente",
    "umano": "humano", "umana": "humano", "humana": "humano", "pesoa": "pessoa", "pssoa": "pessoa",
    "algm": "alguem", "alguen": "alguem", "qro": "quero",
}  # fmt: skip
_NOT = re.compile(r"\b(nao|not|no) (quero|preciso|want|need|quiero|necesito)\b")
_STOP = frozenset(
    {"sair", "parar", "pare", "stop", "cancelar", "descadastrar", "unsubscribe", "baja"}
)
_START = frozenset({"voltar", "start", "comecar", "alta"})


def folded(text: str) -> str:
    """Return the text in lower case, without accents and punctuation, misspellings righted."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(_SPELLINGS.get(word, word) for word in letters.split())


def wants_person(text: str) -> bool:
    """Say whether the customer asks for a human being; deterministic, so no model is needed."""
    words = folded(text)
    return bool(_PERSON.search(words)) and not _NOT.search(words)


def wants_silence(text: str) -> bool:
    """Say whether the whole message is an opt-out word: "sair", not "a que horas posso sair?"."""
    return folded(text) in _STOP


def ends_silence(text: str) -> bool:
    """Say whether the whole message takes an opt-out back."""
    return folded(text) in _START


def parts(text: str, length: int) -> list[str]:
    """Split a text into parts of at most `length` characters, at paragraphs or spaces if it can."""
    rest, found = text.strip(), list[str]()
    while len(rest) > length:
        head = rest[:length]
        cut = max(head.rfind("\n\n"), head.rfind("\n"), head.rfind(" "))
        cut = cut if cut > length // 2 else length
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        found.append(rest)
    return found
