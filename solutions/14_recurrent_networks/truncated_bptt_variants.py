"""Other right ways to write truncated-bptt, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from tutor.checks import accept, reject
from tutor.mine import clip_grad_norm_


def without_history(state):
    """A right detach_state."""
    if state is None:
        return None
    if torch.is_tensor(state):
        return state.detach()
    if isinstance(state, dict):
        return {key: without_history(part) for key, part in state.items()}
    return type(state)(without_history(part) for part in state)


def epoch(model, batches, optimizer, clip, carry, *, cut=without_history, flaw=""):
    """The right epoch, with one flaw where a variant names it."""
    if flaw != "mode":
        model.train()
    state, rows, losses = None, None, []
    for X, Y in batches:
        if (not carry and flaw != "kept") or (len(X) != rows and flaw != "rows") or flaw == "reset":
            state = None
        rows = len(X)
        logits, state = model(X, cut(state))
        wanted = X if flaw == "same token" else Y
        wanted = wanted.T if flaw == "turned" else wanted
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), wanted.reshape(-1))
        if flaw == "summed":
            loss = loss * Y.numel()
        if flaw != "not cleared":
            optimizer.zero_grad()
        loss.backward(retain_graph=flaw == "retained")
        if flaw != "clip late":
            clip_grad_norm_(model.parameters(), clip)
        if flaw != "no step":
            optimizer.step()
        if flaw == "clip late":
            clip_grad_norm_(model.parameters(), clip)
        size = Y.numel() if flaw != "by rows" else len(Y)
        value = loss if flaw == "graphs" else loss.item() / (Y.numel() if flaw == "summed" else 1)
        losses.append((value, size))
    return result(losses, flaw)


def result(losses, flaw):
    if not losses:
        return 1.0 if flaw == "one" else math.nan
    if flaw == "last":
        return math.exp(losses[-1][0])
    if flaw == "mean of perplexities":
        return sum(math.exp(loss) for loss, _ in losses) / len(losses)
    if flaw == "mean of batches":
        return math.exp(sum(loss for loss, _ in losses) / len(losses))
    mean = float(sum(loss * n for loss, n in losses) / sum(n for _, n in losses))
    return mean if flaw == "loss" else 2**mean if flaw == "base 2" else math.exp(mean)


@accept("match over the kinds; detached at the end of a batch; losses kept in a list")
def detach_state(state):
    match state:
        case torch.Tensor():
            return state.detach().clone()
        case dict():
            return dict(zip(state, map(detach_state, state.values()), strict=True))
        case list():
            return [detach_state(part) for part in state]
        case tuple():
            return tuple(detach_state(part) for part in state)
    return None


@accept("one token a row by permute, sums of losses, sizes compared with the last batch")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    model.train(True)
    state, last, nats, count = None, None, 0.0, 0
    for X, Y in batches:
        if last is None or not carry_state or last.shape[0] != X.shape[0]:
            logits, state = model(X, None)
        else:
            logits, state = model(X, state)
        state, last = without_history(state), X
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(logits.permute(0, 2, 1), Y, reduction="sum")
        (loss / Y.numel()).backward()
        clip_grad_norm_(list(model.parameters()), clip)
        optimizer.step()
        nats, count = nats + float(loss.detach()), count + Y.numel()
    return float("nan") if count == 0 else math.exp(nats / count)


@reject(
    "state never detached",
    "The state kept its history, so the next backward pass ran into the graph of the batch before (PyTorch says: a second "
    "time). Cut it between batches and keep the values: detach_state(state).",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, cut=lambda state: state)


@reject(
    "retain_graph instead of detaching",
    "backward ran on into the graph of the batch before, and the step has changed the weights since. retain_graph=True does "
    "not help: cut the state's history between batches, with detach_state(state).",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, cut=lambda state: state, flaw="retained")


@reject(
    "state reset although carry_state is true",
    "With sequential sampling a batch continues the text of the one before: pass its state on, detached, not None.",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="reset")


@reject(
    "state kept with random sampling",
    "Without carry_state neighbouring batches are unrelated: each starts from None.",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="kept")


@reject(
    "state kept for another number of rows",
    "The last batch may have fewer rows than the state of the one before: start from None when len(X) changes.",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="rows")


@reject(
    "no clipping, or after the step",
    "The step used gradients that were not clipped. The order is: zero_grad, backward, clip_grad_norm_, step.",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="clip late")


@reject(
    "gradients not cleared", "The gradients of earlier batches are still in there: optimizer.zero_grad() each time."
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="not cleared")


@reject(
    "no step",
    "The parameters did not change: optimizer.step() is missing, or zero_grad stands between backward and it. The order is: "
    "zero_grad, backward, clip_grad_norm_, step.",
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="no step")


@reject("loss summed over the tokens", "The gradient is that of the SUM over the tokens. Take the mean, then clip.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="summed")


@reject("predicts the token it reads", "You compared the logits with X. They are to predict the NEXT tokens: Y.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="same token")


@reject(
    "tokens in another order than the logits", "You flattened the transposed Y, but logits go row by row: Y.flatten()."
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="turned")


@reject(
    "mean of batch perplexities", "You averaged perplexities. Average the LOSS over all tokens, then take exp once."
)
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="mean of perplexities")


@reject("every batch weighs the same", "A short batch has fewer tokens: weight each batch's loss by Y.numel().")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="mean of batches")


@reject("weighted by rows", "You weighted the batches by their rows; they may differ in length, too: Y.numel() tokens.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="by rows")


@reject("perplexity of the last batch only", "That is the perplexity of the last batch. Count all tokens of the epoch.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="last")


@reject("loss instead of perplexity", "You returned the mean loss. The perplexity is exp of it.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="loss")


@reject("base 2", "The loss is in natural logarithms, so the perplexity is exp(loss), not 2 ** loss.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="base 2")


@reject("mode left as it was", "The model may come in evaluation mode: model.train() at the start.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="mode")


@reject("keeps every graph alive", "Adding up loss tensors keeps the graphs of all batches in memory: add loss.item().")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="graphs")


@reject("1 without batches", "Without a batch nothing was measured: return math.nan.")
def tbptt_epoch(model, batches, optimizer, clip, carry_state):
    return epoch(model, batches, optimizer, clip, carry_state, flaw="one")


@reject("detached in place", "detach_() takes the history from the caller's tensor as well: detach() makes a new one.")
def detach_state(state):
    if torch.is_tensor(state):
        return state.detach_()
    if state is None:
        return None
    if isinstance(state, dict):
        return {key: detach_state(part) for key, part in state.items()}
    return type(state)(detach_state(part) for part in state)


@reject("values set to zero", "Detaching forgets the history, not the values. You returned zeros.")
def detach_state(state):
    if torch.is_tensor(state):
        return torch.zeros_like(state)
    if state is None:
        return None
    if isinstance(state, dict):
        return {key: detach_state(part) for key, part in state.items()}
    return type(state)(detach_state(part) for part in state)


@reject(
    "cloned instead of detached", "What you returned still has its history: clone() keeps it. Return tensor.detach()."
)
def detach_state(state):
    if torch.is_tensor(state):
        return state.clone()
    if state is None:
        return None
    if isinstance(state, dict):
        return {key: detach_state(part) for key, part in state.items()}
    return type(state)(detach_state(part) for part in state)


@reject("only the first part", "The state of an LSTM is a pair: detach the cell as well as the hidden state.")
def detach_state(state):
    if isinstance(state, (tuple, list)):
        return type(state)([without_history(state[0]), *state[1:]])
    return without_history(state)


@reject("every container becomes a tuple", "A list must stay a list: type(state)(…) keeps the kind of container.")
def detach_state(state):
    if torch.is_tensor(state) or state is None:
        return without_history(state)
    if isinstance(state, dict):
        return {key: detach_state(part) for key, part in state.items()}
    return tuple(detach_state(part) for part in state)


@reject("every container becomes a list", "A tuple must stay a tuple: type(state)(…) keeps the kind of container.")
def detach_state(state):
    if torch.is_tensor(state) or state is None:
        return without_history(state)
    if isinstance(state, dict):
        return {key: detach_state(part) for key, part in state.items()}
    return [detach_state(part) for part in state]


@reject("no nesting", "What a container holds may be a container: call detach_state for it, not .detach().")
def detach_state(state):
    if torch.is_tensor(state) or state is None:
        return without_history(state)
    if isinstance(state, dict):
        return {key: part.detach() for key, part in state.items()}
    return type(state)(part.detach() for part in state)


@reject("dicts not taken apart", "A dict came back with its history: detach its values.")
def detach_state(state):
    return state if isinstance(state, dict) else without_history(state)


@reject("stumbles over None", "Before the first batch there is no state: None stays None.")
def detach_state(state):
    if isinstance(state, dict):
        return {key: detach_state(part) for key, part in state.items()}
    if isinstance(state, (tuple, list)):
        return type(state)(detach_state(part) for part in state)
    return state.detach()
