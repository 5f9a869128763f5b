"""Promises: words that only a person could keep, because the bot does nothing after it has spoken.

By rules on folded text, sentence by sentence; a question is an offer and no promise. A sentence
taken for a promise costs a handoff; a promise that is missed leaves a customer waiting for nobody.
"""

import re
from collections.abc import Sequence
from typing import Final

from handoff_bot.domain.normaliser import folded

_WHO: Final = (
    r"(?:atendentes?|humano|pessoa|colegas?|especialista|responsavel|gerente|equipe|time|alguem"
    r"|agents?|human|person|someone|somebody|colleague|team|manager|specialist"
    r"|agente|asesora?|persona|alguien|equipo|companer[oa])"
    r"(?: (?:da|do|de|of|from|del|na|in) [a-z]+(?: [a-z]+)?)?"
)
_TO_WHOM: Final = r"(?: (?:te|lhe|lo|la|le|o|a|ja|agora|isso|you|this|it|now))*"
_ACTS: Final = (
    "transfer|encaminh|cham|acion|conect|direcion|repass|avis|notific|solicit|verific|chec|consult"
    "|confirm|investig|retorn|contat|anot|registr|agend|reserv|provid"
    "|pass(?:ar|o|ando) (?:voce|vc|sua|seu|para|pra|o caso|a conversa)"
)
_DOES: Final = (
    "transfer|connect|forward|escalate|notify|ask|check|verify|contact|call|book|look into|put|hand"
    "|follow up|get back|get (?:someone|a|an|the)|pass|let"
)
_HACE: Final = (
    "transferir|conectar|pasar|comunicar|avisar|verificar|consultar|llamar|derivar|contactar"
    "|reservar|anotar|solicitar"
)
_VAI: Final = (
    "vai|vao|ira|irao|vem|entrara|respondera|retornara|continuara?|assumira?|atendera|falara|dara"
)
_PHRASES: Final = (
    # What the bot says that it does or has done
    rf"(?:vou|vamos|irei|estou|estamos){_TO_WHOM} (?:{_ACTS})",
    r"ja (?:chamei|avisei|solicitei|acionei|encaminhei|transferi|pedi|anotei|reservei|registrei)",
    r"(?:transferindo|encaminhando|chamando|acionando|redirecionando)",
    rf"(?:(?:i|we) ?(?:'ll|will|(?:'m|am|are) going to)|let me){_TO_WHOM} (?:{_DOES})",
    r"(?:i|we) ?(?:'ve|have) (?:requested|notified|asked|forwarded|escalated|booked|transferred)",
    r"(?:transferring|connecting) you",
    rf"(?:voy a|vamos a){_TO_WHOM} (?:{_HACE})",
    r"transfiriendo|ya (?:avise|llame|solicite|transferi|pedi|anote|reserve)",
    # What others are said to do
    r"(?:entrar|retornar)(?:ei|emos|a|ao) (?:em contato|o contato|para|assim|em breve|logo)",
    rf"{_WHO}(?: ja| logo| em breve)? (?:{_VAI})",
    rf"{_WHO} ?(?:'ll|will|is going to)",
    r"(?:nos pondremos|me pondre) en contacto",
    rf"{_WHO} (?:va a|vendra|se pondra|(?:te|le|lo|la) [a-z]+ra)",
)
_PROMISES: Final = re.compile("|".join(rf"\b(?:{phrase})" for phrase in _PHRASES))
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")


def promises(text: str) -> Sequence[str]:
    """Return the phrases of a text that promise what only a person can do, folded."""
    plain = folded(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return [
        found[0]
        for sentence in _SENTENCE.findall(" ".join(plain.split(" ")))
        if not sentence.rstrip().endswith("?")
        for found in _PROMISES.finditer(sentence)
    ]
