"""Files that a customer may send: a photo, a voice note, a menu."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

TYPES: Mapping[str, str] = {
    "photo.jpg": "image/jpeg",
    "voice.ogg": "audio/ogg",
    "menu.pdf": "application/pdf",
}


class Samples:
    """The endpoint `/samples`. Nobody has to sign in: whoever gets the message fetches the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/samples", tags=["samples"])
        router.add_api_route(
            "/{name}", self.read, methods=["GET"], status_code=200, response_class=FileResponse
        )
        return router

    async def read(self, name: str) -> FileResponse:
        """Return a file: `photo.jpg`, `voice.ogg` or `menu.pdf`."""
        kind = TYPES.get(name)
        if kind is None:
            raise HTTPException(404)
        return FileResponse(self._folder / name, media_type=kind)
