"""Customers who write, and operators who take over, answer and give back."""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random

from chaos.plan import Plan
from harness.operators import Json, Operator
from harness.product import Product

QUESTIONS = (
    "vocês abrem domingo?", "qual o endereço?", "aceitam pix?", "fazem entrega?",
    "tem bolo sem glúten?", "quanto custa o pão francês?", "xyzzy quarenta e dois",
)  # fmt: skip
PERSON = "quero falar com um atendente"
PROVOCATIONS = 12


@dataclass(slots=True)
class Done:
    """What the people did, for the checker."""

    sids: dict[str, str] = field(default_factory=dict[str, str])
    """What customers wrote: SID → text."""
    undelivered: int = 0
    """Webhooks that the product never answered; reconciliation has to find these messages."""
    replies: dict[str, str] = field(default_factory=dict[str, str])
    """Message ids of replies that the API accepted → text."""
    refused: int = 0
    claims: int = 0
    lost_races: int = 0
    decisions: int = 0
    resent: set[str] = field(default_factory=set[str])
    """Messages that an operator sent again, knowing that nobody knew."""


class People:
    """Everybody who uses the product during a run."""

    def __init__(self, product: Product, plan: Plan, done: Done) -> None:
        self._product = product
        self._plan = plan
        self._done = done
        self.no_more_customers = asyncio.Event()

    def number(self, index: int) -> str:
        return f"+55119{index:08}"

    async def customers(self) -> None:
        """Let every customer write all that they have to say."""
        plan = self._plan
        await asyncio.gather(*(self._customer(index) for index in range(plan.customers)))
        self.no_more_customers.set()

    async def _customer(self, index: int) -> None:
        random = Random(f"{self._plan.seed}/customer/{index}")
        await asyncio.sleep(random.uniform(0, 5))
        for turn in range(self._plan.messages_each):
            text = PERSON if random.random() < 0.1 else random.choice(QUESTIONS)
            text = f"{text} [{index}.{turn}]"
            await self._write(self.number(index), text)
            await asyncio.sleep(random.expovariate(1 / self._plan.between_messages))

    async def operator(self, operator: Operator, index: int) -> None:
        """Take over, answer and give back, until cancelled."""
        random = Random(f"{self._plan.seed}/operator/{index}")
        count = 0
        while True:
            item = await self._choose(operator, random)
            if item is None:
                await asyncio.sleep(0.2)
                continue
            self._done.claims += 1
            status, _ = await operator.claim(item["id"])
            if status != 200:
                self._done.lost_races += 1
                continue
            for _ in range(random.randint(1, 3)):
                count += 1
                await self._reply(operator, item["id"], f"resposta humana [{index}.{count}]")
                await asyncio.sleep(random.uniform(0, 0.3))
            await self.decide(operator, item["id"])
            await self._leave(operator, item["id"], random)

    async def _choose(self, operator: Operator, random: Random) -> Json | None:
        """Mostly who waits; often somebody with whom the bot is talking right now."""
        view = "waiting" if random.random() < 0.4 else "bot"
        page = await operator.get("/api/conversations", view=view, limit=20)
        items: list[Json] = page["items"]
        return random.choice(items) if items else None

    async def _reply(self, operator: Operator, conversation: str, text: str) -> None:
        status, answer = await operator.reply(conversation, text)
        if status == 200:
            self._done.replies[answer["message_id"]] = text
        else:
            self._done.refused += 1

    async def _leave(self, operator: Operator, conversation: str, random: Random) -> None:
        """Give back or close; while the takeover settles that is refused, so try again."""
        for _ in range(200):
            if random.random() < 0.5:
                status, answer = await operator.give_back(conversation, "combinado")
            else:
                status, answer = await operator.close(conversation)
            if status == 200 or answer.get("reason") != "settling":
                return
            await asyncio.sleep(0.1)

    async def provoke(self, operator: Operator) -> None:
        """Take over exactly while the bot's message is on its way and more is queued behind it.

        What chance brings about often in a long run has to happen in a short one too.
        """
        for attempt in range(PROVOCATIONS):
            number = self.number(90_000_000 + attempt)
            await self._write(number, f"vocês abrem domingo? [p{attempt}]")
            conversation = (await operator.conversation_with(number, seconds=60))["id"]
            if not await self._is_going_out(operator, conversation):
                continue
            await self._write(number, f"{PERSON} [p{attempt}]")
            await operator.claim(conversation)
            await self._reply(operator, conversation, f"resposta humana [p{attempt}]")
            handoff = (await operator.is_owner(conversation, "human", seconds=60))["handoff"]
            waited = handoff["granted_at"] > handoff["claimed_at"]
            ends = {message["status"] for message in await operator.thread(conversation)}
            if waited and "superseded" in ends:
                return

    async def _is_going_out(self, operator: Operator, conversation: str) -> bool:
        """Wait until the bot's first message is released; False if it has ended before we saw."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            bots = [m for m in await operator.thread(conversation) if m["author"] != "customer"]
            if bots:
                return bots[-1]["status"] == "released"
            await asyncio.sleep(0.01)
        return False

    async def _write(self, number: str, text: str) -> None:
        written = await self._product.customers.write(number, text, wait=True)
        self._done.sids[written["sid"]] = text
        self._done.undelivered += not written["delivered"]

    async def decide(self, operator: Operator, conversation: str) -> None:
        """Play the operator's part where nobody knows: ask the customer, then decide."""
        for message in await operator.thread(conversation):
            if not message["can_decide"]:
                continue
            record = await self._product.customers.record()
            arrived = any(shown.message_id == message["id"] for shown in record)
            status, _ = await operator.decide(conversation, message["id"], resend=not arrived)
            if status == 200:
                self._done.decisions += 1
                if not arrived:
                    self._done.resent.add(message["id"])
