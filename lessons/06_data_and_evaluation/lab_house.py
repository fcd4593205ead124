"""A table of raw columns, K folds, and a score of ratios: the learner's own features, splits and log-RMSE."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch

from tutor.training import Bars, Figure, Log, Note, Target, choice, knob, toggle
from tutor.training.data import is_available, load
from tutor.training.figure import Role

TITLE = "A competition table, K-fold"
USES = ("tabular-features", "kfold-split", "log-rmse")
TARGET = Target("validation_mean", "<=", 0.44, text="mean validation log-RMSE of the folds ≤ 0.44 (a constant: 0.56)")
CURVES = ("train", "validation", "validation_mean")

BREAK = (
    ("kfold-split", "validation rows also train"),
    ("kfold-split", "trains on one fold"),
    ("kfold-split", "never shuffled"),
    ("tabular-features", "numbers not standardised"),
    ("tabular-features", "missing numbers filled with raw 0"),
    ("log-rmse", "no square root"),
)

HOUSING = Target(
    "validation_mean", "<=", 0.365, text="mean validation log-RMSE of the folds ≤ 0.365 (a constant: 0.57)"
)
Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    k: int = knob(5, 2, 10, help="folds: how many models are trained")
    lr: float = knob(0.02, 1e-4, 1.0, log=True, help="learning rate of Adam")
    epochs: int = knob(25, 1, 200, help="how often a fold's training rows are seen")
    hidden: int = knob(0, 0, 256, step=16, help="hidden units: 0 is a linear model of the log price")
    weight_decay: float = knob(0.0, 0.0, 1.0, step=0.01, help="how strongly weights are pulled to 0")
    holes: float = knob(0.05, 0.0, 0.5, step=0.05, help="share of cells that are emptied before anyone looks")
    sort: bool = toggle(False, help="rows sorted by their price, as files often are")
    data: str = choice("largest", "largest", "housing", "diabetes", help="largest takes California housing where it is")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """A fresh model for each fold, on features that were made from this fold's training rows alone."""
    table, y, batch_size = rows_and_prices(log, knobs)
    fold, means = 0, []
    log.total(knobs.k * knobs.epochs)

    def fit_score(train_rows: np.ndarray, validation_rows: np.ndarray) -> tuple[float, float]:
        nonlocal fold
        parts = [{name: column[rows] for name, column in table.items()} for rows in (train_rows, validation_rows)]
        X, X_val, _ = mine.build_features(*parts)  # (N, F), (M, F)
        run = Run(mine, log, device, knobs, fold * knobs.epochs, batch_size)
        errors = run.fit(X, y[train_rows], X_val, y[validation_rows])
        means.append(errors)
        fold += 1
        log(fold * knobs.epochs, validation_mean=float(np.mean([v for _, v in means])))
        return errors

    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        train_mean, validation_mean = mine.cross_validate(fit_score, len(y), knobs.k, log.rng())
    log(knobs.k * knobs.epochs, validation_mean=validation_mean)
    log.show(summary(means, constant(y)))
    log.note(f"log-RMSE: training {train_mean:.3f}, validation {validation_mean:.3f}, a constant {constant(y):.3f}")


