"""One place that builds the care desk and its parts from the settings."""

from __future__ import annotations

import logging
from pathlib import Path

from balm.care import CareDesk
from balm.errors import ShopError
from balm.generation.request import ReplyGenerator
from balm.generation.template import TemplateGenerator
from balm.generation.writer import Writer
from balm.handoff.desk import HandoffDesk
from balm.handoff.reception import Reception
from balm.handoff.terms import HandoffTerms
from balm.settings import Settings
from balm.shop.database import Database
from balm.strategy.policy import CarePolicy

logger = logging.getLogger(__name__)

HANDOFFS_WITHOUT_A_SHOP = ".balm/handoffs.db"


def care_desk(settings: Settings, *, generator: ReplyGenerator | None = None) -> CareDesk:
    """The desk that `settings` describe; `generator` takes the place of theirs.

    Raises:
        ConfigError: the policy, the responses or the handoff terms cannot be meant.
        ShopError: the shop's URL cannot be meant, or its driver is missing.
    """
    from balm.shop.desk import ShopDesk

    terms = HandoffTerms.of(settings.handoff)
    shop = open_shop(settings.shop, demo=settings.demo_shop) if settings.shop else None
    database = shop or Database(terms.database or _own_file())
    return CareDesk(
        CarePolicy.load(settings.policy),
        writer=_writer(settings, generator),
        shop=ShopDesk(shop) if shop else None,
        reception=Reception(HandoffDesk(database.engine), terms),
        on_close=[database.close],
    )


def open_shop(url: str, *, demo: bool) -> Database:
    """The shop's database, with its tables made, and the demo put into an empty one if wanted.

    A database that does not answer yet is not an error here: each turn tries it anew, and until
    then customers are told that the system cannot be reached.
    """
    from balm.shop.seed import fill

    database = Database(url)
    try:
        database.create()
        if demo:
            fill(database)
    except ShopError as error:
        logger.error("the shop is not reachable yet: %s", error)
    return database


def _own_file() -> str:
    """The URL of the file for handoffs that no other database takes."""
    file = Path(HANDOFFS_WITHOUT_A_SHOP)
    file.parent.mkdir(exist_ok=True)
    return f"sqlite:///{file}"


def _writer(settings: Settings, generator: ReplyGenerator | None) -> Writer:
    template = TemplateGenerator.load(settings.responses)
    chosen = generator or (_openai(settings, template) if settings.generator == "openai" else template)
    return Writer(chosen, template, deadline_s=settings.deadline_s)


def _openai(settings: Settings, template: TemplateGenerator) -> ReplyGenerator:
    from balm.generation.openai import OpenAIGenerator
    from balm.generation.prompt import Prompt

    return OpenAIGenerator(
        settings.llm_base_url or "",
        settings.llm_model or "",
        api_key=settings.llm_api_key,
        deadline_s=settings.deadline_s,
        prompt=Prompt.load(responses=template.responses),
    )
