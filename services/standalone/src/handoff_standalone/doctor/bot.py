"""Who answers first, from what."""

import aiohttp

from handoff_bot.app import load_knowledge
from handoff_standalone.doctor.checking import Finding, failed, not_applicable, ok, warning
from handoff_standalone.settings import Settings

_SECONDS = 8.0
_OK, _NOT_FOUND = 200, 404
_KEY_REFUSED = (400, 401, 403)


def _key(settings: Settings) -> str:
    return settings.google_api_key.get_secret_value().strip()


async def knowledge(settings: Settings) -> Finding:
    path = settings.knowledge
    try:
        known = load_knowledge(path)
    except OSError as error:
        return failed(f"{path} can't be read: {error.strerror}", "Correct HANDOFF_KNOWLEDGE.")
    except ValueError:
        return failed(f"{path} is no knowledge base", "See HANDOFF_KNOWLEDGE in .env.example.")
    if path is None:
        return warning(
            f"the bot answers for {known.business}, which does not exist",
            "Set HANDOFF_KNOWLEDGE to your own.",
        )
    return ok(f"the bot answers for {known.business}")


async def gemini(settings: Settings) -> Finding:
    """Ask for the model's description: that costs nothing, and the key and the name are tried."""
    if not _key(settings):
        return not_applicable("GOOGLE_API_KEY is not set: the scripted bot answers")
    model = settings.gemini_model.removeprefix("models/")
    url = f"{settings.gemini_api_base_url.rstrip('/')}/v1/models/{model}"
    timeout, headers = aiohttp.ClientTimeout(total=_SECONDS), {"x-goog-api-key": _key(settings)}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as client,
            client.get(url, allow_redirects=False) as answer,
        ):
            return _answered(model, answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        return _unsure(f"Gemini can't be reached ({type(error).__name__})")


def _answered(model: str, status: int) -> Finding:
    if status == _OK:
        return ok(f"the key may use {model}")
    if status in _KEY_REFUSED:
        advice = "Compare GOOGLE_API_KEY with the one in Google AI Studio."
        return failed(f"Gemini does not accept the key (HTTP {status})", advice)
    if status == _NOT_FOUND:
        return failed(f"Gemini has no {model} for this key", "Correct GEMINI_MODEL.")
    return _unsure(f"Gemini answers HTTP {status}")


def _unsure(says: str) -> Finding:
    return warning(says, "Meanwhile the scripted bot answers; see Gemini's status page.")
