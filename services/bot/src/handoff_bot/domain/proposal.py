"""What a model proposes for a turn; nobody reads it before it has been audited."""

from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Action: TypeAlias = Literal["reply", "clarify", "offer_human", "handoff"]
Reason: TypeAlias = Literal[
    "none", "customer_request", "offer_accepted", "needs_team", "sensitive_topic", "cannot_answer"
]

NOTE: Final = "nota_da_equipe"
"""Stands among the sources for the hand-back note."""


class Proposal(BaseModel):
    """One decision, as the model's answer has to be. Lengths are the audit's business."""

    model_config = ConfigDict(frozen=True)

    action: Action = Field(description="O que o sistema deve fazer.")
    text: str = Field(description="A mensagem para o cliente, pronta para enviar.")
    reason: Reason = Field(description="Por que uma pessoa é necessária; none sem handoff.")
    sources: tuple[str, ...] = Field(description="Ids das passagens em que a mensagem se apoia.")
    language: str = Field(description="Idioma da mensagem, como pt-BR, en ou es.")
