# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes training.bin: ten training steps of the PyTorch reference on given pixels.

    /usr/bin/python3 make_training.py REFERENCE_DIRECTORY [training.bin]

REFERENCE_DIRECTORY holds wsnet_reference.py. Little-endian: int32 B, P, steps of the schedule, steps run, simulated and
real pixels a step; then float32 weights (in the order of core/src/params.h), weak [P], simulated pixels
[steps,batch,B], their abundances [steps,batch,P], real pixels [steps,real_batch,B], losses [steps], and the endmembers
after the last step [P,B].
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

BANDS, MATERIALS, SCHEDULE, STEPS, BATCH, REAL_BATCH = 19, 3, 50, 10, 24, 20


def weight_block(net):
    """The network's weights as one float32 vector, in the order of the C table."""
    ssm, wsa = net.ssm, net.wsa
    parts = [net.E, net.scale_gain, net.embed.weight, net.embed.bias, net.position, net.act_embed, net.norm_in.weight,
             net.norm_in.bias, ssm.w_in.weight, ssm.conv.weight, ssm.conv.bias, ssm.w_x.weight, ssm.w_delta.weight,
             ssm.w_delta.bias, ssm.alpha, ssm.skip, ssm.w_out.weight, wsa.q.weight, wsa.k.weight, wsa.v.weight,
             wsa.q.bias, wsa.k.bias, wsa.v.bias, wsa.tau, wsa.o.weight, wsa.o.bias, net.gate.weight, net.gate.bias,
             net.norm_out.weight, net.norm_out.bias, net.flat.weight, net.flat.bias, net.act_flat, net.head.weight,
             net.head.bias, net.act_head, net.to_shift.weight, net.to_shift.bias, net.to_width.weight,
             net.to_width.bias]
    return torch.cat([part.detach().flatten() for part in parts]).numpy().astype("<f4")


def make_pixels(rng):
    """Endmembers, and pixels of every step: made up, but not easier than a real scene."""
    w = np.linspace(0, 1, BANDS)
    E = np.stack([0.35 + 0.25 * np.sin(5 * (k + 1) * w + k) for k in range(MATERIALS)])
    E[-1] *= 0.3
    truth = rng.dirichlet(np.full(MATERIALS, 0.5), (STEPS, BATCH))
    fractions = rng.dirichlet(np.full(MATERIALS, 0.5), (STEPS, REAL_BATCH))
    noisy = lambda a: np.exp(0.15 * rng.standard_normal(a.shape[:2] + (1,))) * (a @ E) + 0.01 * rng.standard_normal(
        a.shape[:2] + (BANDS,))
    return E.astype("f4"), noisy(truth).astype("f4"), truth.astype("f4"), noisy(fractions).astype("f4")


def run_steps(reference, net, weak, simulated, truth, real):
    """The losses of reference.train() on these pixels."""
    solve = lambda y: torch.as_tensor(
        reference.fcls(y.astype("f8"), net.E.detach().clamp_min(0).numpy().astype("f8"), 20000), dtype=torch.float32)
    lr = 3e-3
    fast = [p for n, p in net.named_parameters() if n != "E"]
    optimiser = torch.optim.AdamW([{"params": fast, "lr": lr}, {"params": [net.E], "lr": lr * 0.1, "weight_decay": 0.0}],
                                  weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [lr, lr * 0.1], total_steps=SCHEDULE, pct_start=0.1)
    losses = []
    for x, a, y in zip(simulated, truth, real):
        a, tx, ty = torch.as_tensor(a), torch.as_tensor(x), torch.as_tensor(y)
        ah, lo, hi = net(tx, solve(x))
        fixed = ah.detach()
        loss = ((ah - a) ** 2).sum(1).mean()
        loss = loss + 0.1 * (reference.pinball(a, fixed - lo, 0.05) + reference.pinball(a, fixed + hi, 0.95)).sum(1).mean()
        mix = net(ty, solve(y))[0] @ net.E.clamp_min(0)
        loss = loss + 0.1 * (1 - F.cosine_similarity(mix, ty)).mean() + 1e-3 * reference.separability(net.E, weak) \
            + ((net.E - net.E0) ** 2).sum() / (net.E0 ** 2).sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    return losses


def main():
    sys.path.insert(0, sys.argv[1])
    import wsnet_reference as reference
    torch.manual_seed(0)
    E, simulated, truth, real = make_pixels(np.random.default_rng(0))
    net = reference.WSNet(E)
    weak = torch.tensor([False, False, True])
    start = weight_block(net)
    losses = run_steps(reference, net, weak, simulated, truth, real)
    print("losses", " ".join("%.6f" % v for v in losses))
    with open(sys.argv[2] if len(sys.argv) > 2 else "training.bin", "wb") as out:
        out.write(np.array([BANDS, MATERIALS, SCHEDULE, STEPS, BATCH, REAL_BATCH], "<i4").tobytes())
        for part in (start, weak.numpy(), simulated, truth, real, losses, net.E.detach().numpy()):
            out.write(np.ascontiguousarray(part, "<f4").tobytes())


if __name__ == "__main__":
    main()
