"""`handoff doctor` beside the product that it looks at."""

import json
from typing import cast

import pytest

from harness.product import AUTH_TOKEN, Product

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_product_at_work_is_found_in_order(product: Product) -> None:
    output = await product.command("doctor", "--json")
    found = json.loads(output)
    checks = cast("list[dict[str, str]]", found["checks"])
    statuses = {check["name"]: check["status"] for check in checks}
    for name in ("settings", "database", "queues", "twilio", "webhook", "clock"):
        assert statuses[name] == "ok", output
    here = {"standalone": ("home", "integrity", "process"), "distributed": ("redis",)}
    for name in here[product.mode]:
        assert statuses[name] == "ok", output
    assert found["status"] == "ok"
    assert AUTH_TOKEN not in output
