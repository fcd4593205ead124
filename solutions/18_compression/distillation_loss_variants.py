"""Other right distillation losses, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import accept, reject, waive


def logs(student, teacher, T):
    """Log-probabilities of both at temperature T."""
    return F.log_softmax(student / T, dim=1), F.log_softmax(teacher.detach() / T, dim=1)


def mix(soft, student, labels, T, alpha):
    return alpha * T**2 * soft + (1 - alpha) * F.cross_entropy(student, labels)


@accept("kl_div with log_target and batchmean")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student, labels, T, alpha)


@accept("teacher under no_grad, kl_div with probabilities")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    with torch.no_grad():
        p = torch.softmax(teacher / T, dim=-1)
    soft = F.kl_div(F.log_softmax(student / T, dim=-1), p, reduction="sum") / len(student)
    return mix(soft, student, labels, T, alpha)


@accept("soft cross-entropy minus the teacher's entropy, logsumexp by hand")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    t, z = (teacher / T).detach(), student / T
    logp, logq = (a - torch.logsumexp(a, 1, keepdim=True) for a in (t, z))
    p = logp.exp()
    entropy, crossed = -(p * logp).sum(1), -(p * logq).sum(1)
    picked = student.gather(1, labels[:, None])[:, 0]
    hard = (torch.logsumexp(student, 1) - picked).mean()
    return alpha * T * T * (crossed - entropy).mean() + (1 - alpha) * hard


@reject(
    "reduction mean",
    'reduction="mean" divides by N·C. A divergence is a SUM over the classes: use "batchmean", which divides by N.',
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(F.kl_div(logq, logp, reduction="mean", log_target=True), student, labels, T, alpha)


@reject("summed over the batch", "The first term grows with the batch: take its mean over the rows, as in the second.")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(F.kl_div(logq, logp, reduction="sum", log_target=True), student, labels, T, alpha)


@reject(
    "T squared missing",
    "The gradient of the soft term shrinks like 1/T², so a high temperature would silence the teacher: multiply by T².",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    soft = F.kl_div(logq, logp, reduction="batchmean", log_target=True)
    return alpha * soft + (1 - alpha) * F.cross_entropy(student, labels)


@reject("T instead of its square", "You multiplied by T. One T comes from q = softmax(z/T), one from p - q: it is T².")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    soft = F.kl_div(logq, logp, reduction="batchmean", log_target=True)
    return alpha * T * soft + (1 - alpha) * F.cross_entropy(student, labels)


@reject(
    "logarithm of softmax",
    "log(softmax(z)) is -inf as soon as a probability rounds to 0, and 0 · inf is NaN. Use log_softmax for both.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    q, p = torch.softmax(student / T, dim=1), torch.softmax(teacher.detach() / T, dim=1)
    return mix((p * (p.log() - q.log())).sum(1).mean(), student, labels, T, alpha)


@reject(
    "epsilon inside the logarithm",
    "The epsilon bends small probabilities, the very thing a teacher tells beyond the label. Use log_softmax.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    q, p = torch.softmax(student / T, dim=1), torch.softmax(teacher.detach() / T, dim=1)
    soft = (p * ((p + 1e-8).log() - (q + 1e-8).log())).sum(1).mean()
    return mix(soft, student, labels, T, alpha)


@reject(
    "teacher not detached", "Gradients flow into the teacher: it would be trained to please the student. Detach it."
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = F.log_softmax(student / T, dim=1), F.log_softmax(teacher / T, dim=1)
    return mix((logp.exp() * (logp - logq)).sum(1).mean(), student, labels, T, alpha)


@reject(
    "the teacher's favourite only",
    "You kept the teacher's likeliest class and dropped the rest of what it says: p is its whole distribution.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    return mix(F.cross_entropy(student / T, teacher.argmax(1)), student, labels, T, alpha)


@reject(
    "temperature on the labels", "The cross-entropy of the labels uses the student's logits as they are: T = 1 there."
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student / T, labels, T, alpha)


@reject("teacher without temperature", "Only the student was softened. p = softmax(teacher / T) as well.")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = F.log_softmax(student / T, dim=1), F.log_softmax(teacher.detach(), dim=1)
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student, labels, T, alpha)


@reject("student without temperature", "Only the teacher was softened. q = softmax(student / T) as well.")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = F.log_softmax(student, dim=1), F.log_softmax(teacher.detach() / T, dim=1)
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student, labels, T, alpha)


@reject("multiplied by the temperature", "Logits are DIVIDED by T: a high temperature makes the distribution softer.")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, 1 / T)
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student, labels, T, alpha)


@reject("divided after the softmax", "T belongs inside: softmax(z / T), not softmax(z) / T.")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = F.log_softmax(student, 1) / T, F.log_softmax(teacher.detach(), 1) / T
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student, labels, T, alpha)


@reject(
    "divergence the other way round",
    "This is KL(student || teacher). F.kl_div takes the student's log-probabilities FIRST and weighs by its second argument.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(F.kl_div(logp, logq, reduction="batchmean", log_target=True), student, labels, T, alpha)


@reject(
    "probabilities where logarithms belong",
    "F.kl_div wants LOG-probabilities of the student as its first argument, and you gave it probabilities.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    q, p = torch.softmax(student / T, dim=1), torch.softmax(teacher.detach() / T, dim=1)
    return mix(F.kl_div(q, p, reduction="batchmean"), student, labels, T, alpha)


@reject(
    "log_target forgotten",
    "F.kl_div took your log-probabilities of the teacher for probabilities. Say log_target=True, or pass probabilities.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(F.kl_div(logq, logp, reduction="batchmean"), student, labels, T, alpha)


@reject(
    "cross-entropy with the teacher",
    "The gradient is right, but the value holds the teacher's entropy too: a perfect student would not reach 0. "
    "Subtract it: KL = sum of p·(log p - log q).",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    return mix(-(logp.exp() * logq).sum(1).mean(), student, labels, T, alpha)


@reject("alpha on the wrong side", "alpha weighs the TEACHER's term; the labels get 1 - alpha.")
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    soft = F.kl_div(logq, logp, reduction="batchmean", log_target=True)
    return (1 - alpha) * T**2 * soft + alpha * F.cross_entropy(student, labels)


@reject(
    "T squared for both terms", "T² belongs to the teacher's term only: the labels' gradient does not shrink with T."
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = logs(student, teacher, T)
    soft = F.kl_div(logq, logp, reduction="batchmean", log_target=True)
    return T**2 * (alpha * soft + (1 - alpha) * F.cross_entropy(student, labels))


@reject(
    "softmax over the batch", "dim=0 normalises over the samples. Each row is a distribution over the classes: dim=1."
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    logq, logp = F.log_softmax(student / T, dim=0), F.log_softmax(teacher.detach() / T, dim=0)
    return mix(F.kl_div(logq, logp, reduction="batchmean", log_target=True), student, labels, T, alpha)


@reject(
    "logits compared directly",
    "You compared the logits themselves. A constant added to a row changes no probability and must cost nothing.",
)
def distillation_loss(student, teacher, labels, T=4.0, alpha=0.9):
    soft = ((student - teacher.detach()) / T).square().sum(1).mean() / 2
    return mix(soft, student, labels, T, alpha)


waive(
    "distillation_loss: F.log_softmax(student / T, dim=1) → F.log_softmax(student / T)",
    "without dim PyTorch takes axis 1 of a table, the same, and warns",
)

waive(
    "distillation_loss: F.log_softmax(teacher.detach() / T, dim=1) → F.log_softmax(teacher.detach() / T)",
    "without dim PyTorch takes axis 1 of a table, the same, and warns",
)
