"""The people of the stories: customers with their phones, operators with their windows."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import uuid4

from playwright.async_api import BrowserContext, Locator, Page, expect

from harness.customers import Customers
from harness.product import PASSWORD


@dataclass(frozen=True, slots=True)
class Customer:
    """A phone at the simulator that nobody else has, under a name that nobody else has."""

    name: str
    number: str
    customers: Customers
    _count: ClassVar["itertools.count[int]"] = itertools.count(1)

    @classmethod
    def called(cls, name: str, customers: Customers) -> "Customer":
        unique = uuid4().int
        return cls(f"{name} {unique % 10**6:06}", f"+5521{unique % 10**9:09}", customers)

    async def writes(self, text: str) -> None:
        await self.customers.write(self.number, text, profile_name=self.name)

    async def got(self) -> list[str]:
        """Return the texts on the phone that are not the customer's own, in order."""
        return await self.customers.got(self.number)

    async def gets(self, part: str) -> list[str]:
        """Wait for a text with this part; return all that came so far."""
        return await self.customers.gets(self.number, part)


@dataclass(frozen=True, slots=True)
class Phone:
    """The simulator's page, with one customer's phone in the middle."""

    page: Page

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversa no telefone")

    async def belongs_to(self, customer: Customer, simulator_url: str) -> None:
        """Open the page and make the phone this customer's."""
        await self.page.goto(f"{simulator_url}/")
        await self.page.get_by_label("Nome no WhatsApp").fill(customer.name)
        number = self.page.get_by_label("Telefone", exact=True)
        await number.fill(customer.number)
        await number.press("Enter")

    async def writes(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Mensagem do cliente").fill(text)
        await self.page.get_by_role("button", name="Enviar como cliente").click()

    async def shows(self, text: str) -> None:
        await expect(self.log.get_by_text(text)).to_be_visible()


@dataclass(slots=True)
class Window:
    """The console, as one operator has it open. What is looked for is what people read."""

    operator: str
    email: str
    page: Page
    errors: list[str] = field(default_factory=list[str])
    """What went wrong in the page without anybody having been told."""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.errors.append(said.text) if _is_ours(said.type, said.text) else None,
        )

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def list(self) -> Locator:
        return self.page.get_by_role("region", name="Lista de conversas")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Mensagens")

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^Mensagem para"))

    @property
    def claim(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile(r"^Assumir( A)?$"))

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=re.compile(f"^{name}"))

    def row(self, customer: Customer) -> Locator:
        return self.list.get_by_role("link").filter(has_text=customer.name)

    def message(self, text: str) -> Locator:
        # By its class: the brief lists the customer's words, too.
        return self.log.locator("li.msg").filter(has_text=text)

    async def sign_in(self) -> None:
        """Open the console and sign in by its form."""
        await self.page.goto("/")
        await self.page.get_by_label("E-mail").fill(self.email)
        await self.page.get_by_label("Senha", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Entrar").click()
        await expect(self.list).to_be_visible()
        await self.is_live()

    async def is_live(self) -> None:
        """Wait until the page says that it shows what is."""
        # By its class: a phone has no room for the word.
        await expect(self.page.locator(".rail__conn")).to_contain_text("Ao vivo")

    async def opens(self, customer: Customer, tab: str = "Todas") -> None:
        """Find the conversation in a tab, and open it."""
        await self.tab(tab).click()
        await self.row(customer).click()
        await expect(self.page.get_by_role("heading", name=customer.name)).to_be_visible()
        await expect(self.log).to_be_visible()

    async def has_it(self) -> None:
        """Wait until the conversation is this operator's, and nothing else is on its way."""
        owner = self.page.locator(".thread__who").get_by_text("Com você", exact=True)
        await expect(owner).to_be_visible()

    async def sends(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")
        await expect(self.box).to_have_value("")

    async def waiting(self) -> int:
        """Return the number on the first tab; nothing there is nobody."""
        return _number(await self.tab("Esperando").inner_text())

    async def texts(self) -> Sequence[str]:
        """Return the messages of the thread, as they stand."""
        return await self.log.locator(".bub__text").all_inner_texts()


def _number(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


def _is_ours(kind: str, text: str) -> bool:
    """Tell what a page must never say from the browser's own remarks on a failed request."""
    return kind == "error" and "Failed to load resource" not in text
