"""Other right ways to write standard-scaler, and the mistakes people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


class Base:
    """A right scaler; each variant changes one of its methods."""

    mean_ = None

    def fit(self, X):
        rows = np.asarray(X, dtype=np.float64)
        self.mean_ = self.centre(rows)
        self.scale_ = self.spread(rows)
        return self

    def centre(self, rows):
        return np.nanmean(rows, axis=0)

    def spread(self, rows):
        return np.where(np.nanmax(rows, 0) == np.nanmin(rows, 0), 1.0, np.nanstd(rows, 0))

    def check(self, rows):
        if self.mean_ is None:
            raise RuntimeError("not fitted")
        if rows.shape[1] != self.mean_.shape[0]:
            raise ValueError("wrong number of columns")

    def transform(self, X):
        self.check(X)
        return ((X - self.mean_) / self.scale_).astype(X.dtype)

    def inverse_transform(self, Z):
        self.check(Z)
        return (Z * self.scale_ + self.mean_).astype(Z.dtype)


@accept("column by column")
class StandardScaler:
    def __init__(self):
        self.mean_ = self.scale_ = None

    def fit(self, X):
        means, scales = [], []
        for column in X.T:
            known = column[~np.isnan(column)].astype(np.float64)
            mean = known.sum() / known.size
            deviation = known - mean
            means.append(mean)
            scales.append(1.0 if (known == known[0]).all() else np.sqrt((deviation**2).sum() / known.size))
        self.mean_, self.scale_ = np.array(means), np.array(scales)
        return self

    def transform(self, X):
        if self.scale_ is None:
            raise RuntimeError("fit first")
        if X.shape[1] != len(self.scale_):
            raise ValueError("columns")
        Z = np.empty(X.shape, X.dtype)
        for j in range(X.shape[1]):
            Z[:, j] = (X[:, j].astype(np.float64) - self.mean_[j]) / self.scale_[j]
        return Z

    def inverse_transform(self, Z):
        if self.scale_ is None:
            raise RuntimeError("fit first")
        if Z.shape[1] != len(self.scale_):
            raise ValueError("columns")
        return (self.mean_ + self.scale_ * Z.astype(np.float64)).astype(Z.dtype)


@accept("masked arrays")
class StandardScaler(Base):
    def fit(self, X):
        rows = np.ma.masked_invalid(X.astype(np.float64))
        self.mean_ = np.asarray(rows.mean(axis=0))
        self.scale_ = np.asarray(rows.std(axis=0))
        self.scale_[np.asarray(rows.max(axis=0) == rows.min(axis=0))] = 1
        return self


@accept("two probes of the model")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    def model(X):
        y = x_scaler.transform(X) @ w_s.astype(np.float64) + b_s
        return y if y_scaler is None else y_scaler.inverse_transform(y[:, None])[:, 0]

    centre, spread = x_scaler.mean_, x_scaler.scale_
    at_mean = model(centre[None])[0]
    w = (model(centre + np.diag(spread)) - at_mean) / spread
    return w, float(at_mean - w @ centre)


@reject("divides by N - 1", "This is the deviation with N - 1. The course divides by N, as np.std and scikit-learn do.")
class StandardScaler(Base):
    def spread(self, rows):
        with np.errstate(all="ignore"):
            known = np.sum(~np.isnan(rows), axis=0)
            spread = np.nanstd(rows, axis=0) * np.sqrt(known / np.maximum(known - 1, 1))
        return np.where(np.nanmax(rows, 0) == np.nanmin(rows, 0), 1.0, spread)


@reject("divides by the variance", "You divide by σ². Then the result has variance 1/σ², not 1: take the square root.")
class StandardScaler(Base):
    def spread(self, rows):
        return np.where(np.nanmax(rows, 0) == np.nanmin(rows, 0), 1.0, np.nanvar(rows, 0))


@reject("one mean for the whole table", "One mean and one σ for all columns. Each column has its own: axis=0.")
class StandardScaler(Base):
    def fit(self, X):
        d = X.shape[1]
        self.mean_ = np.full(d, np.nanmean(X.astype(float)))
        self.scale_ = np.full(d, np.nanstd(X.astype(float)) or 1.0)
        return self


@reject("along the rows", "You averaged over the columns of each row. The statistics of a column run down axis 0.")
class StandardScaler(Base):
    def transform(self, X):
        rows = X.astype(np.float64)
        mean, spread = np.nanmean(rows, 1, keepdims=True), np.nanstd(rows, 1, keepdims=True)
        return ((rows - mean) / np.where(spread == 0, 1, spread)).astype(X.dtype)


@reject("only centred", "The mean is subtracted and nothing is divided: the columns keep their different sizes.")
class StandardScaler(Base):
    def spread(self, rows):
        return np.ones(rows.shape[1])


@reject(
    "min-max", "This maps the training rows to [0, 1]. Standardising divides by the standard deviation, not the range."
)
class StandardScaler(Base):
    def centre(self, rows):
        return np.nanmin(rows, axis=0)

    def spread(self, rows):
        width = np.nanmax(rows, axis=0) - np.nanmin(rows, axis=0)
        return np.where(width == 0, 1.0, width)


@reject(
    "statistics of the rows at hand",
    "transform computed a new mean and σ: test rows are scaled by themselves, and a single row becomes 0. Keep those "
    "of the training rows.",
)
class StandardScaler(Base):
    def transform(self, X):
        self.check(X)
        with np.errstate(all="ignore"):
            rows = X.astype(np.float64)
            return ((rows - np.nanmean(rows, 0)) / self.spread(rows)).astype(X.dtype)


@reject(
    "constant column divided by 0",
    "A column of equal values has σ = 0, and 0/0 is NaN. Give it scale 1: it carries no information.",
)
class StandardScaler(Base):
    def spread(self, rows):
        return np.nanstd(rows, axis=0)


@reject(
    "compared σ with 0",
    "The mean of equal numbers may be rounded, and then σ is about 1e-17 instead of 0. Compare the smallest value with "
    "the largest.",
)
class StandardScaler(Base):
    def spread(self, rows):
        spread = np.nanstd(rows, axis=0)
        return np.where(spread == 0, 1.0, spread)


@reject(
    "epsilon added to σ",
    "σ + 1e-8 is wrong for every column, and badly so for one whose σ is about as small. Only a constant one needs help.",
)
class StandardScaler(Base):
    def spread(self, rows):
        spread = super().spread(rows)
        return np.where(np.nanmax(rows, 0) == np.nanmin(rows, 0), 1.0, spread + 1e-8)


@reject(
    "small σ taken for constant",
    "A column in small units is not constant: seconds or hours, the information is the same. Compare smallest and largest.",
)
class StandardScaler(Base):
    def spread(self, rows):
        spread = np.nanstd(rows, axis=0)
        return np.where(spread < 1e-8, 1.0, spread)


@reject(
    "mean of squares less square of mean",
    "Far from 0 both terms are huge and nearly equal: their difference has no digits left. Subtract the mean first.",
)
class StandardScaler(Base):
    def spread(self, rows):
        variance = np.nanmean(rows**2, axis=0) - np.nanmean(rows, axis=0) ** 2
        constant = np.nanmax(rows, 0) == np.nanmin(rows, 0)
        return np.where(constant | (variance <= 0), 1.0, np.sqrt(np.abs(variance)))


@reject("NaN in the statistics", "One missing cell made a whole column NaN. np.nanmean and np.nanstd leave it out.")
class StandardScaler(Base):
    def fit(self, X):
        rows = X.astype(np.float64)
        self.mean_, spread = rows.mean(axis=0), rows.std(axis=0)
        self.scale_ = np.where(rows.max(axis=0) == rows.min(axis=0), 1.0, spread)
        return self


@reject(
    "NaN counted as 0", "Missing cells went into mean and σ as zeros. Zero is a value like any other: leave them out."
)
class StandardScaler(Base):
    def fit(self, X):
        return super().fit(np.nan_to_num(X, nan=0.0))


@reject("NaN filled", "A missing cell should still be NaN afterwards: filling it is the caller's decision.")
class StandardScaler(Base):
    def transform(self, X):
        return np.nan_to_num(super().transform(X), nan=0.0)


@reject("rows with NaN dropped", "A row with one missing cell was left out of all columns. Only that cell is unknown.")
class StandardScaler(Base):
    def fit(self, X):
        whole = ~np.isnan(X).any(axis=1)
        return super().fit(X[whole] if whole.any() else X)


@reject("always float64", "float32 rows came in and float64 went out. Convert back: .astype(X.dtype).")
class StandardScaler(Base):
    def transform(self, X):
        self.check(X)
        return (X - self.mean_) / self.scale_

    def inverse_transform(self, Z):
        self.check(Z)
        return Z * self.scale_ + self.mean_


@reject("statistics in float32", "Sums of float32 numbers far from 0 lose digits. Compute mean and σ in float64.")
class StandardScaler(Base):
    def fit(self, X):
        self.mean_ = np.nanmean(X, axis=0)
        self.scale_ = np.where(np.nanmax(X, 0) == np.nanmin(X, 0), X.dtype.type(1), np.nanstd(X, axis=0))
        return self


@reject("rows changed in place", "`-=` wrote into the caller's rows. Write `X = X - …`, which makes a new array.")
class StandardScaler(Base):
    def transform(self, X):
        self.check(X)
        X -= self.mean_
        X /= self.scale_
        return X


@reject("fit returns nothing", "fit ends without `return self`, so StandardScaler().fit(X).transform(Z) cannot work.")
class StandardScaler(Base):
    def fit(self, X):
        super().fit(X)


@reject(
    "fit returns the transformed rows", "fit gives the scaler itself; the transformed rows are transform's business."
)
class StandardScaler(Base):
    def fit(self, X):
        super().fit(X)
        return self.transform(X)


@reject("statistics on the class", "The statistics are stored on the class: all scalers share the last ones. Use self.")
class StandardScaler(Base):
    def fit(self, X):
        kept = Base().fit(X)
        type(self).mean_, type(self).scale_ = kept.mean_, kept.scale_
        return self


@reject("second fit ignored", "A second fit kept the old statistics. Each fit starts afresh.")
class StandardScaler(Base):
    def fit(self, X):
        return self if self.mean_ is not None else super().fit(X)


@reject(
    "rows pass unscaled before fit",
    "Without fit there is nothing to scale with, and nobody was told. Raise RuntimeError.",
)
class StandardScaler(Base):
    def fit(self, X):
        self.ready = True
        return super().fit(X)

    def transform(self, X):
        return super().transform(X) if hasattr(self, "ready") else X.copy()


@reject("AttributeError before fit", "Say what is missing: a RuntimeError that asks to call fit first.")
class StandardScaler(Base):
    def check(self, rows):
        if self.mean_ is None:
            raise AttributeError("'StandardScaler' object has no attribute 'mean_'")
        if rows.shape[1] != self.mean_.shape[0]:
            raise ValueError("wrong number of columns")


@reject(
    "columns not counted",
    "One column broadcast against three, and out came a table of three. Compare the numbers of columns.",
)
class StandardScaler(Base):
    def check(self, rows):
        if self.mean_ is None:
            raise RuntimeError("not fitted")


@reject("inverse in the wrong order", "Undo in reverse order: last you divided, so first multiply, then add the mean.")
class StandardScaler(Base):
    def inverse_transform(self, Z):
        self.check(Z)
        return ((Z + self.mean_) * self.scale_).astype(Z.dtype)


@reject("inverse divides", "The way back multiplies by σ: z · σ + μ.")
class StandardScaler(Base):
    def inverse_transform(self, Z):
        self.check(Z)
        return (Z / self.scale_ + self.mean_).astype(Z.dtype)


@reject("inverse without the mean", "The mean is missing on the way back: z · σ + μ.")
class StandardScaler(Base):
    def inverse_transform(self, Z):
        self.check(Z)
        return (Z * self.scale_).astype(Z.dtype)


@reject("statistics with a row axis", "mean_ and scale_ have the shape (D,), not (1, D): leave keepdims away.")
class StandardScaler(Base):
    def centre(self, rows):
        return super().centre(rows)[None]

    def spread(self, rows):
        return super().spread(rows)[None]

    def check(self, rows):
        if self.mean_ is None:
            raise RuntimeError("not fitted")
        if rows.shape[1] != self.mean_.shape[1]:
            raise ValueError("wrong number of columns")


@reject("bias as it was", "The means have to move into the bias: b = b_s - Σ w_j μ_j.")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w, b = w_s / x_scaler.scale_, float(b_s)
    if y_scaler is None:
        return w, b
    return w * y_scaler.scale_[0], float(b * y_scaler.scale_[0] + y_scaler.mean_[0])


@reject("weights multiplied by σ", "z has x divided by σ, so the weight of x is w_s divided by σ.")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s * x_scaler.scale_
    b = float(b_s - w @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    return w * y_scaler.scale_[0], float(b * y_scaler.scale_[0] + y_scaler.mean_[0])


@reject("mean not divided by σ", "The bias takes Σ w_s μ / σ: use the new weights, or divide.")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s / x_scaler.scale_
    b = float(b_s - w_s @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    return w * y_scaler.scale_[0], float(b * y_scaler.scale_[0] + y_scaler.mean_[0])


@reject(
    "mean added to the bias", "A raw feature lies μ higher than a centred one: the bias goes down by Σ w μ, not up."
)
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s / x_scaler.scale_
    b = float(b_s + w @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    return w * y_scaler.scale_[0], float(b * y_scaler.scale_[0] + y_scaler.mean_[0])


@reject(
    "labels stay standardised", "The prediction is still in units of σ_y around 0. Undo the scaling of the labels too."
)
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s / x_scaler.scale_
    return w, float(b_s - w @ x_scaler.mean_)


@reject(
    "bias not multiplied by the label's σ",
    "y = σ_y · y_s + μ_y holds for the whole prediction: the bias is multiplied as well.",
)
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s / x_scaler.scale_
    b = float(b_s - w @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    return w * y_scaler.scale_[0], float(b + y_scaler.mean_[0])


@reject("label's mean forgotten", "The labels' mean is missing: y = σ_y · y_s + μ_y.")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    spread = 1.0 if y_scaler is None else y_scaler.scale_[0]
    w = w_s / x_scaler.scale_
    return w * spread, float((b_s - w @ x_scaler.mean_) * spread)


@reject(
    "weights not multiplied by the label's σ",
    "The prediction is multiplied by σ_y, so each weight is, not only the bias.",
)
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s / x_scaler.scale_
    b = float(b_s - w @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    return w, float(b * y_scaler.scale_[0] + y_scaler.mean_[0])


@reject("bias is an array", "mean_ and scale_ of the labels are arrays of one number. b is a Python float.")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w = w_s / x_scaler.scale_
    b = float(b_s - w @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    return w * y_scaler.scale_, b * y_scaler.scale_ + y_scaler.mean_


@reject("caller's weights changed", "`/=` wrote into the caller's w_s. Write `w = w_s / …`.")
def destandardise_linear(w_s, b_s, x_scaler, y_scaler=None):
    w_s /= x_scaler.scale_.astype(w_s.dtype)
    b = float(b_s - w_s @ x_scaler.mean_)
    if y_scaler is None:
        return w_s, b
    return w_s * y_scaler.scale_[0], float(b * y_scaler.scale_[0] + y_scaler.mean_[0])


waive(
    "destandardise_linear: w @ x_scaler.mean_ → x_scaler.mean_ @ w", "the dot product of two vectors, in either order"
)
waive("destandardise_linear: y_scaler.mean_[0] → y_scaler.mean_[-1]", "labels are one column: its first is its last")
waive("destandardise_linear: y_scaler.scale_[0] → y_scaler.scale_[-1]", "labels are one column: its first is its last")