class Run:
    """The training of one fold."""

    def __init__(self, mine: SimpleNamespace, log: Log, device: str, knobs: Knobs, start: int, batch: int) -> None:
        self.mine, self.log, self.device, self.knobs, self.start, self.batch = mine, log, device, knobs, start, batch

    def fit(self, X: np.ndarray, y: np.ndarray, X_val: np.ndarray, y_val: np.ndarray) -> tuple[float, float]:
        """Squared error on the centred log price, by Adam; both errors after every epoch."""
        rng = self.log.rng()
        torch.manual_seed(self.log.seed)
        centre = float(np.log(y).mean())  # the bias would need thousands of steps to get there
        inputs, targets = self.tensor(X), self.tensor(np.log(y) - centre)  # (N, F), (N,)
        model = network(X.shape[1], self.knobs.hidden).to(self.device)
        weights = [p for p in model.parameters() if p.dim() == 2]
        biases = [p for p in model.parameters() if p.dim() == 1]
        decay = self.knobs.weight_decay
        groups = [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=self.knobs.lr)
        errors = (float("nan"), float("nan"))
        for epoch in range(1, self.knobs.epochs + 1):
            for rows in torch.split(torch.from_numpy(rng.permutation(len(y))).to(self.device), self.batch):
                loss = torch.nn.functional.mse_loss(model(inputs[rows])[:, 0], targets[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            errors = self.score(model, inputs, y, centre), self.score(model, self.tensor(X_val), y_val, centre)
            self.log(self.start + epoch, train=errors[0], validation=errors[1])
        return errors

    def score(self, model: torch.nn.Module, inputs: torch.Tensor, y: np.ndarray, centre: float) -> float:
        """The learner's log-RMSE of the prices that the model predicts."""
        with torch.no_grad():
            prices = np.exp(model(inputs)[:, 0].double().cpu().numpy() + centre)  # (N,)
        return float(self.mine.log_rmse(prices, y))

    def tensor(self, values: np.ndarray) -> torch.Tensor:
        """float32, where the model is."""
        return torch.as_tensor(np.asarray(values, dtype=np.float32), device=self.device)


def network(features: int, hidden: int) -> torch.nn.Module:
    """A linear model, or one hidden layer before it; starts at the mean."""
    last = torch.nn.Linear(hidden or features, 1)
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.zeros_(last.bias)
    if not hidden:
        return last
    return torch.nn.Sequential(torch.nn.Linear(features, hidden), torch.nn.ReLU(), last)


def constant(y: np.ndarray) -> float:
    """What predicting the same price for all would score at best."""
    return float(np.log(y).std())


def summary(errors: list[tuple[float, float]], baseline: float) -> Figure:
    """A bar a fold, and the constant beside them."""
    labels = (*(f"fold {i}" for i in range(1, len(errors) + 1)), "constant")
    values = (*(v for _, v in errors), baseline)
    texts = (*(f"validation {v:.3f}  training {t:.3f}" for t, v in errors), f"{baseline:.3f}")
    roles: list[Role] = ["mine"] * len(errors)
    spread = float(np.std([v for _, v in errors]))
    note = Note(f"The folds differ by {spread:.3f} (standard deviation): differences below that mean little.")
    return Figure((Bars(labels, values, texts, (*roles, "muted"), low=0.0), note), "log-RMSE of each fold")


def rows_and_prices(log: Log, knobs: Knobs) -> tuple[Rows, np.ndarray, int]:
    """Raw columns, numbers and words; what to predict; and the size of a batch."""
    housing = knobs.data == "housing" or (knobs.data == "largest" and is_available("housing"))
    data = load("housing", otherwise="diabetes") if housing else load("diabetes")
    if data.name == "housing":
        log.aim(HOUSING)
    elif knobs.data == "largest":
        log.note("With California housing this lab predicts prices: tutor data fetch housing (1 MB).")
    log.note(data.note)
    table: Rows = {"Id": np.arange(len(data.y), dtype=float)}
    groups = {name.split(":")[0] for name in data.columns if ":" in name}
    for name, column in zip(data.columns, data.x.T, strict=True):
        if name == "sex":
            table[name] = np.array([f"code {value:.0f}" for value in column], dtype=object)
        elif ":" not in name:
            table[name] = column.copy()
    for group in sorted(groups):
        places = [j for j, name in enumerate(data.columns) if name.startswith(f"{group}:")]
        words = np.array([data.columns[j].split(": ")[1] for j in places], dtype=object)
        table[group] = words[data.x[:, places].argmax(axis=1)]
    return prepare(log, knobs, table, data.y)


def prepare(log: Log, knobs: Knobs, table: Rows, y: np.ndarray) -> tuple[Rows, np.ndarray, int]:
    """Empty some cells, and put the rows in the order that was asked for."""
    rng = log.rng()
    for name, column in table.items():
        if name != "Id":
            column[rng.random(len(y)) < knobs.holes] = np.nan if column.dtype.kind == "f" else None
    order = np.argsort(y) if knobs.sort else np.arange(len(y))
    batch_size = 32 if len(y) < 2000 else 256
    return {name: column[order] for name, column in table.items()}, y[order], batch_size
