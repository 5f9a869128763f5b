"""axe-core in the page that is shown: https://github.com/dequelabs/axe-core."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page

UI = Path(__file__).parents[2] / "services/operator-api/ui"
AXE = UI / "node_modules/axe-core/axe.min.js"

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
"""How people look at a page, as options of Playwright's contexts."""

_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`))
}"""


@dataclass(slots=True)
class Audit:
    """Collects what axe finds in one window, by state."""

    page: Page
    found: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    states: list[str] = field(default_factory=list[str])

    async def of(self, state: str) -> None:
        """Audit what is shown now."""
        # Evaluated, not added as a script: the page's own policy allows no foreign one.
        if not await self.page.evaluate("() => 'axe' in globalThis"):
            await self.page.evaluate(AXE.read_text())
        violations = await self.page.evaluate(_RUN)
        self.states.append(state)
        if violations:
            self.found[state] = violations
