"""The fixed words of docs/performance.md: method and caveats, around the tables."""

FRAME = """\
# Performance

This page is written by `make bench` from the files in [`benchmarks/results`](../benchmarks).
`make bench-quick` measures small sizes only; a part that has no full result shows its quick one,
and says so. Wins and defeats stand alike.

## Machine

{machine}
## Goals

Ratios are of one run on one machine. The goals are for two cores and full sizes.

{goals}
## How it is measured

- Each measurement runs in a fresh process, one at a time, on an idle machine, with the threads that
  torch chooses.
- Times are the median of several repetitions after a warm-up, with the quartiles in brackets.
- An *evaluation* is one forward and one backward pass of the objective to the pixels.
- The *floor* of an evaluation is the work of its convolutions, forward and gradient with respect to
  the input, at the best rate that a single 3x3 convolution reached on this machine in the same
  precision. Pooling, ReLU, Gram matrices and everything else are taken as free, so the floor itself
  is out of reach.
- *classic* has the defaults of neural-style-pt, *gatys2016* those of Gatys's PyTorch recipe. Both
  are written from the published formulas, in [`baselines.py`](../benchmarks/baselines.py), in
  float32 with contiguous tensors; the programs themselves are not run.
- Both sides load the same network and see the same pictures. Their clocks start with both in
  memory, before the targets are computed, and stop at the evaluation in question.
- L is the lowest loss of the baseline's run. A number of times (×) is the time of the baseline's
  whole run over that of the cell: also in the baseline's own row, which tells when it could have
  stopped.
- The machine's speed may change within the hours that a run takes. So evaluations of the baseline
  are timed right before and after each run of Impasto, too, and a number of times takes the
  baseline's whole run to be as much slower or faster as these.
- Impasto paints with the objective of the baseline and with its own defaults otherwise: start,
  sizes, optimizer, precision, layout. The run called *one size* differs from them by `--levels 1
  --iterations 600 --history 40`. Its best image is kept every five evaluations at the final
  size. After the run the baseline's own code, in float32, tells the loss of these images; the first
  at or below a level counts. Coarser sizes count with their time only.
- Peak memory is that of the whole process, as the system reports it.

## What the numbers do not say

- Where Oxford's VGG-19 is not at hand, its deep layers are random. An evaluation costs the same,
  but how many of them a loss takes may differ.
- They are of one photograph, one painting and one seed.
- After the runs of this page, gradients of convolutions went back to torch's operator, see below.
  Without it, classic's loss within 1 % took 56.0 s, and 1 % below it 73.4 s, with evaluations of
  classic at 1.47 s right before and 1.35 s right after: 1/25.4 and 1/19.4 in place of 1/26.7 and
  1/20.2. The peaks of VGG-19's processes are lower now: 2110 to 2250 MiB at 1024 pixels, whole.
- The speed of the machine wanders by 5 % within minutes, and so does a ratio.
- The loss of gatys2016's recipe is that of an image no file can hold: clipped to [0, 1], its own
  result has 65 times as much.
- A lower loss is not always a better picture. A start from noise and one from the photograph end in
  different pictures of about the same loss.
- The baselines could be made faster by the same means as Impasto. The ratios compare with what
  people run.

## What was tried, and left out

Measured with the pocket network unless it says otherwise; losses at the same number of evaluations.

- Curvature pairs carried over from the coarser size, enlarged, with gradients rescaled or not: 0.4
  to 1 % above a fresh start after 100 evaluations at 256 pixels for three of four pairs, 0.5 %
  below for the fourth.
- A line search for the strong Wolfe conditions: with as many evaluations at 256 pixels, for one
  pair, 1.06 times the loss after 50, 1.05 after 100, 1.07 after 200. `--optimizer lbfgs-wolfe` has
  it.
- Gradient checkpointing, with every block's features computed again in the backward pass: VGG-19 at
  512 pixels on one thread had 5 to 7 % fewer bytes of tensors alive at its peak in float32 and 10 %
  fewer in bfloat16, but the process was no smaller (its peak was 992 MiB without and 993 to 1069
  with it), for 1.4 times the time. Tiles of 256 pixels have it at 778 MiB.
- The gradients of the losses taken layer by layer, when the backward pass has come to the layer;
  autograd takes them first and keeps them. VGG-19 had 26 % fewer bytes of tensors at its peak in
  float32, but a whole run's process 5 % fewer; the pocket network became 1 to 3 % slower.
- A longer history for everybody: with classic's objective at 512 pixels a history of 10, 20, 40, 80
  comes to 1.041, 1.028, 1.010, 1.006 times classic's loss after 240 evaluations, so a VGG gains by
  `--history 40`; a step takes 5 ms with 10 and 20 with 40, beside an evaluation of 200.
  With the pocket network 20 in place of 10 changes the loss of two pairs by +0.1
  and -0.4 %, and a step of the optimizer takes twice as long.
- A start of the curvature that differs by half octaves of the spectrum and by color, measured with
  random probes of the Hessian. Curvature differs 200 times from the finest luminance to middle
  colors, but after 200 evaluations the loss was the same, or 1 % higher. By octaves, from what the
  steps show of each: 1 to 3 % lower with the textbook's first guess, not tried with ours.
- All remembered steps satisfied at once (block secants): far worse. The matrix of steps and changes
  is not symmetric at all, so the loss is no quadratic at the scale of a step.
- Other courses of the continuation: 3 to 9 stages, first factors from 10 to 100, shares that are
  spread otherwise. With classic's objective its loss within 1 % takes 234 to 275 evaluations (315
  without), with the built-in course 235; with pocket the losses of four pairs differ by 2 %.
  Forgetting the curvature where a stage begins: 1.047 times classic's loss after 280 evaluations,
  which takes 220 without any stages.
  Stages at the coarsest size, too: as low a loss, but a sky with fewer swirls.
- The mean of the last images in place of the last: no lower. Seven tenths of the step: the same
  loss after as many evaluations.
- Momentum on top of L-BFGS: 4 % higher, or no better and with divergences.
- Maximum pooling backwards by comparisons in place of torch's operator: slower. In bfloat16 by
  masks of 16 bits: a quarter faster alone, and no faster within an evaluation. (Average pooling
  backwards by copies is three to five times faster, and built in.)
- The end of the continuation after 150, 165, 180, 195, 210 evaluations: 1.01 times classic's loss
  takes 244, 242, 235, 234, 243, and 0.99 times it 353, 337, 318, 323, 328. After 120: 1.034 after
  320. The next four were measured with 150.
- The gradient of a convolution as a convolution with turned filters, whose weights are put in order
  once like those of the forward pass: 3 % of an evaluation of VGG-19, but its process at 1024
  pixels took 2200 to 2700 MiB in place of 2100.
- Curvature from steps that are two or four evaluations apart: 1.01 times classic's loss takes 310
  and 400 evaluations, where successive ones take 244. Memory in bfloat16: 239, but no faster at
  512 pixels, because oneDNN's products of few rows take as long as those in float32.
- A run at half the size before, with or without all its stages: from there, 272 to 319 evaluations.
  Older steps thinned out, so that 40 pairs reach back over 60 to 80 steps: 248 to 253. Coordinates
  scaled by the curvature near each place: it is the same everywhere, within 10 %.
- A start with the colors of the painting: 244 evaluations again. Deep style layers that begin with
  5 times their weight, as if they held to the photograph: 292.
- Coarse to fine for the loss alone: after 100 evaluations of VGG-19 at 512 pixels with classic's
  objective the loss is about that of one size, and the coarser sizes have cost 85 evaluations.
  They are there for large forms, not for the loss.
- Larger pages of memory (`glibc.malloc.hugetlb=1`): from 3 % slower to 7 % faster. For tiles
  (`THP_MEM_ALLOC_ENABLE=1`): nothing.
- Half or twice the bound on the length of a step: within 1 % either way after 240 evaluations.
- The last evaluations in float32 after bfloat16: nothing. What separates the two is the path, not
  the noise at its end: at 160 pixels the loss of bfloat16's result was 0.96, 1.01, 1.02 and 1.10
  times that of float32's for four pairs.
"""
