"""One trivial custom action."""

from rasa_sdk import Action


class ActionHello(Action):
    def name(self) -> str:
        return "action_hello"

    async def run(self, dispatcher, tracker, domain):  # type: ignore[no-untyped-def]
        dispatcher.utter_message(text="Hello.")
        return []
