# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the golden vectors of the layers, the network and the losses, computed by PyTorch in double precision.

    python3 make_goldens.py wsnet_reference.py [folder]

A file is a sequence of records: name (32 bytes, NUL-padded), count (uint32), count float32 values, little-endian.
Inputs and weights are not stored: pattern() makes the same numbers here and in tests/unit/golden.h.
"""
import importlib.util
import math
import pathlib
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

LANES = 16


def pattern(seed, *shape):
    """Numbers in [-1, 1), exact in float32, from an integer hash of (seed, position)."""
    i = np.arange(int(np.prod(shape)), dtype=np.uint64)
    x = ((i + 1) * 2654435761 + seed * 40503 * 65537) & 0xFFFFFFFF
    x ^= x >> 15
    x = (x * 2246822519) & 0xFFFFFFFF
    x ^= x >> 13
    return torch.from_numpy((x >> 8).astype(np.float64) / 2**23 - 1).reshape(shape)


def lanes(seed, *shape):
    """A block's input: stored [shape, LANES], returned pixels first."""
    return pattern(seed, *shape, LANES).movedim(-1, 0)


class Goldens:
    """Collects named arrays; arrays of a block are given pixels first and stored pixels last."""

    def __init__(self):
        self.bytes = b""

    def add(self, name, values, block=False):
        values = values.detach()
        values = values.movedim(0, -1) if block else values
        data = values.numpy().astype("<f4").ravel()
        self.bytes += struct.pack("<32sI", name.encode(), data.size) + data.tobytes()

    def gradients(self, name, output, weights, blocks):
        """Stores output and the gradients of sum(output * pattern(99)) to each named weight and block array."""
        self.add(name + ".y", output, True)
        loss = (output * lanes(99, *output.shape[1:])).sum()
        named = [(k, v, False) for k, v in weights.items()] + [(k, v, True) for k, v in blocks.items()]
        for (key, _, block), gradient in zip(named, torch.autograd.grad(loss, [v for _, v, _ in named])):
            self.add(f"{name}.d{key}", gradient, block)


def weight(seed, *shape, scale=0.5, centre=0.0):
    return (centre + scale * pattern(seed, *shape)).requires_grad_()


def block(seed, *shape):
    return lanes(seed, *shape).contiguous().requires_grad_()


def make_layers(reference, path):
    """Every layer for itself: T 7, D 6, S 8, R 2, H 2, Q 8, P 5."""
    out = Goldens()
    T, D, S, R, H, Q, P = 7, 6, 8, 2, 2, 8, 5
    x = lanes(1, 3 * Q)
    out.add("wavelet.y", x.reshape(LANES, 3, Q) @ torch.as_tensor(reference.haar_matrix(3)).T, True)

    x, w, b = block(1, T, D), weight(2, 10, D), weight(3, 10)
    out.gradients("dense", F.linear(x, w, b), {"w": w, "b": b}, {"x": x})

    x, w, b = block(1, T, D), weight(2, D, centre=0.25), weight(3, T, D)
    out.gradients("prelu", reference.prelu(x + b, w), {"slope": w, "offset": b}, {"x": x})

    x, w, b = block(1, T, D), weight(2, D, centre=1), weight(3, D)
    out.gradients("norm", F.layer_norm(x, (D,), w, b), {"gain": w, "bias": b}, {"x": x})

    x, w, b = block(1, T, D), weight(2, D, 3), weight(3, D)
    y = F.silu(F.conv1d(x.transpose(1, 2), w[:, None], b, padding=2, groups=D)[..., :T].transpose(1, 2))
    out.gradients("conv", y, {"w": w, "b": b}, {"x": x})

    v, raw, p = block(1, T, D), block(2, T, D), block(3, T, R + 2 * S)
    alpha, skip = weight(4, D), weight(5, D, centre=1)
    delta, Bm, C = F.softplus(raw), p[..., R:R + S], p[..., R + S:]
    A = -torch.exp(alpha)[:, None] * torch.arange(1, S + 1)
    state, ys = torch.zeros(LANES, D, S), []
    for t in range(T):
        state = torch.exp(delta[:, t, :, None] * A) * state + (delta * v)[:, t, :, None] * Bm[:, t, None]
        ys.append((state * C[:, t, None]).sum(-1) + skip * v[:, t])
    out.gradients("scan", torch.stack(ys, 1), {"alpha": alpha, "skip": skip}, {"v": v, "raw": raw, "p": p})

    a, b = block(1, T, D), block(2, T, D)
    out.gradients("swish", a * F.silu(b), {}, {"a": a, "b": b})

    qkv, tau = block(1, T, 3 * D), weight(2, 1)
    q, k, v = (part.reshape(LANES, T, H, D // H).transpose(1, 2) for part in qkv.chunk(3, -1))
    cosine = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-1, -2)
    share = torch.softmax(-4 * torch.exp(tau) * cosine, -1)
    out.gradients("attention", (share @ v).transpose(1, 2).reshape(LANES, T, D), {"tau": tau}, {"qkv": qkv})

    h, mw, logit = block(1, T, D), block(2, T, 2 * D), block(3, T, D)
    g = torch.sigmoid(logit - 0.7)
    out.gradients("fuse", h + g * mw[..., :D] + (1 - g) * mw[..., D:], {}, {"h": h, "mw": mw, "logit": logit})

    u, shift = lanes(1, P), block(2, P)
    out.gradients("simplex", reference.project_simplex(u + shift), {}, {"shift": shift})

    raw = block(1, 2 * P)
    out.gradients("widths", F.softplus(raw), {}, {"raw": raw})
    (path / "layers.bin").write_bytes(out.bytes)


def table(net):
    """The weight table of core/src/params.h, in its order: name -> parameters of the reference, stacked."""
    ssm, wsa = net.ssm, net.wsa
    return {
        "endmembers": [net.E], "scale_gain": [net.scale_gain], "embed_weight": [net.embed.weight],
        "embed_bias": [net.embed.bias], "position": [net.position], "embed_slope": [net.act_embed],
        "norm_in_gain": [net.norm_in.weight], "norm_in_bias": [net.norm_in.bias],
        "ssm_in_weight": [ssm.w_in.weight], "ssm_conv_weight": [ssm.conv.weight], "ssm_conv_bias": [ssm.conv.bias],
        "ssm_x_weight": [ssm.w_x.weight], "ssm_delta_weight": [ssm.w_delta.weight],
        "ssm_delta_bias": [ssm.w_delta.bias], "ssm_alpha": [ssm.alpha], "ssm_skip": [ssm.skip],
        "ssm_out_weight": [ssm.w_out.weight], "wsa_qkv_weight": [wsa.q.weight, wsa.k.weight, wsa.v.weight],
        "wsa_qkv_bias": [wsa.q.bias, wsa.k.bias, wsa.v.bias], "wsa_tau": [wsa.tau],
        "wsa_out_weight": [wsa.o.weight], "wsa_out_bias": [wsa.o.bias], "gate_weight": [net.gate.weight],
        "gate_bias": [net.gate.bias], "norm_out_gain": [net.norm_out.weight], "norm_out_bias": [net.norm_out.bias],
        "flat_weight": [net.flat.weight], "flat_bias": [net.flat.bias], "flat_slope": [net.act_flat],
        "head_weight": [net.head.weight], "head_bias": [net.head.bias], "head_slope": [net.act_head],
        "shift_weight": [net.to_shift.weight], "shift_bias": [net.to_shift.bias],
        "width_weight": [net.to_width.weight], "width_bias": [net.to_width.bias]}


CENTRE = {"endmembers": 0.5, "scale_gain": 1, "embed_slope": 0.25, "norm_in_gain": 1, "ssm_delta_bias": -2, "ssm_skip": 1,
          "norm_out_gain": 1, "flat_slope": 0.25, "head_slope": 0.25, "width_bias": -1}


def set_weights(net):
    for seed, (name, parts) in enumerate(table(net).items()):
        values = CENTRE.get(name, 0) + 0.25 * pattern(100 + seed, sum(p.numel() for p in parts))
        for part, piece in zip(parts, values.split([p.numel() for p in parts])):
            part.data = piece.reshape(part.shape).clone()


def store_gradient(out, name, net):
    for key, parts in table(net).items():
        gradient = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parts]
        out.add(f"{name}.{key}", torch.cat([g.ravel() for g in gradient]))
    net.zero_grad()


