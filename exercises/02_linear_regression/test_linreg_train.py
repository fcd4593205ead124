"""Checks of linreg-train."""

import numpy as np

from tutor.checks import close, deterministic, draws, holds, same

W, B = np.array([2.0, -3.4]), 4.2


def data(seed, n=1000, noise=0.01):
    """Samples of the true line."""
    rng = np.random.default_rng([seed, 17])
    X = rng.normal(size=(n, 2))
    return X, X @ W + B + noise * rng.normal(size=n)


def full_batch(X, y, *, lr, epochs, batch_size, rng):
    """Gradient descent with one batch an epoch: no order of the samples matters."""
    w, b, history = np.zeros(X.shape[1], dtype=X.dtype), 0.0, []
    for _ in range(epochs):
        error = X @ w + b - y
        w, b = w - (2 * lr / len(y)) * (X.T @ error), b - 2 * lr * float(error.mean())
        history.append(float(np.mean((X @ w + b - y) ** 2)))
    return {"w": w, "b": b, "history": history}


def spelled_out(X, y, lr, order, batch_size, n=None):
    """Epochs of n samples (all of them, if not given) in a known order."""
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in np.split(order, len(order) // (n or len(order))):
        for i in range(0, len(epoch), batch_size):
            rows = epoch[i : i + batch_size]
            error = X[rows] @ w + b - y[rows]
            w, b = w - 2 * lr * X[rows].T @ error / len(rows), b - 2 * lr * error.mean()
    return w, b


def train(mine, *args, **options):
    """The result of the training, which is a dictionary."""
    got = mine.train_linreg(*args, **options)
    holds(
        isinstance(got, dict) and set(got) == {"w", "b", "history"},
        "the result is not a dictionary with the keys w, b and history",
        got=got,
        expected="a dictionary with the keys w, b and history",
    )
    return got


@draws(4)
def test_a_step_for_every_batch(mine, draw):
    """Takes one step for every batch: of equal samples, in batches of 2, 2 and 1, all orders give the same."""
    X, y = np.tile(draw.array((1, 2)), (5, 1)), np.full(5, draw.float(1, 2))
    lr = draw.float(0.02, 0.2)
    got = train(mine, X, y, lr=lr, epochs=1, batch_size=2, rng=draw.rng())
    w, b = spelled_out(X, y, lr, np.arange(5), 2)
    given = {"X": X, "y": y, "lr": lr, "epochs": 1, "batch_size": 2}
    close((got["w"], got["b"]), (w, float(b)), "(w, b)", input=given)
    holds(
        len(got["history"]) == 1,
        "history has not one entry an epoch",
        got=got["history"],
        expected="1 entry",
        input=given,
    )
    close(got["history"][0], float(np.mean((X @ w + b - y) ** 2)), "the entry of history", input=given)


@draws(8)
def test_one_batch_an_epoch(mine, draw):
    """With one batch an epoch gives exactly the weights, bias and history of gradient descent from zero."""
    X, y = draw.array(draw.shape(dims=2, low=2, high=7)), None
    y = draw.array(len(X))
    size = len(X) + draw.int(0, 3)
    same(
        mine.train_linreg,
        full_batch,
        X,
        y,
        lr=draw.float(0.01, 0.1),
        epochs=draw.int(1, 5),
        batch_size=size,
        rng=draw.rng(),
    )


@draws(2)
def test_defaults(mine, draw):
    """Takes three epochs with batches of 10 and a learning rate of 0.03 unless told otherwise."""
    n = 20 + draw.index
    X, y = np.tile(draw.array((1, 2)), (n, 1)), np.full(n, draw.float(1, 2))
    got = train(mine, X, y, rng=draw.rng())
    w, b = spelled_out(X, y, 0.03, np.tile(np.arange(n), 3), 10, n)
    close((got["w"], got["b"]), (w, float(b)), "(w, b)", input={"X": X, "y": y})


@draws(2)
def test_no_epochs(mine, draw):
    """With no epochs returns the start: zeros and an empty history."""
    X, y = draw.array((4, 3)), draw.array(4)
    same(mine.train_linreg, full_batch, X, y, lr=0.1, epochs=0, batch_size=2, rng=draw.rng())


@draws(8)
def test_every_sample_is_used(mine, draw):
    """Uses each sample once an epoch, the last short batch included, in one of the possible orders."""
    X, y = draw.array((3, 2)), draw.array(3)
    got = train(mine, X, y, lr=0.1, epochs=1, batch_size=2, rng=draw.rng())
    ends = [spelled_out(X, y, 0.1, np.array(order), 2) for order in ((0, 1, 2), (0, 2, 1), (1, 2, 0))]
    near = any(np.allclose(got["w"], w, 1e-9) and np.isclose(got["b"], b, 1e-9) for w, b in ends)
    holds(
        near,
        "no order of the samples gives these weights",
        got=(got["w"], got["b"]),
        expected=ends[0],
        input={"X": X, "y": y},
    )


def endings(mine, X, y, epochs, rng):
    """Weights after training on one sample at a time, from 10 runs of one rng."""
    return np.array([train(mine, X, y, lr=0.1, epochs=epochs, batch_size=1, rng=rng)["w"] for _ in range(10)])


def test_orders_come_from_rng(mine):
    """Shuffles with rng: repeated runs with one rng end differently."""
    X, y = np.array([[1.0], [2.0], [-1.0]]), np.array([1.0, -1.0, 3.0])
    ends = endings(mine, X, y, 1, np.random.default_rng(3))
    in_order = spelled_out(X, y, 0.1, np.arange(3), 1)[0]
    holds(
        not np.allclose(ends, in_order),
        "the samples always come in the order of the data",
        got="one order",
        expected="all orders",
    )
    holds(
        not np.allclose(ends, ends[0]),
        "10 runs with one rng all had the same order",
        got="the same order",
        expected="all orders",
    )


def test_a_new_order_every_epoch(mine):
    """Draws a new order for every epoch."""
    X, y = np.array([[1.0], [2.0]]), np.array([1.0, 2.5])
    repeated = []
    for order in ([0, 1], [1, 0]):
        w, b = 0.0, 0.0
        for i in order * 3:
            error = X[i, 0] * w + b - y[i]
            w, b = w - 0.2 * error * X[i, 0], b - 0.2 * error
        repeated.append(w)
    ends = endings(mine, X, y, 3, np.random.default_rng(4))[:, 0]
    kept = np.isclose(ends[:, None], np.array(repeated), rtol=1e-9).any(axis=1)
    holds(
        not kept.all(),
        "all epochs of a run had the same order",
        got="one order an epoch, repeated",
        expected="new orders",
    )


def error_of(got):
    return float(max(np.abs(got["w"] - W).max(), abs(got["b"] - B)))


def test_reaches_the_target(mine):
    """Comes within 0.02 of every true parameter in three epochs (median of three seeds)."""
    options = [{}, {"batch_size": 50, "lr": 0.15}, {"batch_size": 40, "lr": 0.12}]
    errors = []
    for seed, option in enumerate(options):
        X, y = data(seed)
        errors.append(error_of(train(mine, X, y, rng=np.random.default_rng(seed), **option)))
    middle = float(np.median(errors))
    holds(middle < 0.02, "the line is too far from the true one", got=middle, expected="below 0.02")


def test_short_last_batch(mine):
    """Converges also when the last batch of each epoch is short."""
    X, y = data(5, n=100)
    got = train(mine, X, y, lr=0.1, epochs=5, batch_size=7, rng=np.random.default_rng(5))
    holds(error_of(got) < 0.02, "the line is too far from the true one", got=error_of(got), expected="below 0.02")
    holds(len(got["history"]) == 5, "history has not one entry an epoch", got=got["history"], expected="5 entries")


def test_agrees_with_the_closed_form(mine):
    """With all data in each batch comes, after enough epochs, to the least-squares solution."""
    X, y = data(6, n=60, noise=0.5)
    A = np.column_stack([X, np.ones(len(X))])
    best = np.linalg.lstsq(A, y, rcond=None)[0]
    got = train(mine, X, y, lr=0.25, epochs=40, batch_size=60, rng=np.random.default_rng(6))
    close(np.append(got["w"], got["b"]), best, "(w, b)", rtol=0, atol=1e-3)


def test_float32(mine):
    """Trains float32 data with float32 weights."""
    X, y = data(7, n=30)
    got = train(mine, X.astype(np.float32), y.astype(np.float32), rng=np.random.default_rng(7))
    holds(got["w"].dtype == np.float32, "w has another dtype than X", got=str(got["w"].dtype), expected="float32")
    holds(isinstance(got["b"], float), "b is not a Python float", got=got["b"], expected="a float")


def test_same_seed_same_history(mine):
    """Gives the same bits for the same seed, and leaves the data as they are."""
    X, y = data(8, n=30)
    before = X.copy(), y.copy()
    deterministic(lambda X, y, rng: mine.train_linreg(X, y, rng=rng), X, y, np.random.default_rng(8))
    train(mine, X, y, epochs=1, rng=np.random.default_rng(8))
    holds(np.array_equal(X, before[0]) and np.array_equal(y, before[1]), "the data were changed by the training")
