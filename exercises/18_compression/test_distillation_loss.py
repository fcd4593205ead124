"""Checks of distillation_loss against torch.nn.functional's kl_div and cross_entropy."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, holds, same


def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq = F.log_softmax(student / T, dim=1)
    logp = F.log_softmax(teacher.detach() / T, dim=1)
    soft = F.kl_div(logq, logp, reduction="batchmean", log_target=True)
    return alpha * T * T * soft + (1 - alpha) * F.cross_entropy(student, labels)


def problem(draw, scale=2.0, dtype=torch.float64, low=2):
    """Logits of both (N, C), N and C different, and labels (N,)."""
    rows, classes = draw.shape(dims=2, low=low, high=7)
    student = draw.tensor((rows, classes), scale, dtype)
    teacher = draw.tensor((rows, classes), scale, dtype, requires_grad=False)
    return student, teacher, draw.targets(rows, classes)


@draws(12)
def test_soft_targets(mine, draw):
    """With alpha = 1 only the teacher counts: T² times the divergence from it, value and gradient."""
    student, teacher, labels = problem(draw)
    same(mine.distillation_loss, distillation_loss, student, teacher, labels, draw.pick(1.0, 2.0, 5.0, 0.5), 1.0)


@draws(6)
def test_hard_labels(mine, draw):
    """With alpha = 0 it is the cross-entropy of the labels, whatever the temperature."""
    student, teacher, labels = problem(draw)
    same(mine.distillation_loss, distillation_loss, student, teacher, labels, draw.pick(1.0, 4.0, 0.5), 0.0)


@draws(16)
def test_mixture(mine, draw):
    """Mixes both terms, alpha for the teacher and 1 - alpha for the labels."""
    student, teacher, labels = problem(draw, draw.pick(1.0, 6.0))
    T, alpha = draw.pick(2.0, 1.0, 7.0, 0.7), draw.float(0.05, 0.95)
    same(mine.distillation_loss, distillation_loss, draw.layout(student), draw.layout(teacher), labels, T, alpha)


@draws(2)
def test_defaults(mine, draw):
    """T is 4 and alpha 0.9 unless the caller says otherwise; both may be given by name."""
    student, teacher, labels = problem(draw)
    same(mine.distillation_loss, distillation_loss, student, teacher, labels)
    same(mine.distillation_loss, distillation_loss, student, teacher, labels, alpha=0.3, T=1.5)


@draws(4)
def test_teacher_agrees(mine, draw):
    """Where the student has the teacher's logits, up to a constant in each row, nothing is left of the first term."""
    student, _, labels = problem(draw)
    teacher = student.detach() + 3 * draw.tensor((len(student), 1), requires_grad=False)
    same(mine.distillation_loss, distillation_loss, student, teacher, labels, 3.0, 0.6)


@draws(3)
def test_teacher_stays(mine, draw):
    """No gradient flows to the teacher, even when its logits come with a graph."""
    student, teacher, labels = problem(draw)
    weight = teacher.clone().requires_grad_()
    mine.distillation_loss(student, 2 * weight, labels, 2.0, draw.pick(1.0, 0.5)).backward()
    flowed = weight.grad is not None and bool(weight.grad.any())
    holds(not flowed, "a gradient flows to the teacher's logits", got=weight.grad, expected="None, or zeros")
    holds(student.grad is not None, "no gradient flows to the student", got=student.grad)


@draws(6)
def test_enormous_logits(mine, draw):
    """Logits of ±1000 give finite losses and gradients, at any temperature."""
    student, teacher, labels = problem(draw, 1000.0)
    same(mine.distillation_loss, distillation_loss, student, teacher, labels, draw.pick(1.0, 0.1, 100.0), 0.5)


@draws(4)
def test_temperatures(mine, draw):
    """Temperatures from 0.1 to 100 work: one asks for the likeliest class, the other for the differences of logits."""
    student, teacher, labels = problem(draw)
    T = draw.pick(0.1, 100.0)  # at 100 the divergence is a small difference of large numbers: not for float32
    same(mine.distillation_loss, distillation_loss, student, teacher, labels, T, 0.8, dtypes=("float64",), rtol=1e-8)


@draws(3)
def test_gradcheck(mine, draw):
    """The student's gradient agrees with finite differences."""
    student, teacher, labels = problem(draw)
    T = draw.pick(1.0, 3.0)
    torch.autograd.gradcheck(lambda z: mine.distillation_loss(z, teacher, labels, T, 0.7), (student,))


@draws(4)
def test_small_shapes(mine, draw):
    """One sample is enough, and with a single class the loss is 0."""
    rows, classes = draw.pick((1, 3), (3, 1), (1, 1), (1, 2))
    student, teacher = draw.tensor((rows, classes)), draw.tensor((rows, classes), requires_grad=False)
    same(mine.distillation_loss, distillation_loss, student, teacher, draw.targets(rows, classes), 2.0, 0.5)


@draws(2)
def test_half_precision(mine, draw):
    """Works in bfloat16, and keeps it."""
    student, teacher, labels = problem(draw, dtype=torch.bfloat16)
    with torch.no_grad():
        got = mine.distillation_loss(student, teacher, labels, 2.0, 0.5)
    wanted = distillation_loss(student.double(), teacher.double(), labels, 2.0, 0.5).detach()
    close(got.detach(), wanted.to(torch.bfloat16), "the loss", rtol=3e-2, atol=3e-2)
