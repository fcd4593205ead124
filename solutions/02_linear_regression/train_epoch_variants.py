"""Other right ways to write train-epoch, and the mistakes that people make."""

import math

import torch

from tutor.checks import accept, reject, waive


def mean(pairs):
    """Mean loss over the samples of (loss, samples) pairs."""
    count = sum(n for _, n in pairs)
    return sum(loss * n for loss, n in pairs) / count if count else math.nan


@accept("clears between forward and backward")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append((float(loss), X.shape[0]))
    return mean(seen)


@accept("clears through the model, sums detached tensors")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train(True)
    total, count = torch.zeros((), dtype=torch.float64), 0
    for X, y in loader:
        model.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(y)
        count += len(y)
    return float(total) / count if count else math.nan


@accept("clears before and after")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    optimizer.zero_grad(set_to_none=True)
    seen = []
    for batch in loader:
        X, y = batch
        with torch.enable_grad():
            loss = loss_fn(model(X), y)
            loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "never clears the gradients",
    "Gradients add up across batches: the second step used the sum of two. Call optimizer.zero_grad() for every batch.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "clears once before the loop",
    "Gradients add up across batches: clear them for every batch, not once an epoch.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    optimizer.zero_grad()
    seen = []
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "clears after the step only",
    "The first step used gradients that were left from before the epoch. Clear at the start of each batch.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "clears between backward and step",
    "The parameters did not change: zero_grad() came after backward() and threw the new gradients away before the step.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "mean of the batch means",
    "The last batch has fewer samples but counts as much as a full one. Weight each loss by its number of samples.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    losses = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses) if losses else math.nan


@reject("sum of the losses", "This is the sum over all samples. Divide by their number.")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen) * sum(n for _, n in seen)


@reject(
    "loss of the last batch", "This is the loss of the last batch alone. The mean over the whole epoch is asked for."
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    loss = torch.tensor(math.nan)
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
    return loss.item()


@reject(
    "counts elements instead of samples",
    "You weighted by the number of elements of y. A sample is a row: len(X).",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * y.numel()
        count += len(X)
    return total / count if count else math.nan


@reject(
    "keeps every graph alive",
    "Summing the loss tensors keeps the graph of every batch alive, and memory grows with each one. Use loss.item().",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total = total + loss * len(X)
        count += len(X)
    return float(total) / count if count else math.nan


@reject("returns a tensor", "A tensor came back, a Python float is asked for: loss.item() is the plain number.")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total, count = torch.zeros(()), 0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total = total + loss.detach() * len(X)
        count += len(X)
    return total / count if count else torch.tensor(math.nan)


@reject(
    "steps before backward",
    "You stepped with the gradients of the batch before, or with none at all: first backward(), then step().",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        loss = loss_fn(model(X), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "steps once an epoch",
    "The parameters changed only once. Step for every batch.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        seen.append((loss.item(), len(X)))
    optimizer.step()
    return mean(seen)


@reject("no step", "The parameters did not change: optimizer.step() is missing.")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject("no backward", "The parameters did not change: without loss.backward() there are no gradients to step with.")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "leaves the model in evaluation mode",
    "The model was still in evaluation mode, as the last validation had left it: dropout and batch norm would not train. "
    "Call model.train() first.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "targets before predictions",
    "loss_fn takes the prediction first and the target second. For the squared error it makes no difference; for most "
    "losses it does.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(y, model(X))
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "a loss of its own",
    "You trained on a loss that you chose yourself. The caller decides: loss_fn(prediction, y).",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), len(X)))
    return mean(seen)


@reject(
    "divides by zero without batches",
    "Of a loader without batches there is no mean: return nan instead of dividing by 0.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(X)
        count += len(X)
    return total / count


@reject(
    "needs the length of the loader",
    "A loader may be a generator, which has no length and can be walked through only once. Count while you go.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total, count = 0.0, sum(len(X) for X, _ in loader)
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(X)
    return total / count if count else math.nan


@reject(
    "measures the loss again after the step",
    "The loss was computed a second time, after the step. Take the one of the forward pass that you trained on.",
)
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    seen = []
    for X, y in loader:
        optimizer.zero_grad()
        loss_fn(model(X), y).backward()
        optimizer.step()
        seen.append((loss_fn(model(X), y).item(), len(X)))
    return mean(seen)


waive("train_epoch: (0.0, 0) → (0, 0.0)", "an int that a float is added to becomes a float; 0.0 is as false as 0")
