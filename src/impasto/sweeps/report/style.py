"""How the report looks: light or dark, as the reader's system is."""

STYLE = """
:root { color-scheme: light dark; --ink: #202124; --paper: #fff; --faint: #e8e8ea; --soft: #5f6368;
  --bad: #b3261e; --total: #202124; --content: #0b57d0; --style: #b06000; --tv: #6a8f3c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --paper: #17181a; --faint: #303134; --soft: #a9adb2; --bad: #f2b8b5;
    --total: #e8eaed; --content: #8ab4f8; --style: #fdb663; --tv: #a8d07b; }
}
body { margin: 1.5rem; font: 15px/1.45 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
footer, .corner, .loss { color: var(--soft); }
.sources { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; } figure img { max-height: 120px; display: block; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .3rem; text-align: left; vertical-align: top; font-weight: 500; }
th { max-width: 20rem; overflow-wrap: anywhere; }
th img { display: block; max-height: 72px; max-width: 9rem; margin-top: .3rem; }
main td { min-width: 6rem; }
button { font: inherit; color: inherit; cursor: pointer; border: 0; padding: 0; background: none; }
button:focus-visible { outline: 3px solid var(--content); outline-offset: 2px; }
td button img { display: block; min-width: 9rem; max-width: min(20rem, 60vw); height: auto; }
.loss { display: block; font-size: .8rem; }
.failed { color: var(--bad); max-width: 14rem; } .missing { color: var(--soft); }
[popover] { border: 1px solid var(--soft); color: var(--ink); background: var(--paper);
  max-width: 94vw; max-height: 92vh; overflow: auto; padding: 1rem; }
[popover]::backdrop { background: rgb(0 0 0 / .6); }
.close { float: right; border: 1px solid var(--soft); padding: .2rem .7rem; }
.full { display: block; max-width: 100%; height: auto; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--faint); padding: .6rem;
  user-select: all; }
details td { overflow-wrap: anywhere; } details th, details td { padding: .1rem .6rem .1rem 0; }
.curves { width: 100%; max-width: 700px; }
.curves polyline { fill: none; stroke-width: 1.6; stroke: var(--soft); }
.curves text { font-size: 12px; fill: var(--soft); }
.curves .grid { stroke: var(--faint); }
.curves polyline.total { stroke: var(--total); } .curves text.total { fill: var(--total); }
.curves polyline.content { stroke: var(--content); } .curves text.content { fill: var(--content); }
.curves polyline.style { stroke: var(--style); } .curves text.style { fill: var(--style); }
.curves polyline.tv { stroke: var(--tv); } .curves text.tv { fill: var(--tv); }
.pareto { width: 100%; max-width: 900px; }
.pareto polyline { fill: none; } .pareto .grid { stroke: var(--faint); }
.pareto polyline.front { stroke: var(--content); stroke-width: 1.6; }
.pareto circle.front { fill: var(--content); } .pareto circle.other { fill: var(--soft); }
.pareto text { font-size: 12px; fill: var(--ink); } .pareto text.words { fill: var(--soft); }
"""
