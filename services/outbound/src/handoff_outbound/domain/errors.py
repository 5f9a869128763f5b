"""Twilio's refusals, sorted: what we do about each, and what the operator reads (pt-BR).

Codes: https://www.twilio.com/docs/api/errors/<code>. Only a 5xx, or no answer, leaves open whether
the message was accepted: Twilio's create has no idempotency key, so that is never sent again on a
guess (https://www.twilio.com/docs/api/errors/20500). A 429 was not processed (…/20429).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["retry", "doubtful", "permanent", "customer", "configuration"]
"""`retry`: not processed, again later. `doubtful`: ask Twilio's list. `configuration`: not
processed, and an alarm; again later, until somebody has set it right. Refusals: `permanent` for
this message, or until the `customer` acts."""

WINDOW_CLOSED = 63016
_TOO_MANY = 429
_TIMED_OUT = 408
_SERVER_ERROR = 500
_CLIENT_ERROR = 400
_ABOUT_US = frozenset({401, 403, 404})
"""Not let in, or not found: every create request goes to one address, whatever it says."""


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    text: str = ""
    """What the operator reads; empty where nobody does."""


def _same(kind: Kind, text: str, *codes: int) -> dict[int, Fault]:
    return dict.fromkeys(codes, Fault(kind, text))


RETRY = Fault("retry")
DOUBTFUL = Fault("doubtful")
PERMANENT = Fault("permanent", "O WhatsApp (Twilio) recusou a mensagem.")
CONFIGURATION = Fault(
    "configuration", "O envio está mal configurado. O administrador precisa verificar."
)

FAULTS: Mapping[int, Fault] = {
    **dict.fromkeys((20429, 21611, 30001, 30036, 63017, 63018, 63038, 14107), RETRY),
    **dict.fromkeys((20500, 20503, 63009, 63010, 63012), DOUBTFUL),
    **_same(
        "configuration",
        "As credenciais da Twilio foram recusadas. O administrador precisa verificar.",
        20003, 63001, 63022,
    ),
    **_same(
        "configuration",
        "A conta da Twilio está suspensa ou inativa. O administrador precisa verificar.",
        20005, 20006, 30002, 63112,
    ),
    **_same(
        "configuration",
        "O número da empresa não está habilitado no WhatsApp. O administrador precisa verificar.",
        21212, 21603, 21606, 21701, 21702, 21703, 21704, 21705, 63002, 63007, 63008, 63020,
        63026, 63051,
    ),
    20404: CONFIGURATION,
    **_same("permanent", "O endereço do cliente não é válido no WhatsApp.", 21211, 21604, 63003),
    **_same("permanent", "O cliente não pode receber esta mensagem no WhatsApp.", 63024, 63032),
    **_same("permanent", "A mensagem está vazia.", 21602, 21619),
    **_same("permanent", "A mensagem é longa demais.", 21617, 21658),
    **_same(
        "permanent",
        "O arquivo não pôde ser enviado: formato, tamanho ou endereço não aceito.",
        11751, 12300, 21620, 21623, 63019, 63021, 63025, 63029, 63037,
    ),
    **_same(
        "permanent",
        "O modelo de mensagem foi recusado: revise o modelo e os seus campos.",
        21654, 21655, 21656, 63005, 63006, 63013, 63027, 63028, 63030, 63040, 63041, 63042,
        92002, 92007,
    ),
    **_same(
        "permanent", "A empresa e o cliente têm o mesmo número: não há a quem enviar.", 63031
    ),
    **_same("permanent", "O WhatsApp decidiu não entregar esta mensagem de divulgação.", 63049),
    **_same(
        "customer",
        "A janela de 24 horas está fechada: só um modelo aprovado, ou quando o cliente escrever.",
        WINDOW_CLOSED,
    ),
    **_same("customer", "O cliente pediu para não receber mensagens.", 21610, 63033),
    **_same("customer", "O cliente bloqueou a empresa no WhatsApp.", 63014),
    **_same("customer", "O cliente precisa entrar de novo no ambiente de testes.", 63015),
}  # fmt: skip
"""By Twilio's error code."""


def fault(status: int, code: int) -> Fault:
    """Return what an answer other than 2xx means; `code` is the status if Twilio gave none."""
    if status == _TOO_MANY:
        return RETRY
    if status >= _SERVER_ERROR or status == _TIMED_OUT:
        return DOUBTFUL
    if code in FAULTS:
        return FAULTS[code]
    if status in _ABOUT_US or status < _CLIENT_ERROR:
        return CONFIGURATION
    return PERMANENT


def reason(code: int) -> str:
    """Return what the operator reads of a message that was refused in the end for this code."""
    return FAULTS.get(code, CONFIGURATION).text
