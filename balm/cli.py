"""The command `balm`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import BufferedIOBase
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from balm.errors import BalmError

app = typer.Typer(
    help="Balm notices how the customer feels, chooses how to care, and says it well.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

Port = Annotated[int, typer.Option(help="Port of Rasa and the chat page.")]
ActionsPort = Annotated[int, typer.Option(help="Port of the action server.")]


def told_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, with Balm's errors told in one sentence instead of a traceback."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except BalmError as error:
            typer.secho(f"balm: {error}", fg="red", err=True)
            raise typer.Exit(1) from error

    return run


@app.command(epilog="Example: `balm run --port 8080`")
@told_plainly
def run(port: Port = 5005, actions_port: ActionsPort = 5055) -> None:
    """Start the bot: train it when needed, start both servers, stop them with Ctrl-C."""
    from balm.launch.place import Place
    from balm.launch.servers import HOST, ended_politely, watch

    page = f"http://{HOST}:{port}/webhooks/chat/"
    try:
        with ended_politely(), _running(Place(), port=port, actions_port=actions_port) as started:
            typer.secho(f"\nBalm is ready: {page}   (Ctrl-C stops it)\n", fg="green", bold=True)
            watch(started, on_restart=lambda why: typer.secho(f"balm: {why}", fg="yellow", err=True))
    except KeyboardInterrupt:
        typer.echo("Stopped.")


@app.command(epilog="Example: `balm train --force`")
@told_plainly
def train(force: Annotated[bool, typer.Option(help="Train even if nothing has changed.")] = False) -> None:
    """Train the bot if its data, domain or configuration has changed."""
    from balm.launch.place import Place

    _train(Place(), force=force)


@app.command(epilog="Example: `balm actions --actions actions --port 5055`")
@told_plainly
def actions(
    actions: Annotated[str, typer.Option(help="Package that holds the actions.")] = "",
    host: Annotated[
        str, typer.Option(help="Address to listen on. Beyond this machine, a token is required.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 5055,
) -> None:
    """Start the action server alone (BALM_ACTION_TOKEN protects it)."""
    from importlib import import_module

    from balm.launch.place import adapter
    from balm.settings import Settings

    sys.path.insert(0, "")
    server = import_module(f"{adapter('actions')}.server")
    server.serve(actions or adapter("actions"), host=host, port=port, token=Settings.load().action_token)


@app.command(epilog="Example: `balm chat --customer C001`")
@told_plainly
def chat(
    customer: Annotated[str, typer.Option(help="Demo customer to sign in as; nobody when empty.")] = "",
    port: Port = 5005,
    actions_port: ActionsPort = 5055,
) -> None:
    """Talk to the bot in the terminal; starts it when it is not running."""
    from balm.launch.chat import Line, talk
    from balm.launch.place import Place
    from balm.launch.servers import HOST

    line = Line(f"http://{HOST}:{port}")
    if line.is_open():
        return talk(line, customer=customer)
    with _running(Place(), port=port, actions_port=actions_port):
        talk(line, customer=customer)


@app.command(epilog='Example: `echo \'{"text": "three days and still not shipped!"}\' | balm read`')
@told_plainly
def read(
    batch: Annotated[
        int, typer.Option(help="Lines read together at most; none waits for another.", min=1)
    ] = 32,
    model: Annotated[
        str, typer.Option(help="`bundled`, or the folder or id of a Hugging Face encoder.")
    ] = "bundled",
) -> None:
    """Read the emotion of each JSON line `{"text": ...}` on stdin, one reading a line on stdout, in order."""
    from balm.emotion.stream import read_lines

    failures = 0
    for answer in read_lines(cast(BufferedIOBase, sys.stdin.buffer), batch=batch, model=model):
        failures += answer.failed
        sys.stdout.write(answer.line + "\n")
        sys.stdout.flush()
        if answer.failed:
            typer.echo(f"balm read: {answer.complaint}", err=True)
    raise typer.Exit(1 if failures else 0)


@app.command(epilog="Example: `balm lint care_policy.yml`")
@told_plainly
def lint(
    path: Annotated[
        Path | None, typer.Argument(help="Policy to look at; the bot's own when left out.")
    ] = None,
) -> None:
    """Look for rows of the care policy that never fire, contradict each other or leave gaps."""
    from balm.designer import findings
    from balm.launch.place import Place
    from balm.settings import Settings
    from balm.strategy.policy import CarePolicy

    settings = Settings.load()
    policy = CarePolicy.load(path or settings.policy)
    found = findings(policy, responses=settings.responses, domain=Place().domain)
    for finding in found:
        typer.echo(str(finding))
    typer.echo(f"{len(policy.rules)} rules, {len(found)} findings.")
    raise typer.Exit(1 if found else 0)


@app.command(epilog="Example: `balm explain 'great, just great. third broken one' --intent item_damaged`")
@told_plainly
def explain(
    text: Annotated[str, typer.Argument(help="What a customer writes.")],
    intent: Annotated[str, typer.Option(help="Intent to assume; none when empty.")] = "",
) -> None:
    """Show how a first message is read and why the policy answers it as it does."""
    from balm.designer import explanation

    typer.echo(explanation(text, intent=intent or None))


@app.command(epilog="Example: `balm test tests/dialogues/test_delivery.yml`")
@told_plainly
def test(
    paths: Annotated[list[Path] | None, typer.Argument(help="Story files or folders.")] = None,
    model: Annotated[Path, typer.Option(help="Trained model.")] = Path("models/balm.tar.gz"),
    actions: Annotated[str, typer.Option(help="Package that holds the actions.")] = "",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every conversation as it went.")
    ] = False,
    mark: Annotated[
        bool, typer.Option("--mark", help="Play nothing; write the entity marks that `rasa test` wants.")
    ] = False,
) -> None:
    """Play conversation tests through the real pipeline, slots and actions, without a server."""
    from importlib import import_module

    from balm.launch.place import QUIET, adapter
    from balm.settings import Settings

    _set_environment(QUIET)
    sys.path.insert(0, "")
    rehearsal = import_module(f"{adapter('rehearsal')}.run")
    wanted = paths or [Path("tests/dialogues"), Path("tests/test_stories.yml")]
    if mark:
        rehearsal.mark(wanted, model=model)
        return
    package = actions or adapter("actions")
    ok = rehearsal.rehearse(wanted, model=model, actions=package, settings=Settings.load(), verbose=verbose)
    raise typer.Exit(0 if ok else 1)


def _set_environment(variables: dict[str, str]) -> None:
    import os

    os.environ.update(variables)


def _train(place: Any, *, force: bool = False) -> None:
    from balm.launch.progress import training_progress
    from balm.launch.training import is_current, train

    if not force and is_current(place):
        typer.echo("The model is current.")
        return
    with training_progress(place) as on_step:
        train(place, on_step=on_step)


@contextmanager
def _running(place: Any, *, port: int, actions_port: int) -> Iterator[Any]:
    """Both servers, trained, started and answering."""
    from balm.launch.progress import waiting_progress
    from balm.launch.servers import check_free, servers, wait_until_ready

    check_free(port, option="--port")
    check_free(actions_port, option="--actions-port")
    _train(place)
    with servers(place, port=port, actions_port=actions_port) as started:
        with waiting_progress() as on_wait:
            wait_until_ready(started, on_wait=on_wait)
        yield started