def make_network(reference, path, bands, P, coverage=0.9, **sizes):
    """Forward, backward and the training losses of the whole network."""
    out = Goldens()
    net = reference.WSNet(np.ones((P, bands)) + np.eye(P, bands), **sizes).double()
    set_weights(net)
    net.haar = torch.as_tensor(reference.haar_matrix(int(math.log2(net.Q))))
    start = 0.5 + 0.25 * pattern(90, P, bands)
    net.pinv = torch.linalg.pinv(start)
    x, u = 0.5 + 0.4 * lanes(1, bands), lanes(2, P).abs() + 0.01
    u = u / u.sum(1, keepdim=True)
    truth = lanes(3, P).abs()
    truth = truth / truth.sum(1, keepdim=True)
    out.add("pinv", net.pinv)

    a, lower, upper = net(x, u)
    for name, value in ("a", a), ("lower", lower), ("upper", upper):
        out.add(name, value, True)
    out.add("a_weak_bias", net(x, u, weak_bias=1.5)[0], True)
    ((a * lanes(4, P)).sum() + (lower * lanes(5, P)).sum() + (upper * lanes(6, P)).sum()).backward()
    store_gradient(out, "gradient", net)

    a, lower, upper = net(x, u)
    squares, fixed = ((a - truth) ** 2).sum(), a.detach()
    pinball = (reference.pinball(truth, fixed - lower, (1 - coverage) / 2)
               + reference.pinball(truth, fixed + upper, (1 + coverage) / 2)).sum()
    (squares / LANES + 0.1 * pinball / LANES).backward()
    out.add("simulated.losses", torch.stack([squares, pinball]))
    store_gradient(out, "simulated", net)

    real = (1 - F.cosine_similarity(net(x, u)[0] @ net.E.clamp_min(0), x)).sum()
    weak = torch.arange(P) % 2 == 1
    separability = reference.separability(net.E, weak)
    anchor = ((net.E - start) ** 2).sum() / (start ** 2).sum()
    (0.1 * real / LANES + 0.5 * separability + anchor).backward()
    out.add("real.losses", torch.stack([real, 0.5 * separability + anchor]))
    store_gradient(out, "real", net)
    path.write_bytes(out.bytes)


def main():
    spec = importlib.util.spec_from_file_location("reference", sys.argv[1])
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).parent
    torch.set_default_dtype(torch.float64)
    make_layers(reference, folder)
    make_network(reference, folder / "network_default.bin", bands=21, P=3)
    make_network(reference, folder / "network_small.bin", bands=18, P=4, D=6, levels=2, S=5, heads=3, hidden=10)


if __name__ == "__main__":
    main()
