"""Step `pretrain`: reads much text before it reads our labels.

Three things in turn: guessing hidden words of service talk and posts, telling the feelings that other
data sets label, and standing where the teacher stands, so that nothing of the alignment is lost.
"""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional

from balm.encoder.network.pace import half
from balm.encoder.network.student import FRAMED, UNKNOWN, Student
from balm.encoder.recipe.align import paired, pull, tokenise
from balm.encoder.recipe.sources import Kindred, kindred, prose
from balm.encoder.recipe.training import CHARACTERS, Run, Task, fit, letters
from balm.encoder.recipe.tune import load
from balm.encoder.recipe.workplace import Workplace

HIDDEN = 0.15
"""Share of the words that a text hides: 80 % blanked, 10 % another word, 10 % left (BERT's recipe)."""
ALIGN, GUESS, FEEL = 0.35, 0.35, 0.30
"""How the tokens of the run are shared out."""


def run(place: Workplace) -> None:
    """Write pretrained.pt, the student that has read."""
    student = load(place, "aligned.pt", dropout=0.0)  # so much text is hardly read twice
    scaffold = Scaffold(student, kindred(place)).to(place.device)
    tasks = [_alignment(place, student), _guessing(place, student, scaffold)]
    tasks += _feelings(place, student, scaffold)
    run = Run("pretrain", place.plan.pretrain_rate, place.plan.pretrain_tokens, 2 * place.plan.batch_tokens)
    fit(place, student, run, tasks, helper=scaffold)
    torch.save(student.state_dict(), place.path("pretrained.pt"))


class Scaffold(nn.Module):
    """The heads that only this step needs: one that guesses words, one for each foreign label set."""

    def __init__(self, student: Student, sets: list[Kindred]) -> None:
        super().__init__()
        hidden, trunk = student.words.embedding_dim, student.heads.logits.in_features
        self.sets = sets
        self.transform = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.LayerNorm(hidden))
        self.bias = nn.Parameter(torch.zeros(student.words.num_embeddings))
        self.look = nn.ModuleList(nn.Linear(trunk, 1) for _ in sets)
        self.tell = nn.ModuleList(nn.Linear(trunk, len(one.classes)) for one in sets)

    def guess(self, student: Student, tokens: Tensor) -> Tensor:
        """(words, vocabulary) logits for token vectors (words, hidden)."""
        logits: Tensor = self.transform(tokens) @ student.words.weight.T + self.bias
        return logits

    def feel(self, number: int, student: Student, tokens: Tensor, mask: Tensor) -> Tensor:
        """(batch, classes) logits of one label set."""
        z = student.heads.trunk(tokens)
        weights = (self.look[number](z).float() + (1.0 - mask.float()).unsqueeze(-1) * -1e4).softmax(1)
        logits: Tensor = self.tell[number]((weights * z).sum(1))
        return logits


def _alignment(place: Workplace, student: Student) -> Task:
    texts, targets = paired(place)
    return Task(
        texts, lambda indices, ids, mask: pull(student, place, targets[indices], ids, mask), share=ALIGN
    )


def _guessing(place: Workplace, student: Student, scaffold: Scaffold) -> Task:
    rng = Random(place.plan.seed)
    texts = [letters(text) if rng.random() < CHARACTERS else text for text in prose(place)]

    def loss(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        shown, hidden = hide(ids)
        with half(place.device):
            logits = scaffold.guess(student, student.body(shown, mask)[hidden])
        return 0.3 * functional.cross_entropy(logits.float(), ids[hidden])

    return Task(tokenise(place, texts), loss, share=GUESS)


def hide(ids: Tensor) -> tuple[Tensor, Tensor]:
    """The ids as shown, and where (batch, tokens) a word must be guessed; at least one everywhere."""
    chance = torch.rand(ids.shape, device=ids.device).masked_fill(ids < FRAMED, 2.0)
    hidden = (chance < HIDDEN) | (chance == chance.amin(1, keepdim=True)) & (ids >= FRAMED)
    fate = torch.rand(ids.shape, device=ids.device)
    shown = ids.masked_fill(hidden & (fate < 0.8), UNKNOWN)
    other = hidden & (fate > 0.9)
    shown[other] = ids[hidden][torch.randint(int(hidden.sum()), (int(other.sum()),), device=ids.device)]
    return shown, hidden


def _feelings(place: Workplace, student: Student, scaffold: Scaffold) -> list[Task]:
    total = sum(len(one.texts) for one in scaffold.sets)
    return [
        _feeling(place, student, scaffold, number, share=FEEL * len(one.texts) / total)
        for number, one in enumerate(scaffold.sets)
    ]


def _feeling(place: Workplace, student: Student, scaffold: Scaffold, number: int, *, share: float) -> Task:
    one = scaffold.sets[number]
    truth = torch.tensor([one.classes.index(label) for label in one.labels], device=place.device)

    def loss(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        with half(place.device):
            logits = scaffold.feel(number, student, student.body(ids, mask), mask)
        return 0.5 * functional.cross_entropy(logits.float(), truth[indices], label_smoothing=0.05)

    return Task(tokenise(place, one.texts), loss, share=share)
