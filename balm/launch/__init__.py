"""Starting the bot: train when needed, run both servers, talk to them from the terminal."""
