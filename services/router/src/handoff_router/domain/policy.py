"""What a business may choose, and the deadlines of the conversation."""

from dataclasses import dataclass
from datetime import timedelta

from handoff_common.timing import WINDOW, Timing


@dataclass(frozen=True, slots=True)
class Texts:
    """The router's own words to the customer (pt-BR)."""

    handoff: str = "Certo! Chamei uma pessoa da equipe: quando alguém assumir, continua por aqui."
    waiting: str = "Você já está na fila. Uma pessoa já vem."
    position: str = "Você já está na fila, na posição {position}. Uma pessoa já vem."
    bot_failed: str = "Não consegui responder agora, então chamei uma pessoa da equipe."
    unanswered: str = (
        "Ainda não há ninguém livre para atender você. O seu pedido continua na fila: quando alguém"
        " assumir, continua por aqui."
    )
    late: str = "Desculpe a demora. Chamei uma pessoa para ler a sua mensagem."
    opted_out: str = "Pronto: não escreveremos mais por iniciativa nossa. Se precisar, é só chamar."


@dataclass(frozen=True, slots=True)
class Policy:
    timing: Timing = Timing()  # noqa: RUF009  # frozen
    texts: Texts = Texts()
    pause: timedelta = timedelta(seconds=1.5)
    """How long the customer must be silent before the bot's turn."""
    pause_cap: timedelta = timedelta(seconds=12)
    """The bot's turn starts at the latest this long after the burst began."""
    turn_overdue: timedelta = timedelta(seconds=30)
    """A turn without a decision becomes a handoff, even with no bot process running at all."""
    supersede_limit: int = 2
    stale: timedelta = timedelta(minutes=30)
    """A burst older than this (an outage) gets an apology and a person, not a cheerful answer."""
    unanswered: timedelta = timedelta(minutes=10)
    """A handoff that nobody has claimed by then is overdue, and the customer is told."""
    free_text: timedelta = WINDOW
    overdue: tuple[float, ...] = (1, 5, 30)
    """When a message without a result is released again, in times of `timing.send_overdue`, each
    counted from the release before. Only a release that died is healed by that, and a queue that is
    long is not: so it comes seldom. After the last it is given up."""
    part_length: int = 1600
    """Twilio refuses longer bodies (21617); a long text becomes several messages."""
