"""How a reply is said: generators write drafts, the guard checks them, the writer never stays silent."""
