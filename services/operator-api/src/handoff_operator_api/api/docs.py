"""The API's description: the OpenAPI document, and a page made from it that loads nothing."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from handoff_common.web.page import digest_of

Document = Mapping[str, Any]

_STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;"
    "margin:2rem auto;padding:0 1rem}code,pre{font:13px/1.5 ui-monospace,monospace}"
    "summary{cursor:pointer}pre{overflow:auto}section{border-top:1px solid #8884;padding:.5rem 0}"
    "h3{margin:.5rem 0}td,th{text-align:left;vertical-align:top;padding-right:1rem}"
)
_POLICY = (
    f"default-src 'none'; style-src '{digest_of(_STYLE.encode())}'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class Docs:
    """`/openapi.json` and `/docs`; written when first asked for."""

    def __init__(self, describe: Callable[[], Document]) -> None:
        self._describe = describe

    @cached_property
    def _document(self) -> Document:
        return self._describe()

    @cached_property
    def _page(self) -> str:
        return page(self._document)

    def routes(self) -> list[Route]:
        return [Route("/openapi.json", self._openapi), Route("/docs", self._docs)]

    async def _openapi(self, _: Request) -> Response:
        return JSONResponse(self._document)

    async def _docs(self, _: Request) -> Response:
        return HTMLResponse(self._page, headers={"Content-Security-Policy": _POLICY})


def page(document: Document) -> str:
    """Return the document as one HTML page, without scripts."""
    title = escape(document["info"]["title"])
    operations = "".join(_operations(document["paths"]))
    schemas = "".join(_schemas(document.get("components", {}).get("schemas", {})))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>'
        f"<h2>Operations</h2>{operations}<h2>Schemas</h2>{schemas}</main></body></html>"
    )


def _operations(paths: Document) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            text = escape(operation.get("description", operation["summary"]))
            rows = "".join(_parameters(operation)) + "".join(_answers(operation))
            yield (
                f"<section><h3><code>{method.upper()} {escape(path)}</code></h3>"
                f"<p>{text}</p><table>{rows}</table></section>"
            )


def _parameters(operation: Document) -> Iterator[str]:
    for each in operation.get("parameters", ()):
        needed = "" if each.get("required") else ", optional"
        yield _row(each["name"], f"{each['in']}{needed}: {_kind(each['schema'])}")
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield _row("body", f"{_kind(content['schema'])} ({media_type})")


def _answers(operation: Document) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        kinds = [_kind(content["schema"]) for content in answer.get("content", {}).values()]
        yield _row(status, ", ".join(kinds) or answer["description"])


def _schemas(schemas: Document) -> Iterator[str]:
    for name, schema in schemas.items():
        rows = "".join(
            _row(field, f"{_kind(shape)} {shape.get('description', '')}")
            for field, shape in schema.get("properties", {}).items()
        )
        text = escape(schema.get("description", ""))
        yield f'<section id="{name}"><h3>{name}</h3><p>{text}</p><table>{rows}</table></section>'


def _row(name: str, text: str) -> str:
    return f"<tr><th><code>{escape(name)}</code></th><td>{escape(text)}</td></tr>"


def _kind(schema: Document) -> str:
    """Return a schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(_kind(each) for each in schema[several])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "anything"))
